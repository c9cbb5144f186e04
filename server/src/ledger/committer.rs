//! The thread that makes batches durable, one after the other, and the one that does for it what
//! must not hold up an answer: preparing segments and removing them.

use super::Position;
use super::backlog::{Backlog, DurableBatch};
use super::disk::{Disk, FolderLock};
use super::gate::Gate;
use super::journal::{Draft, Journal, JournalError, Preparation, Prepared, Removal, Writing};
use super::pending::{Pending, Room, Taken};
use crate::clock::{Clock, Stopwatch};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long the committer sleeps at most when there is nothing to do.
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

/// Takes batches to the journal until [`Pending`] is closed or the disk fails.
struct Committer<D: Disk> {
    journal: Journal<D>,
    pending: Arc<Pending>,
    backlog: Arc<Backlog>,
    gate: Arc<Gate>,
    clock: Clock,
    sync: Sync,
    synced: Stopwatch,
    /// Written, but the rows may not have them before they are durable.
    unsynced: Vec<DurableBatch>,
    /// Segments that nobody needs any more.
    removals: VecDeque<Removal<D>>,
    segment_bytes: u64,
    helper: Helper<D>,
}

/// What the committer's thread works with.
pub(super) struct Work<D: Disk> {
    pub(super) journal: Journal<D>,
    pub(super) segment_bytes: u64,
    pub(super) pending: Arc<Pending>,
    pub(super) backlog: Arc<Backlog>,
    pub(super) gate: Arc<Gate>,
    pub(super) clock: Clock,
    pub(super) sync: Sync,
    /// The folder is the thread's until it ends, whoever else has gone before.
    pub(super) lock: FolderLock,
}

/// Starts the committer's thread. It ends when `pending` is closed, with the journal's closing
/// batch, or when the disk fails.
pub(super) fn start<D: Disk>(
    work: Work<D>,
) -> std::io::Result<JoinHandle<Result<(), JournalError>>> {
    let helper = Helper::start()?;
    let Work { journal, segment_bytes, pending, backlog, gate, clock, sync, lock } = work;
    let committer = Committer {
        journal,
        pending,
        backlog,
        gate,
        clock,
        sync,
        synced: Stopwatch::start(),
        unsynced: Vec::new(),
        removals: VecDeque::new(),
        segment_bytes,
        helper,
    };
    thread::Builder::new().name("committer".to_owned()).spawn(move || {
        let _lock = lock;
        committer.run()
    })
}

/// Fails the gate unless it is told that all went well: a panic must not leave anybody waiting.
struct FailUnlessWell {
    gate: Arc<Gate>,
    all_is_well: bool,
}

impl Drop for FailUnlessWell {
    fn drop(&mut self) {
        if !self.all_is_well {
            self.gate.fail();
        }
    }
}

impl<D: Disk> Committer<D> {
    fn run(mut self) -> Result<(), JournalError> {
        let mut end = FailUnlessWell { gate: Arc::clone(&self.gate), all_is_well: false };
        let ended = self.commit_until_closed();
        if let Err(error) = &ended {
            tracing::error!(%error, "the journal failed");
            return ended;
        }
        end.all_is_well = true;
        self.hand_over();
        self.backlog.close();
        let now = self.clock.now();
        self.journal.close(now).map(drop)
    }

    fn commit_until_closed(&mut self) -> Result<(), JournalError> {
        loop {
            self.keep_a_segment_ready()?;
            let patience = match self.sync {
                Sync::Every(span) => span.min(IDLE),
                _ if self.journal.room().next.is_none() => FULL_RETRY,
                _ => IDLE,
            };
            match self.pending.take(patience) {
                Taken::Batch(batch) => self.commit(batch)?,
                Taken::Nothing => {}
                Taken::Closed => return Ok(()),
            }
            self.sync_if_due()?;
        }
    }

    /// Where batches are not synced one by one, syncs what has gathered, now and then.
    fn sync_if_due(&mut self) -> Result<(), JournalError> {
        let due = match self.sync {
            Sync::Always => return Ok(()),
            Sync::Every(span) => span,
            Sync::Never => IDLE,
        };
        if self.synced.elapsed() >= due {
            self.journal.sync()?;
            self.hand_over();
            self.synced = Stopwatch::start();
        }
        Ok(())
    }

    /// Gives the rows what is durable.
    fn hand_over(&mut self) {
        self.unsynced.drain(..).for_each(|batch| self.backlog.push(batch));
    }

    /// Appends a batch, however long it takes until there is room for it.
    fn commit(&mut self, mut batch: Draft) -> Result<(), JournalError> {
        let at = self.clock.now();
        let mark = loop {
            match self.journal.append(&mut batch, at) {
                Ok(mark) => break mark,
                Err(JournalError::NoRoom) => self.wait_for_a_segment()?,
                Err(error) => return Err(error),
            }
        };
        self.gate.settle(Position::new(mark.position));
        let records = batch.records();
        self.unsynced.push(DurableBatch { mark, at, records, body: batch.body().into() });
        if self.sync == Sync::Always {
            self.hand_over();
        }
        self.pending.give_back(batch, self.room());
        Ok(())
    }

    fn room(&self) -> Room {
        let room = self.journal.room();
        Room {
            bytes: room.now + room.next.unwrap_or(0),
            segment: self.segment_bytes,
            rows_are_behind: self.backlog.is_full(),
        }
    }

    /// Has the next segment prepared, and takes it when it is.
    fn keep_a_segment_ready(&mut self) -> Result<(), JournalError> {
        if let Some(prepared) = self.helper.prepared() {
            self.accept(prepared)?;
        }
        if let Some(mark) = self.backlog.committed() {
            self.removals.extend(self.journal.forget_through(mark));
            self.pending.set_room(self.room());
        }
        self.helper.remove(&mut self.removals)?;
        self.helper.ask(&self.journal)
    }

    fn wait_for_a_segment(&mut self) -> Result<(), JournalError> {
        self.helper.ask(&self.journal)?;
        if let Some(prepared) = self.helper.wait(FULL_RETRY) {
            self.accept(prepared)?;
        }
        Ok(())
    }

    fn accept(&mut self, prepared: Result<Prepared<D>, JournalError>) -> Result<(), JournalError> {
        match prepared {
            Ok(prepared) => self.journal.accept(prepared),
            Err(error) if error.is_full() && !self.journal.is_poisoned() => {
                tracing::warn!(%error, "the disk is full; new reservations are refused");
            }
            Err(error) => return Err(error),
        }
        self.pending.set_room(self.room());
        Ok(())
    }
}

/// A thread that prepares segments and removes them.
struct Helper<D: Disk> {
    jobs: SyncSender<Job<D>>,
    results: Receiver<Result<Prepared<D>, JournalError>>,
}

enum Job<D: Disk> {
    Prepare(Preparation<D>),
    Remove(Removal<D>),
}

impl<D: Disk> Helper<D> {
    fn start() -> std::io::Result<Self> {
        let (jobs, todo) = sync_channel(1);
        let (done, results) = sync_channel(1);
        thread::Builder::new().name("segments".to_owned()).spawn(move || {
            for job in todo {
                let result = match job {
                    Job::Prepare(preparation) => preparation.run(),
                    Job::Remove(removal) => match removal.run() {
                        Ok(()) => continue,
                        Err(error) => Err(error),
                    },
                };
                if done.send(result).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { jobs, results })
    }

    /// Asks for the next segment, unless it is there or under way.
    fn ask(&self, journal: &Journal<D>) -> Result<(), JournalError> {
        let Some(preparation) = journal.preparation() else { return Ok(()) };
        match self.jobs.try_send(Job::Prepare(preparation)) {
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(JournalError::Poisoned),
        }
    }

    /// Has the next of these removed, if there is time for it now.
    fn remove(&self, removals: &mut VecDeque<Removal<D>>) -> Result<(), JournalError> {
        let Some(removal) = removals.pop_front() else { return Ok(()) };
        match self.jobs.try_send(Job::Remove(removal)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(Job::Remove(removal))) => {
                removals.push_front(removal);
                Ok(())
            }
            Err(_) => Err(JournalError::Poisoned),
        }
    }

    fn prepared(&self) -> Option<Result<Prepared<D>, JournalError>> {
        match self.results.try_recv() {
            Ok(prepared) => Some(prepared),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(JournalError::Poisoned)),
        }
    }

    fn wait(&self, patience: Duration) -> Option<Result<Prepared<D>, JournalError>> {
        self.results.recv_timeout(patience).ok()
    }
}
