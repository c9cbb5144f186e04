//! The summary of a run.

use super::results::RowCounts;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// What a run of a batch came to.
#[derive(Debug, Serialize)]
pub(crate) struct BatchSummary {
    /// How many rows the input has.
    pub(crate) rows: u64,
    /// What became of them.
    #[serde(flatten)]
    pub(crate) counts: RowCounts,
    /// How many of them had their outcome before this run.
    pub(crate) already_done: u64,
    /// How many have no outcome yet: run it again.
    pub(crate) open: u64,
    /// How long this run took.
    #[serde(rename = "seconds", serialize_with = "as_seconds")]
    pub(crate) elapsed: Duration,
    /// Outcomes a second of this run.
    pub(crate) rows_per_second: f64,
    /// Where the results are.
    pub(crate) results: PathBuf,
}

impl BatchSummary {
    pub(super) fn new(
        rows: u64,
        counts: RowCounts,
        already_done: u64,
        elapsed: Duration,
        results: PathBuf,
    ) -> Self {
        let open = rows.saturating_sub(counts.done());
        let answered = counts.done().saturating_sub(already_done);
        // Counts of rows are far below 2^52.
        #[allow(clippy::cast_precision_loss)]
        let rows_per_second = answered as f64 / elapsed.as_secs_f64().max(0.001);
        let rows_per_second = (rows_per_second * 10.0).round() / 10.0;
        Self { rows, counts, already_done, open, elapsed, rows_per_second, results }
    }
}

fn as_seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((elapsed.as_secs_f64() * 1_000.0).round() / 1_000.0)
}
