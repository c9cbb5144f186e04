//! Snapshots: a log's state at a version, so that the batches before it can be trimmed.

use crate::batch::End;
use crate::error::StoreError;
use crate::log_id::LogId;
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// The state of a log at one of its batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub log: LogId,
    pub end: End,
    /// What lists show of the log.
    pub summary: Vec<u8>,
    pub body: Vec<u8>,
}

/// What lists show of a log, as of its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub log: LogId,
    pub version: u64,
    pub bytes: Vec<u8>,
}

impl Snapshot {
    /// The checksum that an engine keeps beside it.
    pub fn checksum(&self) -> u64 {
        let mut sum = XxHash3_64::default();
        sum.write(self.log.as_str().as_bytes());
        sum.write(&[0]);
        sum.write(&self.end.version.to_le_bytes());
        sum.write(&self.end.batch.0);
        sum.write(&(self.summary.len() as u64).to_le_bytes());
        sum.write(&self.summary);
        sum.write(&self.body);
        sum.finish()
    }

    /// Itself, if it has this checksum.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names log and version.
    pub fn verified(self, checksum: u64) -> Result<Self, StoreError> {
        if self.checksum() == checksum {
            return Ok(self);
        }
        Err(StoreError::Damaged { log: self.log, version: self.end.version })
    }
}
