//! What became of the rows, counted.

use super::record::Outcome;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How many rows came to what, in this run and those before it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Tally {
    /// Booked.
    pub(crate) booked: u64,
    /// Held, for somebody to confirm.
    pub(crate) held: u64,
    /// Booked or held, and by the time the answer came cancelled, released or expired.
    pub(crate) ended: u64,
    /// Refused by the server, by the refusal's name.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Bad rows, which were not sent.
    pub(crate) bad: u64,
    /// Rows whose id grew too old before they had an answer; see
    /// [`Replan`](super::Replan).
    pub(crate) stale: u64,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome, refused: Option<&str>) {
        match outcome {
            Outcome::Confirmed => self.booked += 1,
            Outcome::Held => self.held += 1,
            Outcome::Released | Outcome::Expired | Outcome::Cancelled => self.ended += 1,
            Outcome::Bad => self.bad += 1,
            Outcome::Stale => self.stale += 1,
            Outcome::Refused => {
                *self.refused.entry(refused.unwrap_or("Refused").to_owned()).or_default() += 1;
            }
        }
    }

    /// How many rows have an outcome.
    pub(crate) fn done(&self) -> u64 {
        self.booked + self.held + self.ended + self.refused() + self.bad + self.stale
    }

    /// How many rows the server refused.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Whether every row that has an outcome is booked or held.
    pub(crate) fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.bad == 0 && self.stale == 0
    }
}

/// What a run of a batch came to.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    /// How many rows the input has.
    pub(crate) rows: u64,
    /// What became of them.
    #[serde(flatten)]
    pub(crate) tally: Tally,
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

impl Summary {
    pub(super) fn new(
        rows: u64,
        tally: Tally,
        already_done: u64,
        elapsed: Duration,
        results: PathBuf,
    ) -> Self {
        let open = rows.saturating_sub(tally.done());
        let answered = tally.done().saturating_sub(already_done);
        // Counts of rows are far below 2^52.
        #[allow(clippy::cast_precision_loss)]
        let rows_per_second = answered as f64 / elapsed.as_secs_f64().max(0.001);
        let rows_per_second = (rows_per_second * 10.0).round() / 10.0;
        Self { rows, tally, already_done, open, elapsed, rows_per_second, results }
    }
}

fn as_seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((elapsed.as_secs_f64() * 1_000.0).round() / 1_000.0)
}
