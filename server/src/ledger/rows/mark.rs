//! How far the rows have followed the journal.

use boxoffice_journal::BatchMark;
use boxoffice_protocol::time::Timestamp;

/// How far the rows have got: all changes up to here are in them, and no others.
///
/// The default is the beginning of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowsMark {
    /// The number of the journal's batch.
    pub sequence: u64,
    /// How many changes the ledger had with it.
    pub position: u64,
    /// Its checksum.
    pub checksum: u64,
    /// The server's time when it was written.
    pub at: Timestamp,
}

impl RowsMark {
    /// The batch of the journal that the rows have got to.
    pub const fn batch(self) -> BatchMark {
        let Self { sequence, position, checksum, .. } = self;
        BatchMark { sequence, position, checksum }
    }

    /// The mark with which the rows have a batch.
    pub const fn after(batch: BatchMark, at: Timestamp) -> Self {
        let BatchMark { sequence, position, checksum } = batch;
        Self { sequence, position, checksum, at }
    }
}
