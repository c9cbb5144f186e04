//! With it the rows follow the journal, one transaction a [`step`](Follower::step), driven by a
//! thread of its own (`threads`). It never holds up an answer.

use super::backlog::{Backlog, DurableBatch};
use super::ballast::{Ballast, Held};
use super::durability_gate::{DurabilityGate, FailUnlessWell};
use super::entry;
use super::rows::{Rows, RowsError};
use boxoffice_journal::disk::Disk;
use boxoffice_journal::{JournalError, JournalReader};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use std::sync::Arc;
use thiserror::Error;

/// Takes durable batches from the `Backlog` to the rows. Dropping it before it has ended fails
/// the gate.
#[derive(Debug)]
pub struct Follower<D: Disk> {
    rows: Rows,
    journal: JournalReader<D>,
    backlog: Arc<Backlog>,
    /// Batches that a passing error keeps out of the rows.
    waiting: Vec<DurableBatch>,
    /// Given up where there is no room for the rows.
    ballast: Arc<Ballast<D>>,
    end: FailUnlessWell,
}

/// Why the rows cannot follow any more.
#[derive(Debug, Error)]
pub enum FollowError {
    /// The state file failed.
    #[error("the state file failed: {0}")]
    Rows(#[from] RowsError),
    /// The journal that they follow cannot be read.
    #[error("the rows cannot follow: {0}")]
    Journal(#[from] JournalError),
}

/// The result of a step.
#[derive(Debug)]
pub enum Followed {
    /// The rows have what there was, which may be nothing.
    All,
    /// The rows cannot take it now, and it has to be tried again.
    NotNow(RowsError),
}

impl<D: Disk> Follower<D> {
    pub(super) fn new(
        rows: Rows,
        journal: JournalReader<D>,
        backlog: Arc<Backlog>,
        ballast: Arc<Ballast<D>>,
        gate: Arc<DurabilityGate>,
    ) -> Self {
        let end = FailUnlessWell::new(gate);
        Self { rows, journal, backlog, waiting: Vec::new(), ballast, end }
    }

    /// Writes what there is, but not more than is good for one transaction.
    ///
    /// # Errors
    /// The rows failed for good, and this is to be dropped.
    pub fn step(&mut self) -> Result<Followed, FollowError> {
        if self.waiting.is_empty() {
            self.waiting = self.backlog.take();
        }
        let Some(last) = self.waiting.last() else { return Ok(Followed::All) };
        let changes = changes(&self.waiting, &mut self.journal)?;
        self.journal.let_go();
        let entries = changes.iter().map(|(event, recorded)| (event, recorded));
        match self.rows.apply(entries, last.rows_mark()) {
            Ok(()) => {
                self.backlog.commit(last.mark);
                self.waiting.clear();
                self.take_ballast();
                Ok(Followed::All)
            }
            Err(error @ RowsError::Full) => {
                self.ballast.give_up();
                self.rows.make_room()?;
                Ok(Followed::NotNow(error))
            }
            Err(error) if error.is_passing() => Ok(Followed::NotNow(error)),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether there is room on the disk for all that the rows may be behind at rest, in the
    /// journal and again for them: or else they would rest until the disk is full.
    pub(super) fn has_room_to_rest(&self) -> bool {
        self.ballast.has_room(2 * self.backlog.most_at_rest())
    }

    /// Takes the ballast that was given up, if there is room for it again.
    fn take_ballast(&self) {
        let was_given_up = self.ballast.held() == Held::No;
        if was_given_up && self.ballast.take().is_ok_and(|held| held == Held::Yes) {
            tracing::info!("there is room again on the disk");
        }
    }

    /// The changes with positions from `first` on that are on their way to the rows.
    #[cfg(feature = "simulation")]
    pub fn on_their_way(&self, first: u64) -> Vec<(u64, EventId, Recorded)> {
        let mut found = Vec::new();
        self.backlog.each(|batch| {
            if batch.mark.position < first {
                return;
            }
            let begins = batch.mark.position - batch.records + 1;
            let body = batch.body.as_ref().expect("what was written just now is in memory");
            let numbered = (begins..).zip(entries(body));
            let new = numbered.filter(|(position, _)| *position >= first);
            found.extend(new.map(|(position, (event, recorded))| (position, event, recorded)));
        });
        found
    }

    /// Ends in good order.
    pub fn close(mut self) {
        self.end.all_is_well();
    }
}

/// The changes of batches that this process has written or read before.
fn changes<D: Disk>(
    batches: &[DurableBatch],
    journal: &mut JournalReader<D>,
) -> Result<Vec<(EventId, Recorded)>, JournalError> {
    let mut changes = Vec::new();
    for DurableBatch { mark, place, body, .. } in batches {
        let read;
        let body = match body {
            Some(body) => body,
            None => {
                read = journal.body(*mark, *place)?;
                &read
            }
        };
        changes.extend(entries(body));
    }
    Ok(changes)
}

fn entries(body: &[u8]) -> impl Iterator<Item = (EventId, Recorded)> {
    entry::read(body).map(|entry| entry.expect("it was written, or read, before"))
}
