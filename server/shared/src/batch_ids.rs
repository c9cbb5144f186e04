//! The ids of one actor's batches.

use boxoffice_store::BatchId;

/// Ids that count on from one that was drawn at random, so that no two actors use the same.
#[derive(Debug)]
pub struct BatchIds(u128);

impl BatchIds {
    /// `random` has 128 random bits, drawn for this alone.
    pub const fn new(random: u128) -> Self {
        Self(random)
    }

    pub(crate) fn next(&mut self) -> BatchId {
        self.0 = self.0.wrapping_add(1);
        BatchId(self.0.to_be_bytes())
    }
}
