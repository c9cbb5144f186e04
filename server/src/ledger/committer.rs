//! The committer makes batches durable, one after the other: a [`step`](Committer::step) at a time,
//! in turns with the sessions or on a thread of its own (`threads`).

use super::backlog::{Backlog, DurableBatch, Going};
use super::durability_gate::{DurabilityGate, FailUnlessWell};
use super::pending::{Pending, RoomLeft, Taken};
use super::position::Position;
use super::segments::Segments;
use crate::clock::{Clock, Stopwatch};
use crate::config::SyncPolicy;
use crate::metrics::Commits;
use boxoffice_journal::disk::Disk;
use boxoffice_journal::{Appended, Draft, Journal, JournalError, Prepared, Writing};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How long a step waits at most when there is nothing to do.
const IDLE: Duration = Duration::from_secs(1);

/// How often a full disk is asked again.
const FULL_RETRY: Duration = Duration::from_millis(100);

/// How often a batch for which there is no room is tried when the ledger is closed. None of its
/// changes was acknowledged.
const LAST_TRIES: u32 = 20;

impl SyncPolicy {
    /// How the journal has to write.
    pub(super) const fn writing(self) -> Writing {
        match self {
            Self::Always => Writing::Durable,
            Self::Every(_) | Self::Never => Writing::Lax,
        }
    }
}

/// Takes batches from `Pending` to the journal, until that is closed or the disk fails. Dropping
/// it before it is closed fails the gate.
#[derive(Debug)]
pub struct Committer<D: Disk> {
    journal: Journal<D>,
    segment_bytes: u64,
    segments: Segments<D>,
    pending: Arc<Pending>,
    backlog: Arc<Backlog>,
    gate: Arc<DurabilityGate>,
    commits: Arc<Commits>,
    clock: Clock,
    sync: SyncPolicy,
    synced_at: Timestamp,
    /// What the last batch took to be written, and synced where each is.
    last_append: Duration,
    /// Written, but the rows may not have them before they are durable.
    unsynced: Vec<DurableBatch>,
    /// A batch that the journal had no room for.
    without_room: Option<Draft>,
    /// How often it is tried when nothing more will come.
    tries_left: u32,
    /// Where the next segment found no room, when it is asked for again; that is said once.
    full_until: Option<Timestamp>,
    end: FailUnlessWell,
}

/// The shared parts that the committer works with.
pub(super) struct Colleagues {
    pub(super) pending: Arc<Pending>,
    pub(super) backlog: Arc<Backlog>,
    pub(super) gate: Arc<DurabilityGate>,
    pub(super) commits: Arc<Commits>,
}

impl<D: Disk> Committer<D> {
    pub(super) fn new(
        journal: Journal<D>,
        segment_bytes: u64,
        segments: Segments<D>,
        colleagues: Colleagues,
        clock: Clock,
        sync: SyncPolicy,
    ) -> Self {
        let Colleagues { pending, backlog, gate, commits } = colleagues;
        Self {
            journal,
            segment_bytes,
            segments,
            pending,
            backlog,
            end: FailUnlessWell::new(Arc::clone(&gate)),
            gate,
            commits,
            synced_at: clock.now(),
            clock,
            sync,
            last_append: Duration::ZERO,
            unsynced: Vec::new(),
            without_room: None,
            tries_left: LAST_TRIES,
            full_until: None,
        }
    }

    /// Makes one batch durable, if something has gathered; waits for it at most `patience`.
    ///
    /// # Errors
    /// The disk's error, which may be that it is full when the ledger is closed. Nothing can become
    /// durable any more, and this is to be dropped.
    pub fn step(&mut self, patience: Duration) -> Result<Going, JournalError> {
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
    /// The disk's error; everything that was acknowledged is durable all the same, where it was
    /// synced before.
    pub fn close(mut self) -> Result<(), JournalError> {
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

    /// How long it took to make the last batch durable, or to write it where that comes later.
    pub(super) const fn last_append(&self) -> Duration {
        self.last_append
    }

    /// How long the next batch is to wait, so that the rows can follow.
    pub(super) fn brake(&self) -> Duration {
        self.backlog.brake()
    }

    /// How long it can do nothing at most.
    pub(super) fn patience(&self) -> Duration {
        match self.sync {
            SyncPolicy::Every(span) => span.min(IDLE),
            _ if self.journal.room().next.is_none() => FULL_RETRY,
            _ => IDLE,
        }
    }

    /// Where batches are not synced one by one, syncs what has gathered, now and then.
    fn sync_if_due(&mut self) -> Result<(), JournalError> {
        let due = match self.sync {
            SyncPolicy::Always => return Ok(()),
            SyncPolicy::Every(span) => span,
            SyncPolicy::Never => IDLE,
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
        let (at, began) = (self.clock.now(), Stopwatch::start());
        let Appended { mark, place } = match self.journal.append(&mut batch, at) {
            Ok(appended) => appended,
            Err(JournalError::NoRoom) => return self.keep_without_room(batch),
            Err(error) => return Err(error),
        };
        self.gate.settle(Position::new(mark.position));
        let records = batch.records();
        self.last_append = began.elapsed();
        self.commits.count(records, self.last_append);
        let body = self.backlog.keeps(batch.body().len()).then(|| batch.body().into());
        self.unsynced.push(DurableBatch { mark, at, records, place, body });
        if self.sync == SyncPolicy::Always {
            self.hand_over();
        }
        self.pending.give_back(batch, self.room());
        Ok(())
    }

    /// Keeps a batch until there is room for it; a stop does not wait for ever.
    fn keep_without_room(&mut self, batch: Draft) -> Result<(), JournalError> {
        if self.pending.is_closed() && self.full_until.is_some() {
            self.tries_left = self.tries_left.checked_sub(1).ok_or(JournalError::NoRoom)?;
        }
        self.without_room = Some(batch);
        Ok(())
    }

    /// The next segment counts before it is prepared, unless the disk is known to be full: a server
    /// that starts on a segment that is nearly full must not refuse what there is room for.
    fn room(&self) -> RoomLeft {
        let room = self.journal.room();
        let to_come = if self.full_until.is_none() { self.segment_bytes } else { 0 };
        RoomLeft {
            bytes: room.now + room.next.unwrap_or(to_come),
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
        let too_much = mutants::on(Mutant::SegmentRemovedBeforeRowsCommit);
        let committed = self.backlog.committed();
        if let Some(mark) = committed.or_else(|| too_much.then(|| self.journal.durable())) {
            if let Some(removal) = self.journal.forget_through(mark) {
                self.segments.remove(removal);
            }
            self.pending.set_room(self.room());
        }
        self.segments.go_on_removing()?;
        match self.full_until {
            Some(time) if self.clock.now() < time => Ok(()),
            _ => self.segments.ask(&self.journal),
        }
    }

    fn accept(&mut self, prepared: Result<Prepared<D>, JournalError>) -> Result<(), JournalError> {
        match prepared {
            Ok(prepared) => {
                self.journal.accept(prepared);
                self.full_until = None;
                self.backlog.set_scarce(false);
            }
            Err(error) if error.is_full() && !self.journal.is_poisoned() => {
                let again = self.clock.now().plus(FULL_RETRY);
                if self.full_until.replace(again).is_none() {
                    tracing::warn!(%error, "the disk is full; soon new reservations are refused");
                    self.backlog.set_scarce(true);
                }
            }
            Err(error) => return Err(error),
        }
        self.pending.set_room(self.room());
        Ok(())
    }
}

#[cfg(feature = "simulation")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::rows::{Identity, Made, Restored};
    use crate::ledger::{DataFolder, FolderLayout, Ledger, LedgerWork, Recover, Site};
    use boxoffice_inventory::{CodeKey, EventSecrets, Hall};
    use boxoffice_journal::JournalOptions;
    use boxoffice_journal::disk::FolderLock;
    use boxoffice_journal::disk::simulated::SimulatedDisk;
    use boxoffice_protocol::change::{Change, Recorded};
    use boxoffice_protocol::id::{EventId, PlanDigest, ReservationId};
    use boxoffice_protocol::refusal::UnavailableWhy;
    use std::convert::Infallible;
    use tempfile::TempDir;

    const BLOCK: u64 = 4_096;

    struct Nothing;

    impl Recover for Nothing {
        type Error = Infallible;

        fn codes(&mut self, _: CodeKey) {}
        fn secrets(&mut self) -> EventSecrets {
            EventSecrets::of_tables(1)
        }

        fn hall(&self, _: Option<&PlanDigest>) -> Option<Hall> {
            None
        }

        fn made(&mut self, _: &Made<'_>) {}
        fn restore(&mut self, _: Restored, _: u64, _: u64) {}

        fn replay(&mut self, _: &EventId, _: &Recorded, _: u64) -> Result<(), Infallible> {
            Ok(())
        }
    }

    /// A ledger on a disk that has room for one segment, and its work.
    fn on_a_small_disk() -> (TempDir, SimulatedDisk, Clock, Ledger, LedgerWork<SimulatedDisk>) {
        let folder = tempfile::tempdir().unwrap();
        let (disk, clock) = (SimulatedDisk::new(1), Clock::manual(Timestamp::from_ms(1)));
        let site = Site {
            lock: FolderLock::take(folder.path()).unwrap(),
            disk: disk.clone(),
            state_file: folder.path().join("boxoffice.db"),
            identity: Identity { folder: 1, fingerprint_key: [1; 16] },
            layout: FolderLayout {
                journal: JournalOptions {
                    segment_bytes: 14 * BLOCK,
                    max_body_bytes: 6 * 4_096,
                    ..JournalOptions::new(1)
                },
                batch_bytes: 5 * 4_096,
                backlog_bytes: 1 << 20,
                sync: SyncPolicy::Always,
            },
        };
        let found = DataFolder::recover(site, &mut Nothing).unwrap();
        disk.set_capacity(14 * BLOCK + 1_024);
        let (ledger, work) = found.into_work(clock.clone());
        (folder, disk, clock, ledger, work)
    }

    const TIME: Timestamp = Timestamp::from_ms(1);

    fn record(ledger: &Ledger, change: Change) -> Result<Position, UnavailableWhy> {
        let event = EventId::parse("concert").unwrap();
        ledger.record(&event, &Recorded { version: 1, at: TIME, principal: None, change })
    }

    fn reservation() -> ReservationId {
        ReservationId::new(TIME, [1; 10])
    }

    /// Records expiries until no more are taken.
    fn fill(ledger: &Ledger) {
        while record(ledger, Change::Expired { ids: vec![reservation()].into() }).is_ok() {}
    }

    #[test]
    fn room_that_is_being_made_counts_until_the_disk_is_full() {
        let (_folder, _disk, _clock, ledger, work) = on_a_small_disk();
        let LedgerWork { mut committer, workshop, .. } = work;
        let extend = || Change::Extended { id: reservation(), from: TIME, to: TIME };
        while committer.journal.room().now > BLOCK {
            record(&ledger, extend()).expect("the next segment is being prepared");
            committer.step(Duration::ZERO).unwrap();
        }
        workshop.step();
        committer.step(Duration::ZERO).unwrap();
        assert_eq!(record(&ledger, extend()), Err(UnavailableWhy::StorageFull));
        record(&ledger, Change::Expired { ids: vec![reservation()].into() })
            .expect("the last to be refused");
    }

    #[test]
    fn a_stop_does_not_wait_for_ever_for_room() {
        let (_folder, _disk, _clock, ledger, work) = on_a_small_disk();
        let LedgerWork { mut committer, workshop, .. } = work;
        while !(committer.without_room.is_some() && committer.full_until.is_some()) {
            fill(&ledger);
            committer.step(Duration::ZERO).unwrap();
            workshop.step();
        }
        ledger.close();
        let mut steps = (0..1_000).map(|_| committer.step(Duration::ZERO));
        let error = steps.find_map(Result::err).expect("an end");
        assert!(matches!(error, JournalError::NoRoom), "{error}");
        drop(committer);
        assert!(ledger.is_failed() && ledger.durable() < ledger.recorded());
    }

    #[test]
    fn a_full_disk_is_asked_now_and_then() {
        let (_folder, disk, clock, _ledger, work) = on_a_small_disk();
        let LedgerWork { mut committer, workshop, .. } = work;
        let mut asked = || {
            let before = disk.operations();
            for _ in 0..100 {
                committer.step(Duration::ZERO).unwrap();
                workshop.step();
            }
            disk.operations() - before
        };
        let once = asked();
        assert!(once > 0 && asked() == 0);
        clock.advance(FULL_RETRY);
        assert_eq!(asked(), once);
    }
}
