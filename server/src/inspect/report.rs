//! The result of a check.

use crate::ledger::InspectionError;
use crate::ledger::rows::RowsMark;
use boxoffice_journal::{BatchMark, TornTail};
use boxoffice_protocol::id::{EventId, ReservationId};
use std::fmt;

/// How many findings are told; more are counted.
pub(super) const MOST: usize = 100;

/// Something that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(String);

impl Finding {
    pub(super) fn event(id: &EventId, what: impl fmt::Display) -> Self {
        Self(format!("event {id}: {what}"))
    }

    pub(super) fn reservation(event: &EventId, id: ReservationId, what: impl fmt::Display) -> Self {
        Self(format!("event {event}, reservation {id}: {what}"))
    }

    pub(super) fn error(error: &impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Findings as they gather; the same one once.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) told: Vec<Finding>,
    pub(super) untold: u64,
}

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        if self.told.contains(&finding) {
        } else if self.told.len() < MOST {
            self.told.push(finding);
        } else {
            self.untold += 1;
        }
    }

    /// What was made, or nothing where damage is in the way, which is a finding then.
    pub(super) fn take<T, E: Into<InspectionError>>(
        &mut self,
        made: Result<T, E>,
    ) -> Result<Option<T>, InspectionError> {
        match made.map_err(Into::into) {
            Ok(made) => Ok(Some(made)),
            Err(error) if error.is_damage() => {
                self.push(Finding::error(&error));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// The content of a data folder, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The server that uses the folder, as it signed.
    pub server: Option<String>,
    /// How far the rows have got.
    pub rows: RowsMark,
    /// Events that are there.
    pub events: u64,
    /// Events that were deleted.
    pub deleted: u64,
    /// Reservations that ever were, at the end of the journal, by their status: held, confirmed,
    /// released, expired, cancelled, forfeited.
    pub reservations: [u64; 6],
    /// The journal, if there is one.
    pub journal: Option<JournalReport>,
    /// The first hundred events whose start today's rules of its zone read otherwise. That is no
    /// damage: what was recorded counts.
    pub moved: Vec<String>,
    /// The first hundred findings.
    pub findings: Vec<Finding>,
    /// How much more is wrong.
    pub more_findings: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_well(&self) -> bool {
        self.findings.is_empty()
    }
}

/// The content of a journal.
#[derive(Debug, Clone, Default)]
pub struct JournalReport {
    pub segments: u64,
    /// Batches that hold changes.
    pub batches: u64,
    /// Changes that the rows have too; each was looked for there.
    pub in_rows: u64,
    /// Changes that the rows do not have yet; they were applied to both.
    pub not_yet: u64,
    /// The last good batch.
    pub end: BatchMark,
    /// Whether the last server stopped in good order.
    pub clean: bool,
    /// A batch that a crash tore, or, while a server writes, one that is being written.
    pub torn: Option<TornTail>,
    /// Files in which starts of a server have kept what crashes tore.
    pub torn_kept: Vec<String>,
    /// Files that mean nothing; the next start of a server removes them.
    pub leftovers: Vec<String>,
}
