//! The counts of outcomes.

use super::record::RowOutcome;
use serde::Serialize;
use std::collections::BTreeMap;

/// The rows of an input by outcome, those of earlier runs included.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct RowCounts {
    pub(crate) booked: u64,
    /// Held, and not confirmed by the batch.
    pub(crate) held: u64,
    /// Booked or held, but cancelled, released or expired before the answer came.
    pub(crate) ended: u64,
    /// Refused, by the name of the refusal.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Bad rows, which are never sent.
    pub(crate) bad: u64,
    /// Rows whose id grew too old before they had an answer; see
    /// `Replan`.
    pub(crate) stale: u64,
    /// Rows in the place of booked ones, which are not sent.
    pub(crate) differing: u64,
}

impl RowCounts {
    pub(in crate::batch) fn add(&mut self, outcome: RowOutcome, refused: Option<&str>) {
        match outcome {
            RowOutcome::Confirmed => self.booked += 1,
            RowOutcome::Held => self.held += 1,
            RowOutcome::Released | RowOutcome::Expired | RowOutcome::Cancelled => self.ended += 1,
            RowOutcome::Bad => self.bad += 1,
            RowOutcome::Stale => self.stale += 1,
            RowOutcome::Refused => {
                *self.refused.entry(refused.unwrap_or("Refused").to_owned()).or_default() += 1;
            }
        }
    }

    /// Rows with an outcome.
    pub(crate) fn done(&self) -> u64 {
        self.booked
            + self.held
            + self.ended
            + self.refused()
            + self.bad
            + self.stale
            + self.differing
    }

    pub(crate) fn refused(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Whether all rows with an outcome are booked or held.
    pub(crate) fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.bad == 0 && self.stale == 0
    }
}
