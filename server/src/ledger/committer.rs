//! What makes batches durable, one after the other: a [`step`](Committer::step) at a time, driven
//! by a thread of its own (`threads`).

use super::backlog::{Backlog, DurableBatch};
use super::disk::Disk;
use super::gate::{FailUnlessWell, Gate};
use super::journal::{Appended, Draft, Journal, JournalError, Prepared, Writing};
use super::pending::{Pending, Room, Taken};
use super::segments::Segments;
use super::{Going, Position};
use crate::clock::Clock;
use crate::mutant::{self, Mutant};
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How long a step waits at most when there is nothing to do.
const IDLE: Duration = Duration::from_secs(1);

/// How often a full disk is asked again.
const FULL_RETRY: Duration = Duration::from_millis(100);

/// When a change counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// When its batch was synced: the promise.
    Always,
    /// When the operating system has it; it is synced this often.
    Every(Duration),
    /// When the operating system has it; when that writes it is its own business.
    Never,
}

impl Sync {
    /// How the journal has to write.
    pub const fn writing(self) -> Writing {
        match self {
            Self::Always => Writing::Durable,
            Self::Every(_) | Self::Never => Writing::Lax,
        }
    }
}

/// Takes batches from [`Pending`] to the journal, until that is closed or the disk fails. Dropping
/// it before it is closed fails the gate.
#[derive(Debug)]
pub(crate) struct Committer<D: Disk> {
    journal: Journal<D>,
    segment_bytes: u64,
    segments: Segments<D>,
    pending: Arc<Pending>,
    backlog: Arc<Backlog>,
    gate: Arc<Gate>,
    clock: Clock,
    sync: Sync,
    synced_at: Timestamp,
    /// Written, but the rows may not have them before they are durable.
    unsynced: Vec<DurableBatch>,
    /// A batch that the journal had no room for.
    without_room: Option<Draft>,
    /// Whether the next segment found no room; it is said once.
    disk_is_full: bool,
    end: FailUnlessWell,
}

/// Those whom the committer works with.
pub(super) struct Colleagues {
    pub(super) pending: Arc<Pending>,
    pub(super) backlog: Arc<Backlog>,
    pub(super) gate: Arc<Gate>,
}

impl<D: Disk> Committer<D> {
    pub(super) fn new(
        journal: Journal<D>,
        segment_bytes: u64,
        segments: Segments<D>,
        colleagues: Colleagues,
        clock: Clock,
        sync: Sync,
    ) -> Self {
        let Colleagues { pending, backlog, gate } = colleagues;
        Self {
            journal,
            segment_bytes,
            segments,
            pending,
            backlog,
            end: FailUnlessWell::new(Arc::clone(&gate)),
            gate,
            synced_at: clock.now(),
            clock,
            sync,
            unsynced: Vec::new(),
            without_room: None,
            disk_is_full: false,
        }
    }

    /// Makes one batch durable, if something has gathered; waits for it at most `patience`.
    ///
    /// # Errors
    /// What the disk says. Nothing can become durable any more, and this is to be dropped.
    pub(crate) fn step(&mut self, patience: Duration) -> Result<Going, JournalError> {
        self.keep_a_segment_ready()?;
        match self.take(patience)? {
            Taken::Batch(batch) => self.commit(batch)?,
            Taken::Nothing => {}
            Taken::Closed => return Ok(Going::Ended),
        }
        self.sync_if_due()?;
        Ok(Going::On)
    }

    /// Ends in good order, after the last step.
    ///
    /// # Errors
    /// What the disk says; everything that was acknowledged is durable all the same, where it was
    /// synced before.
    pub(crate) fn close(mut self) -> Result<(), JournalError> {
        self.journal.sync()?;
        self.end.all_is_well();
        self.hand_over();
        self.backlog.close();
        self.journal.close(self.clock.now()).map(drop)
    }

    /// The batch that found no room, when there may be some; or else what has gathered.
    fn take(&mut self, patience: Duration) -> Result<Taken, JournalError> {
        let Some(batch) = self.without_room.take() else {
            return Ok(self.pending.take(patience.min(self.patience())));
        };
        if let Some(prepared) = self.segments.wait(patience.min(FULL_RETRY)) {
            self.accept(prepared)?;
        }
        Ok(Taken::Batch(batch))
    }

    /// How long the next batch is to wait, so that the rows can follow.
    pub(super) fn brake(&self) -> Duration {
        self.backlog.brake()
    }

    /// How long it can do nothing at most.
    pub(super) fn patience(&self) -> Duration {
        match self.sync {
            Sync::Every(span) => span.min(IDLE),
            _ if self.journal.room().next.is_none() => FULL_RETRY,
            _ => IDLE,
        }
    }

    /// Where batches are not synced one by one, syncs what has gathered, now and then.
    fn sync_if_due(&mut self) -> Result<(), JournalError> {
        let due = match self.sync {
            Sync::Always => return Ok(()),
            Sync::Every(span) => span,
            Sync::Never => IDLE,
        };
        let now = self.clock.now();
        if now.since(self.synced_at) >= due {
            self.journal.sync()?;
            self.hand_over();
            self.synced_at = now;
        }
        Ok(())
    }

    /// Gives the rows what is durable.
    fn hand_over(&mut self) {
        self.unsynced.drain(..).for_each(|batch| self.backlog.push(batch));
    }

    /// Appends a batch, or keeps it until there is room for it.
    fn commit(&mut self, mut batch: Draft) -> Result<(), JournalError> {
        let at = self.clock.now();
        let Appended { mark, place } = match self.journal.append(&mut batch, at) {
            Ok(appended) => appended,
            Err(JournalError::NoRoom) => {
                self.without_room = Some(batch);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.gate.settle(Position::new(mark.position));
        let records = batch.records();
        let body = self.backlog.keeps(batch.body().len()).then(|| batch.body().into());
        self.unsynced.push(DurableBatch { mark, at, records, place, body });
        if self.sync == Sync::Always {
            self.hand_over();
        }
        self.pending.give_back(batch, self.room());
        Ok(())
    }

    /// The next segment counts while it is being prepared, too: whether the disk has room for it
    /// is known at once, and then all that can happen is that a batch waits for it.
    fn room(&self) -> Room {
        let room = self.journal.room();
        let expected = if self.disk_is_full { 0 } else { self.segment_bytes };
        Room {
            bytes: room.now + room.next.unwrap_or(expected),
            segment: self.segment_bytes,
            rows_are_behind: self.backlog.is_full(),
        }
    }

    /// Has the next segment prepared, and takes it when it is; has those removed that the rows
    /// need no more.
    fn keep_a_segment_ready(&mut self) -> Result<(), JournalError> {
        if let Some(prepared) = self.segments.prepared() {
            self.accept(prepared)?;
        }
        let too_much = mutant::on(Mutant::SegmentRemovedBeforeRowsCommit);
        let committed = self.backlog.committed();
        if let Some(mark) = committed.or_else(|| too_much.then(|| self.journal.durable())) {
            if let Some(removal) = self.journal.forget_through(mark) {
                self.segments.remove(removal);
            }
            self.pending.set_room(self.room());
        }
        self.segments.go_on_removing()?;
        self.segments.ask(&self.journal)
    }

    fn accept(&mut self, prepared: Result<Prepared<D>, JournalError>) -> Result<(), JournalError> {
        match prepared {
            Ok(prepared) => {
                self.journal.accept(prepared);
                self.disk_is_full = false;
            }
            Err(error) if error.is_full() && !self.journal.is_poisoned() => {
                if !std::mem::replace(&mut self.disk_is_full, true) {
                    tracing::warn!(%error, "the disk is full; soon new reservations are refused");
                }
            }
            Err(error) => return Err(error),
        }
        self.pending.set_room(self.room());
        Ok(())
    }
}
