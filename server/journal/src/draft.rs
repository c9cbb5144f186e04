//! A batch that is being filled.

use crate::aligned::Aligned;
use crate::batch::Header;
use crate::block::{HEADER_BYTES, disk_bytes};
use crate::checksum::Key;
use crate::error::JournalError;
use std::fmt;
use std::io;

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
    pub(crate) fn counts(&self, most: u64) -> Result<(u32, u32), JournalError> {
        match u32::try_from(self.body_bytes) {
            Ok(body_bytes) if u64::from(body_bytes) <= most => Ok((body_bytes, self.records)),
            _ => Err(JournalError::TooLarge { bytes: self.body_bytes, most }),
        }
    }

    /// Puts the header in front. Returns the batch as it goes to the disk, and its checksum.
    pub(crate) fn seal(&mut self, header: &Header, key: Key) -> (&[u8], u64) {
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
