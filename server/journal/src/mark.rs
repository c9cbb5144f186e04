//! The name of a batch: its number, position and checksum.

/// The name of a batch. A follower that has applied every change up to it stores this, to go on
/// from there.
///
/// The default is the beginning of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchMark {
    /// The batch's number, from 1, without gaps.
    pub sequence: u64,
    /// How many records the ledger has with it.
    pub position: u64,
    /// Its checksum, over header and body.
    pub checksum: u64,
}

impl BatchMark {
    /// The number of the batch that follows.
    pub(crate) const fn next(self) -> u64 {
        self.sequence.saturating_add(1)
    }
}
