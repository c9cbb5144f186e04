//! Memory that can be written to the disk as it lies, and a batch that is being filled in it.

use super::batch::{HEADER_BYTES, Header, disk_bytes};
use super::checksum::Key;
use super::{BLOCK, JournalError};
use std::fmt;
use std::io;

/// Memory that begins at a block's border, as [`Access::Append`](crate::ledger::disk::Access)
/// wants it, and is zero at first.
pub(super) struct Aligned {
    /// A block more than needed.
    memory: Vec<u8>,
    start: usize,
}

impl Aligned {
    pub(super) fn new(bytes: usize) -> Self {
        let memory = vec![0; bytes + BLOCK];
        // `align_offset` may say that it does not know; the disk would refuse the write then.
        let start = memory.as_ptr().align_offset(BLOCK).min(BLOCK);
        Self { memory, start }
    }

    pub(super) fn bytes(&mut self) -> &mut [u8] {
        let length = self.memory.len() - BLOCK;
        &mut self.memory[self.start..][..length]
    }

    fn shared(&self) -> &[u8] {
        &self.memory[self.start..][..self.memory.len() - BLOCK]
    }
}

/// A batch that is being filled, with room for its header in front, so that it goes to the disk
/// without a copy. Made once and used again and again.
///
/// Records are written through [`io::Write`]; what they look like is their writer's business.
pub struct Draft {
    memory: Aligned,
    body_bytes: usize,
    records: u32,
}

impl Draft {
    /// An empty one.
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// An empty one with room for a body of `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { memory: Aligned::new(disk_bytes(bytes)), body_bytes: 0, records: 0 }
    }

    /// Counts one more record, which was or will be written.
    pub fn count_record(&mut self) {
        self.records = self.records.saturating_add(1);
    }

    /// The records in it.
    pub fn records(&self) -> u64 {
        self.records.into()
    }

    /// What was written.
    pub fn body(&self) -> &[u8] {
        &self.memory.shared()[HEADER_BYTES..][..self.body_bytes]
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.body_bytes == 0 && self.records == 0
    }

    /// Forgets what was written, and keeps the memory.
    pub fn clear(&mut self) {
        self.body_bytes = 0;
        self.records = 0;
    }

    /// Makes room for a body of `bytes` in all.
    fn reserve(&mut self, bytes: usize) {
        if disk_bytes(bytes) > self.memory.shared().len() {
            let mut larger = Aligned::new(disk_bytes(bytes.max(2 * self.body_bytes)));
            larger.bytes()[HEADER_BYTES..][..self.body_bytes].copy_from_slice(self.body());
            self.memory = larger;
        }
    }

    /// The header's fields that the draft knows: bytes and records.
    pub(super) fn counts(&self, most: u64) -> Result<(u32, u32), JournalError> {
        match u32::try_from(self.body_bytes) {
            Ok(body_bytes) if u64::from(body_bytes) <= most => Ok((body_bytes, self.records)),
            _ => Err(JournalError::TooLarge { bytes: self.body_bytes, most }),
        }
    }

    /// Puts the header in front. Returns the batch as it goes to the disk, and its checksum.
    pub(super) fn seal(&mut self, header: &Header, key: Key) -> (&[u8], u64) {
        let end = HEADER_BYTES + self.body_bytes;
        let batch = &mut self.memory.bytes()[..disk_bytes(self.body_bytes)];
        let checksum = header.seal(&mut batch[..end], key);
        batch[end..].fill(0);
        (batch, checksum)
    }
}

impl Default for Draft {
    fn default() -> Self {
        Self::new()
    }
}

impl io::Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = self.body_bytes + bytes.len();
        self.reserve(end);
        self.memory.bytes()[HEADER_BYTES..][self.body_bytes..end].copy_from_slice(bytes);
        self.body_bytes = end;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { body_bytes, records, .. } = self;
        f.debug_struct("Draft").field("body_bytes", body_bytes).field("records", records).finish()
    }
}
