//! How much is asked for at a time.

/// Names of logs.
pub(super) const PAGE: usize = 1_000;

/// Batches.
pub(super) const BATCHES: usize = 256;
