//! The thread that makes batches durable, one after the other, and the one that does for it what
//! must not hold up an answer: preparing segments and removing them.

use super::disk::{Disk, FolderLock};
use super::gate::Gate;
use super::journal::{BatchMark, Draft, Journal, JournalError, Preparation, Prepared, Writing};
use super::pending::{Pending, Room, Taken};
use crate::clock::{Clock, Stopwatch};
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
    gate: Arc<Gate>,
    clock: Clock,
    sync: Sync,
    synced: Stopwatch,
    segment_bytes: u64,
    helper: Helper<D>,
}

/// Starts the committer's thread. It ends when `pending` is closed, with the journal's closing
/// batch, or when the disk fails.
pub(super) fn start<D: Disk>(
    journal: Journal<D>,
    segment_bytes: u64,
    pending: Arc<Pending>,
    gate: Arc<Gate>,
    clock: Clock,
    sync: Sync,
    lock: FolderLock,
) -> std::io::Result<JoinHandle<Result<(), JournalError>>> {
    let helper = Helper::start()?;
    let synced = Stopwatch::start();
    let committer =
        Committer { journal, pending, gate, clock, sync, synced, segment_bytes, helper };
    thread::Builder::new().name("committer".to_owned()).spawn(move || {
        // The folder is this thread's until it ends, whoever else has gone before.
        let _lock = lock;
        committer.run()
    })
}

/// Fails the gate unless it is told that all went well: a panic must not leave anybody waiting.
struct FailUnlessWell(Arc<Gate>);

impl Drop for FailUnlessWell {
    fn drop(&mut self) {
        self.0.fail();
    }
}

impl<D: Disk> Committer<D> {
    fn run(mut self) -> Result<(), JournalError> {
        let unless_well = FailUnlessWell(Arc::clone(&self.gate));
        let ended = self.commit_until_closed();
        if let Err(error) = &ended {
            tracing::error!(%error, "the journal failed");
            return ended;
        }
        std::mem::forget(unless_well);
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
            if let Sync::Every(span) = self.sync
                && self.synced.elapsed() >= span
            {
                self.journal.sync()?;
                self.synced = Stopwatch::start();
            }
        }
    }

    /// Appends a batch, however long it takes until there is room for it.
    fn commit(&mut self, mut batch: Draft) -> Result<(), JournalError> {
        let mark = loop {
            match self.journal.append(&mut batch, self.clock.now()) {
                Ok(mark) => break mark,
                Err(JournalError::NoRoom) => self.wait_for_a_segment()?,
                Err(error) => return Err(error),
            }
        };
        self.gate.reach(mark);
        let room = self.room();
        self.pending.give_back(batch, room);
        Ok(())
    }

    fn room(&self) -> Room {
        let room = self.journal.room();
        Room { bytes: room.now + room.next.unwrap_or(0), segment: self.segment_bytes }
    }

    /// Has the next segment prepared, and takes it when it is.
    fn keep_a_segment_ready(&mut self) -> Result<(), JournalError> {
        if let Some(prepared) = self.helper.prepared() {
            self.accept(prepared)?;
        }
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

/// A thread that prepares segments.
struct Helper<D: Disk> {
    jobs: SyncSender<Preparation<D>>,
    results: Receiver<Result<Prepared<D>, JournalError>>,
}

impl<D: Disk> Helper<D> {
    fn start() -> std::io::Result<Self> {
        let (jobs, todo) = sync_channel::<Preparation<D>>(1);
        let (done, results) = sync_channel(1);
        thread::Builder::new().name("segments".to_owned()).spawn(move || {
            for preparation in todo {
                if done.send(preparation.run()).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { jobs, results })
    }

    /// Asks for the next segment, unless it is there or under way.
    fn ask(&self, journal: &Journal<D>) -> Result<(), JournalError> {
        match journal.preparation().map(|preparation| self.jobs.try_send(preparation)) {
            None | Some(Ok(()) | Err(TrySendError::Full(_))) => Ok(()),
            Some(Err(TrySendError::Disconnected(_))) => Err(JournalError::Poisoned),
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

impl Gate {
    fn reach(&self, mark: BatchMark) {
        self.settle(super::Position(mark.position));
    }
}
