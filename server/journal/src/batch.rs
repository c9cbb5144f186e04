//! One batch: the records that became durable together.
//!
//! ```text
//!  0  checksum   u64  over everything behind it: the header's rest and the body
//!  8  sequence   u64  1 more than the batch before
//! 16  position   u64  how many records the ledger has with this batch
//! 24  at         u64  the server's time, in milliseconds since 1970
//! 32  previous   u64  the checksum of the batch before
//! 40  body       u32  bytes of it
//! 44  records    u32  records in it
//! 48  kind       u64  0 records, 1 a clean stop, 2 the next segment goes on
//! 56  header     u64  checksum over bytes 8 to 56
//! 64  the body, then anything up to the next 4 KiB boundary
//! ```
//! Little endian. The header has a checksum of its own, so that a bad batch can be told from a
//! place where none ever began, and its length be believed.

use crate::block::{HEADER_BYTES, disk_bytes};
use crate::checksum::Key;
use crate::mark::BatchMark;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::time::Timestamp;
use bytes::{Buf, BufMut};

/// Where a batch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchPlace {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    pub(crate) body_bytes: u32,
}

impl BatchPlace {
    /// The batch's size on disk.
    pub const fn disk_bytes(self) -> u64 {
        disk_bytes(self.body_bytes as usize) as u64
    }
}

/// A batch as it is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch<'a> {
    pub mark: BatchMark,
    /// The server's time when it was written.
    pub at: Timestamp,
    /// Records in it; its first has the position `mark.position - records + 1`.
    pub records: u64,
    /// The records, as they were given.
    pub body: &'a [u8],
    pub place: BatchPlace,
}

/// The kind of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchKind {
    Records = 0,
    /// It says that the server stopped in good order.
    Closing = 1,
    /// It says that there is a next segment, and that this one is over.
    Continued = 2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) sequence: u64,
    pub(crate) position: u64,
    pub(crate) at: Timestamp,
    pub(crate) previous: u64,
    pub(crate) body_bytes: u32,
    pub(crate) records: u32,
    pub(crate) kind: BatchKind,
}

impl Header {
    /// Reads the header at the beginning of `bytes`; nothing where there is none.
    pub(crate) fn read(bytes: &[u8], key: Key) -> Option<Self> {
        let header = bytes.first_chunk::<HEADER_BYTES>()?;
        let mut check = &header[HEADER_BYTES - 8..];
        let is_whole = check.get_u64_le() == key.checksum(&header[8..HEADER_BYTES - 8]);
        if !is_whole && !mutants::on(Mutant::ChecksumWithoutHeader) {
            return None;
        }
        let mut fields = &header[8..];
        Some(Self {
            sequence: fields.get_u64_le(),
            position: fields.get_u64_le(),
            at: Timestamp::from_ms(fields.get_u64_le()),
            previous: fields.get_u64_le(),
            body_bytes: fields.get_u32_le(),
            records: fields.get_u32_le(),
            kind: match fields.get_u64_le() {
                0 => BatchKind::Records,
                1 => BatchKind::Closing,
                2 => BatchKind::Continued,
                _ => return None,
            },
        })
    }

    /// Writes the header in front of the body that `batch` holds behind it, and returns the
    /// batch's checksum.
    pub(crate) fn seal(&self, batch: &mut [u8], key: Key) -> u64 {
        let mut fields = &mut batch[8..];
        fields.put_u64_le(self.sequence);
        fields.put_u64_le(self.position);
        fields.put_u64_le(self.at.as_ms());
        fields.put_u64_le(self.previous);
        fields.put_u32_le(self.body_bytes);
        fields.put_u32_le(self.records);
        fields.put_u64_le(self.kind as u64);
        let check = key.checksum(&batch[8..HEADER_BYTES - 8]);
        batch[HEADER_BYTES - 8..HEADER_BYTES].copy_from_slice(&check.to_le_bytes());
        let checksum = key.checksum(&batch[covered_from()..]);
        batch[..8].copy_from_slice(&checksum.to_le_bytes());
        checksum
    }

    /// The body of the batch that begins `bytes`, and its checksum; nothing where it is not whole.
    pub(crate) fn body<'a>(&self, bytes: &'a [u8], key: Key) -> Option<(&'a [u8], u64)> {
        let batch = bytes.get(..HEADER_BYTES + self.body_bytes as usize)?;
        let mut stored = &batch[..8];
        let checksum = key.checksum(&batch[covered_from()..]);
        (stored.get_u64_le() == checksum).then_some((&batch[HEADER_BYTES..], checksum))
    }

    /// Its size on disk.
    pub(crate) const fn disk_bytes(&self) -> usize {
        disk_bytes(self.body_bytes as usize)
    }
}

/// Where what a batch's checksum covers begins.
fn covered_from() -> usize {
    if mutants::on(Mutant::ChecksumWithoutHeader) { HEADER_BYTES } else { 8 }
}
