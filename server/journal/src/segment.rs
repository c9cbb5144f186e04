//! The file of one segment: its name, its first block, and where batches may lie in it.
//!
//! ```text
//!  0  magic      "BXOFSEGM"
//!  8  format     u32
//! 12  writing    u32  0 every batch waited for the one before it to be durable, 1 it did not
//! 16  number     u64  as in the name
//! 24  bytes      u64  of the file
//! 32  max body   u64  bytes that a batch's body may have
//! 40  checksum   u64  over everything before it
//! ```
//! Little endian. Batches begin at the next block. Of the last three blocks, two are kept for a
//! closing batch and for the one that says that the next segment goes on; the last is never
//! written, so that the end of a file that was erased or cut off is noticed.

use crate::block::disk_bytes;
use crate::block::{BLOCK, FORMAT};
use crate::checksum::Key;
use crate::error::JournalError;
use crate::options::Writing;
use bytes::{Buf, BufMut};

const MAGIC: [u8; 8] = *b"BXOFSEGM";
const HEADER_BYTES: usize = 48;

/// Behind the name of a file that is being written and means nothing yet.
pub(crate) const UNFINISHED: &str = ".new";

/// The most bytes that a segment may have: recovery reads one whole into memory.
pub(crate) const MAX_SEGMENT_BYTES: u64 = 1 << 30;

/// The content of a segment's first block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentLayout {
    pub(crate) number: u64,
    pub(crate) writing: Writing,
    pub(crate) bytes: u64,
    pub(crate) max_body: u64,
}

impl SegmentLayout {
    /// Checks that a batch of the largest size fits beside what is kept free.
    pub(crate) fn check(self) -> Result<Self, JournalError> {
        let most = self.bytes.saturating_sub(4 * BLOCK as u64);
        let why = if self.bytes > MAX_SEGMENT_BYTES {
            "a segment has at most 1 GiB"
        } else if !self.bytes.is_multiple_of(BLOCK as u64) {
            "a segment is a multiple of 4 KiB"
        } else if self.max_body == 0 || self.max_body > u64::from(u32::MAX) {
            "a batch has 1 byte to 4 GiB"
        } else if self.largest_batch() > most {
            "a segment has room for the largest batch and 16 KiB more"
        } else {
            return Ok(self);
        };
        Err(JournalError::Options(why))
    }

    /// Bytes on disk of the largest batch.
    pub(crate) fn largest_batch(&self) -> u64 {
        let max_body = usize::try_from(self.max_body).unwrap_or(usize::MAX / 2);
        disk_bytes(max_body) as u64
    }

    /// Where batches that hold records end at the latest.
    pub(crate) const fn records_end(&self) -> u64 {
        self.batches_end() - 2 * BLOCK as u64
    }

    /// Where batches end at the latest.
    pub(crate) const fn batches_end(&self) -> u64 {
        self.bytes - BLOCK as u64
    }

    /// Writes the first bytes of the first block.
    pub(crate) fn write(&self, mut block: &mut [u8], key: Key) {
        let header = &mut block[..HEADER_BYTES];
        let mut fields = &mut header[..];
        fields.put_slice(&MAGIC);
        fields.put_u32_le(FORMAT);
        fields.put_u32_le(self.writing as u32);
        fields.put_u64_le(self.number);
        fields.put_u64_le(self.bytes);
        fields.put_u64_le(self.max_body);
        let checksum = key.checksum(&header[..HEADER_BYTES - 8]);
        block = &mut block[HEADER_BYTES - 8..];
        block.put_u64_le(checksum);
    }

    /// Reads the first block of the segment that is called `number`.
    pub(crate) fn read(bytes: &[u8], number: u64, key: Key) -> Result<Self, JournalError> {
        let file = name(number);
        let damaged = |offset, why: &str| {
            Err(JournalError::Damaged { file: file.clone(), offset, why: why.to_owned() })
        };
        let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else {
            return damaged(bytes.len() as u64, "it ends within its first bytes");
        };
        let mut fields = &header[8..];
        if header[..8] != MAGIC {
            return damaged(0, "it does not begin like a segment");
        }
        let found = fields.get_u32_le();
        if found > FORMAT {
            return Err(JournalError::NewerFormat { file, found, supported: FORMAT });
        }
        let writing = fields.get_u32_le();
        let layout = Self {
            writing: if writing == 0 { Writing::Durable } else { Writing::Lax },
            number: fields.get_u64_le(),
            bytes: fields.get_u64_le(),
            max_body: fields.get_u64_le(),
        };
        if fields.get_u64_le() != key.checksum(&header[..HEADER_BYTES - 8]) {
            return damaged(0, "its first bytes do not have their checksum");
        }
        if layout.number != number || layout.check().is_err() {
            return damaged(0, "its first bytes are of another segment");
        }
        Ok(layout)
    }
}

/// The name of segment `number`: names sort as numbers do, up to eight digits.
pub(crate) fn name(number: u64) -> String {
    format!("{number:08}.log")
}

/// The number of the segment with this name; nothing where it is not one.
pub(crate) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".log")?;
    let number = digits.parse().ok()?;
    (self::name(number) == name).then_some(number)
}

/// Whether a file was kept beside segment `number`: what a crash tore.
pub(crate) fn is_torn_of(name: &str, number: u64) -> bool {
    name.strip_prefix(&self::name(number)).is_some_and(|rest| rest.starts_with(".torn"))
}

/// The refusal of segment `number` because of what is at `offset`.
pub(crate) fn damaged(number: u64, offset: usize, why: &str) -> JournalError {
    let file = name(number);
    JournalError::Damaged { file, offset: offset as u64, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_as_they_are_made() {
        for number in [1, 42, 99_999_999, 100_000_000, u64::MAX] {
            assert_eq!(self::number(&name(number)), Some(number));
        }
        for other in ["1.log", "00000001.log.new", "+0000001.log", "00000001", "lock"] {
            assert_eq!(number(other), None, "{other}");
        }
        assert!(is_torn_of("00000001.log.torn.2", 1));
        assert!(!is_torn_of("00000001.log", 1));
    }
}
