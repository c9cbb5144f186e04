//! The file that makes a folder a journal: its key, and the mark that its first batch follows.
//!
//! ```text
//!  0  magic      "BXOFJRNL"
//!  8  format     u32
//! 12  stage      u32  0 its first segment is not there yet, 1 it has been
//! 16  key        u64  random
//! 24  origin     3 × u64  sequence, position and checksum of a mark
//! 48  checksum   u64  over everything before it, not keyed
//! ```
//! Little endian, in the first block of `journal.key`; the rest of the block is zero.

use crate::aligned::Aligned;
use crate::block::{BLOCK, FORMAT};
use crate::checksum::{Key, unkeyed};
use crate::disk::{Access, Disk, DiskFile};
use crate::error::{JournalError, Tried};
use crate::mark::BatchMark;
use crate::segment;
use crate::segment::UNFINISHED;
use bytes::{Buf, BufMut};
use std::io;

pub(crate) const FILE: &str = "journal.key";
const MAGIC: [u8; 8] = *b"BXOFJRNL";
const HEADER_BYTES: usize = 56;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) key: Key,
    /// What the first batch that the journal ever had follows.
    pub(crate) origin: BatchMark,
    pub(crate) stage: HeadStage,
}

/// Whether segments can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeadStage {
    /// The first one is being prepared; nothing was ever appended.
    Begun = 0,
    /// There has been one.
    Ready = 1,
}

impl Head {
    /// Reads it from the folder; nothing where there is none.
    pub(crate) fn read(disk: &impl Disk) -> Result<Option<Self>, JournalError> {
        let mut file = match disk.open(FILE, Access::Look) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.tried("open", FILE)?,
        };
        let length = file.length().tried("read", FILE)?;
        if length != BLOCK as u64 {
            return damaged(length.min(BLOCK as u64), "it is not 4096 bytes long");
        }
        let mut block = Aligned::new(BLOCK);
        file.read_at(block.bytes(), 0).tried("read", FILE)?;
        let header = &block.bytes()[..HEADER_BYTES];
        if header[..8] != MAGIC {
            return damaged(0, "it does not begin like a journal's key");
        }
        let mut fields = &header[8..];
        let found = fields.get_u32_le();
        if found > FORMAT {
            return Err(JournalError::NewerFormat { file: FILE.into(), found, supported: FORMAT });
        }
        let stage = fields.get_u32_le();
        let head = Self {
            stage: if stage == 0 { HeadStage::Begun } else { HeadStage::Ready },
            key: Key::new(fields.get_u64_le()),
            origin: BatchMark {
                sequence: fields.get_u64_le(),
                position: fields.get_u64_le(),
                checksum: fields.get_u64_le(),
            },
        };
        if fields.get_u64_le() != unkeyed(&header[..HEADER_BYTES - 8]) {
            return damaged(0, "it does not have its checksum");
        }
        Ok(Some(head))
    }

    /// Puts it into the folder, durably, in place of one that may be there.
    pub(crate) fn write(&self, disk: &impl Disk) -> Result<(), JournalError> {
        let unfinished = format!("{FILE}{UNFINISHED}");
        let mut block = Aligned::new(BLOCK);
        let mut fields = block.bytes();
        fields.put_slice(&MAGIC);
        fields.put_u32_le(FORMAT);
        fields.put_u32_le(self.stage as u32);
        fields.put_u64_le(self.key.as_u64());
        fields.put_u64_le(self.origin.sequence);
        fields.put_u64_le(self.origin.position);
        fields.put_u64_le(self.origin.checksum);
        let checksum = unkeyed(&block.bytes()[..HEADER_BYTES - 8]);
        block.bytes()[HEADER_BYTES - 8..HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
        let mut file = disk.create(&unfinished).tried("create", &unfinished)?;
        file.write_at(block.bytes(), 0).tried("write", &unfinished)?;
        file.sync_all().tried("sync", &unfinished)?;
        disk.rename(&unfinished, FILE).tried("rename", &unfinished)?;
        disk.sync_folder().tried("sync the folder of", FILE)
    }
}

fn damaged<T>(offset: u64, why: &str) -> Result<T, JournalError> {
    Err(JournalError::Damaged { file: FILE.into(), offset, why: why.to_owned() })
}

/// Whether a folder with these files has a journal. What else may be there, such as the ballast or
/// what was left unfinished, has no changes.
pub fn is_journal(files: &[String]) -> bool {
    files.iter().any(|name| name == FILE || segment::number(name).is_some())
}
