//! The summary of a run.

use super::log::RowCounts;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// The counts and times of a run.
#[derive(Debug, Serialize)]
pub(crate) struct BatchSummary {
    /// Rows of the input.
    pub(crate) rows: u64,
    /// Booked rows that are not in the input any more.
    pub(crate) gone: u64,
    #[serde(flatten)]
    pub(crate) counts: RowCounts,
    /// Rows with an outcome from earlier runs.
    pub(crate) already_done: u64,
    /// Rows without an outcome: run it again.
    pub(crate) open: u64,
    /// The duration of this run.
    #[serde(rename = "seconds", serialize_with = "as_seconds")]
    pub(crate) elapsed: Duration,
    /// Outcomes a second in this run.
    pub(crate) rows_per_second: f64,
    pub(crate) results: PathBuf,
    /// The file of failed rows, if there are any.
    pub(crate) failed: Option<PathBuf>,
}

impl BatchSummary {
    pub(super) fn new(
        (rows, gone): (u64, u64),
        counts: RowCounts,
        already_done: u64,
        elapsed: Duration,
        results: PathBuf,
        failed: Option<PathBuf>,
    ) -> Self {
        let open = rows.saturating_sub(counts.done());
        let answered = counts.done().saturating_sub(already_done);
        // Counts of rows are far below 2^52.
        #[allow(clippy::cast_precision_loss)]
        let rows_per_second = answered as f64 / elapsed.as_secs_f64().max(0.001);
        let rows_per_second = (rows_per_second * 10.0).round() / 10.0;
        Self { rows, gone, counts, already_done, open, elapsed, rows_per_second, results, failed }
    }
}

fn as_seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((elapsed.as_secs_f64() * 1_000.0).round() / 1_000.0)
}
