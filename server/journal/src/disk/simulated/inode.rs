//! One file's bytes: what programs see, what is durable, and the writes in between.

use fastrand::Rng;
use std::collections::HashMap;

const SECTOR: usize = 512;

#[derive(Default)]
pub(super) struct Inode {
    cached: Vec<u8>,
    durable: Vec<u8>,
    /// Since the last sync, in order.
    pending: Vec<Write>,
}

struct Write {
    offset: usize,
    bytes: Vec<u8>,
}

impl Inode {
    pub(super) fn durable(bytes: Vec<u8>) -> Self {
        Self { cached: bytes.clone(), durable: bytes, pending: Vec::new() }
    }

    pub(super) fn read(&self) -> &[u8] {
        &self.cached
    }

    pub(super) fn write(&mut self, bytes: &[u8], offset: usize) {
        let end = offset + bytes.len();
        if end > self.cached.len() {
            grow(&mut self.cached, end);
        }
        self.cached[offset..end].copy_from_slice(bytes);
        self.pending.push(Write { offset, bytes: bytes.to_vec() });
    }

    pub(super) fn allocate(&mut self, length: usize) {
        let length = length.max(self.cached.len());
        grow(&mut self.cached, length);
    }

    pub(super) fn sync(&mut self) {
        grow(&mut self.durable, self.cached.len());
        for write in self.pending.drain(..) {
            self.durable[write.offset..][..write.bytes.len()].copy_from_slice(&write.bytes);
        }
    }

    /// Some of the writes reach the disk; all count as done from now on, though programs see what
    /// they wrote.
    pub(super) fn fail_sync(&mut self, random: &mut Rng) {
        self.write_back_some(random);
    }

    /// Some of the writes reach the disk, and programs see what did.
    pub(super) fn lose_power(&mut self, random: &mut Rng) {
        self.write_back_some(random);
        self.cached.clone_from(&self.durable);
    }

    /// Every unit of the disk, a sector or a block, gets the writes to it up to one of them: so
    /// any may be lost, and later ones be there without earlier ones.
    fn write_back_some(&mut self, random: &mut Rng) {
        let unit = if random.bool() { SECTOR } else { 8 * SECTOR };
        let fate = random.u8(0..8);
        let writes = self.pending.len();
        let mut kept = HashMap::new();
        if self.durable.len() < self.cached.len() && random.bool() {
            grow(&mut self.durable, self.cached.len());
        }
        for (index, write) in self.pending.drain(..).enumerate() {
            let mut offset = write.offset;
            let end = (offset + write.bytes.len()).min(self.durable.len());
            while offset < end {
                let stop = (offset / unit * unit + unit).min(end);
                let kept = *kept.entry(offset / unit).or_insert_with(|| match fate {
                    0 => 0,
                    1 => writes,
                    _ => random.usize(0..=writes),
                });
                if index < kept {
                    let bytes = &write.bytes[offset - write.offset..stop - write.offset];
                    self.durable[offset..stop].copy_from_slice(bytes);
                }
                offset = stop;
            }
        }
    }
}

/// As `resize`, which goes byte by byte where nothing is optimized.
fn grow(bytes: &mut Vec<u8>, length: usize) {
    if length > bytes.len() {
        let mut longer = vec![0; length];
        longer[..bytes.len()].copy_from_slice(bytes);
        *bytes = longer;
    }
}
