//! Batches: what one append adds to a log.

use crate::error::StoreError;
use crate::log_id::LogId;
use boxoffice_mutants::{self as mutants, Mutant};
use std::fmt;
use std::sync::Arc;
use twox_hash::XxHash3_64;

/// The identity of a batch, which its maker draws at random.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchId(pub [u8; 16]);

impl fmt::Debug for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The end of a log: its newest batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The batch's last version.
    pub version: u64,
    pub batch: BatchId,
}

/// Changes of one log with consecutive versions, as bytes that mean nothing here.
///
/// Invariant: `first <= last`, and the checksum is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    log: LogId,
    first: u64,
    last: u64,
    id: BatchId,
    predecessor: Option<BatchId>,
    at_ms: u64,
    body: Arc<[u8]>,
    checksum: u64,
}

impl Batch {
    /// A batch of `changes` behind this end of the log; none is the end of an empty log.
    /// `at_ms` is the time of its newest change, by the engine's clock.
    ///
    /// # Panics
    /// A batch has a change.
    pub fn new(
        log: LogId,
        end: Option<End>,
        id: BatchId,
        changes: u64,
        at_ms: u64,
        body: &[u8],
    ) -> Self {
        assert!(changes > 0, "a batch has a change");
        let before = end.map_or(0, |end| end.version);
        let (first, last) = (before + 1, before + changes);
        let predecessor = end.map(|end| end.batch);
        let body = body.into();
        let mut batch = Self { log, first, last, id, predecessor, at_ms, body, checksum: 0 };
        batch.checksum = batch.computed();
        batch
    }

    pub const fn log(&self) -> &LogId {
        &self.log
    }

    /// The version of its first change.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The version of its last change.
    pub const fn last(&self) -> u64 {
        self.last
    }

    pub const fn id(&self) -> BatchId {
        self.id
    }

    /// The batch that has to be the log's newest for this one to be appended.
    pub const fn predecessor(&self) -> Option<BatchId> {
        self.predecessor
    }

    pub const fn at_ms(&self) -> u64 {
        self.at_ms
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub const fn checksum(&self) -> u64 {
        self.checksum
    }

    /// The log's end once it has this batch.
    pub const fn end(&self) -> End {
        End { version: self.last, batch: self.id }
    }

    /// Over everything but itself; lengths keep neighbouring fields apart.
    fn computed(&self) -> u64 {
        let mut bytes = Vec::with_capacity(self.log.as_str().len() + self.body.len() + 80);
        bytes.extend_from_slice(&(self.log.as_str().len() as u64).to_le_bytes());
        bytes.extend_from_slice(self.log.as_str().as_bytes());
        for number in [self.first, self.last, self.at_ms] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.id.0);
        bytes.push(u8::from(self.predecessor.is_some()));
        bytes.extend_from_slice(&self.predecessor.map_or([0; 16], |id| id.0));
        bytes.extend_from_slice(&self.body);
        XxHash3_64::oneshot(&bytes)
    }
}

/// A batch as an engine has it: its key, and its body until that is trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub log: LogId,
    pub first: u64,
    pub last: u64,
    pub id: BatchId,
    pub predecessor: Option<BatchId>,
    pub at_ms: u64,
    /// None once the log was trimmed; the key stays for a while, so that no slow append finds it free.
    pub body: Option<Arc<[u8]>>,
    pub checksum: u64,
}

impl Stored {
    /// The batch, verified; none if its body was trimmed.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names log and version.
    pub fn verified(self) -> Result<Option<Batch>, StoreError> {
        let Self { log, first, last, id, predecessor, at_ms, body, checksum } = self;
        let Some(body) = body else { return Ok(None) };
        let batch = Batch { log, first, last, id, predecessor, at_ms, body, checksum };
        let is_whole = batch.computed() == checksum || mutants::on(Mutant::StoreChecksumIgnored);
        if first == 0 || first > last || !is_whole {
            return Err(StoreError::Damaged { log: batch.log, version: first });
        }
        Ok(Some(batch))
    }
}

impl From<&Batch> for Stored {
    fn from(batch: &Batch) -> Self {
        let Batch { log, first, last, id, predecessor, at_ms, body, checksum } = batch.clone();
        Self { log, first, last, id, predecessor, at_ms, body: Some(body), checksum }
    }
}
