//! Segments are prepared and removed away from the hot path: the committer asks ([`Segments`]),
//! and a thread of its own, or whoever steps the ledger, does it ([`Workshop`]).

use super::ballast::Ballast;
use boxoffice_journal::disk::Disk;
use boxoffice_journal::{Journal, JournalError, Preparation, PreparationStep, Prepared, Removal};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// One who asks for work on segments, and one who does it. One job is under way, and one waits.
pub(super) fn workshop<D: Disk>(ballast: Arc<Ballast<D>>) -> (Segments<D>, Workshop<D>) {
    let (jobs, todo) = sync_channel(1);
    let (done, results) = sync_channel(1);
    let asking = Arc::new(());
    let asked = Arc::downgrade(&asking);
    let segments = Segments { jobs, results, removals: VecDeque::new(), _asking: asking };
    (segments, Workshop { todo, done, ballast, asked })
}

/// Asks for segments to be prepared and removed.
#[derive(Debug)]
pub(super) struct Segments<D: Disk> {
    jobs: SyncSender<SegmentJob<D>>,
    results: Receiver<Result<Prepared<D>, JournalError>>,
    /// Segments that nobody needs any more.
    removals: VecDeque<Removal<D>>,
    /// As long as this lives, somebody wants what is prepared.
    _asking: Arc<()>,
}

/// Prepares segments and removes them.
#[derive(Debug)]
pub struct Workshop<D: Disk> {
    todo: Receiver<SegmentJob<D>>,
    done: SyncSender<Result<Prepared<D>, JournalError>>,
    /// Given up where there is no room for a segment.
    ballast: Arc<Ballast<D>>,
    asked: Weak<()>,
}

#[derive(Debug)]
enum SegmentJob<D: Disk> {
    Prepare(Preparation<D>),
    Remove(Removal<D>),
}

impl<D: Disk> Segments<D> {
    /// Asks for the next segment, unless it is there or under way.
    pub(super) fn ask(&self, journal: &Journal<D>) -> Result<(), JournalError> {
        let Some(preparation) = journal.preparation() else { return Ok(()) };
        match self.jobs.try_send(SegmentJob::Prepare(preparation)) {
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(JournalError::Poisoned),
        }
    }

    /// Has segments removed, once there is time for it.
    pub(super) fn remove(&mut self, removal: Removal<D>) {
        self.removals.push_back(removal);
    }

    /// Hands on the next removal, if there is time for it now.
    pub(super) fn go_on_removing(&mut self) -> Result<(), JournalError> {
        let Some(removal) = self.removals.pop_front() else { return Ok(()) };
        match self.jobs.try_send(SegmentJob::Remove(removal)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(SegmentJob::Remove(removal))) => {
                self.removals.push_front(removal);
                Ok(())
            }
            Err(_) => Err(JournalError::Poisoned),
        }
    }

    /// The segment that was asked for, if it is ready.
    pub(super) fn prepared(&self) -> Option<Result<Prepared<D>, JournalError>> {
        match self.results.try_recv() {
            Ok(prepared) => Some(prepared),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(JournalError::Poisoned)),
        }
    }

    /// As [`prepared`](Self::prepared), and waits for it at most so long.
    pub(super) fn wait(&self, patience: Duration) -> Option<Result<Prepared<D>, JournalError>> {
        self.results.recv_timeout(patience).ok()
    }
}

impl<D: Disk> Workshop<D> {
    /// Does what it is asked for, until nobody asks any more. Says whenever something is done.
    pub(super) fn run(self, say: impl Fn()) {
        while let Ok(job) = self.todo.recv() {
            if self.finish(job).is_err() {
                return;
            }
            say();
        }
    }

    /// Does one job, if there is one.
    #[cfg(feature = "simulation")]
    pub fn step(&self) {
        if let Ok(job) = self.todo.try_recv() {
            // Where nobody asks any more, nobody wants to know.
            let _ = self.finish(job);
        }
    }

    fn finish(&self, job: SegmentJob<D>) -> Result<(), NobodyAsks> {
        let result = match job {
            SegmentJob::Prepare(preparation) => self.prepare(preparation)?,
            SegmentJob::Remove(removal) => match removal.run() {
                Ok(()) => return Ok(()),
                Err(error) => Err(error),
            },
        };
        self.done.send(result).map_err(|_| NobodyAsks)
    }

    /// Prepares a segment, as long as somebody asks: who stops waits for this.
    fn prepare(
        &self,
        mut preparation: Preparation<D>,
    ) -> Result<Result<Prepared<D>, JournalError>, NobodyAsks> {
        while self.asked.strong_count() > 0 {
            match preparation.step() {
                Ok(PreparationStep::More(more)) => preparation = more,
                Ok(PreparationStep::Done(prepared)) => return Ok(Ok(prepared)),
                Err(error) => {
                    if error.is_full() {
                        self.ballast.give_up();
                    }
                    return Ok(Err(error));
                }
            }
        }
        Err(NobodyAsks)
    }
}

/// The committer has ended.
struct NobodyAsks;
