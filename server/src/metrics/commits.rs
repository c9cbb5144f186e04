//! Figures of the ledger's batches.

use super::histogram::Histogram;
use std::time::Duration;

/// The batches that a ledger has made durable, counted by the committer's thread alone.
#[derive(Debug)]
pub struct Commits {
    /// Changes in a batch.
    pub sizes: Histogram,
    /// The time from beginning to write a batch to its being durable.
    pub times: Histogram,
}

impl Default for Commits {
    fn default() -> Self {
        Self { sizes: Histogram::of_sizes(), times: Histogram::of_spans() }
    }
}

impl Commits {
    pub(crate) fn count(&self, changes: u64, took: Duration) {
        self.sizes.record_size(changes);
        self.times.record_span(took);
    }
}
