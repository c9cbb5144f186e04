//! The threads of a data folder: each drives what knows nothing of threads.

use super::Going;
use super::backlog::Backlog;
use super::committer::Committer;
use super::disk::{Disk, FolderLock};
use super::follower::{Followed, Follower};
use super::journal::JournalError;
use super::rows::RowsError;
use super::segments::Workshop;
use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long to wait before a busy or full state file is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// What there is to do for a data folder, in three parts that can be done at the same time.
#[derive(Debug)]
pub(crate) struct Work<D: Disk> {
    /// Makes changes durable.
    pub(crate) committer: Committer<D>,
    /// Prepares and removes segments for it.
    pub(crate) workshop: Workshop<D>,
    /// Writes durable changes into the rows.
    pub(crate) follower: Follower,
    /// The folder belongs to the work until it ends, whoever else has gone before.
    pub(crate) lock: FolderLock,
}

/// The threads that do the [`Work`].
#[derive(Debug)]
pub(super) struct Threads {
    committer: JoinHandle<Result<(), JournalError>>,
    follower: JoinHandle<()>,
}

impl Threads {
    /// Starts them.
    pub(super) fn start<D: Disk>(work: Work<D>, backlog: Arc<Backlog>) -> io::Result<Self> {
        let Work { committer, workshop, follower, lock } = work;
        let filled = Arc::clone(&backlog);
        let follower = thread("follower").spawn(move || follow(follower, &filled))?;
        thread("segments").spawn(move || workshop.run())?;
        let committer = thread("committer").spawn(move || {
            let _lock = lock;
            let ended = commit(committer);
            backlog.close();
            ended.inspect_err(|error| tracing::error!(%error, "the journal failed"))
        })?;
        Ok(Self { committer, follower })
    }

    /// Waits until they have ended. Everything they work on has been closed.
    pub(super) fn join(self) -> Result<(), JournalError> {
        let Self { committer, follower } = self;
        let ended = committer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        follower.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ended
    }
}

fn thread(name: &str) -> Builder {
    Builder::new().name(name.to_owned())
}

fn commit<D: Disk>(mut committer: Committer<D>) -> Result<(), JournalError> {
    while committer.step(Duration::MAX)? == Going::On {}
    committer.close()
}

fn follow(mut follower: Follower, backlog: &Backlog) {
    match follow_until_closed(&mut follower, backlog) {
        Ok(()) => follower.close(),
        Err(error) => tracing::error!(%error, "the state file failed"),
    }
}

fn follow_until_closed(follower: &mut Follower, backlog: &Backlog) -> Result<(), RowsError> {
    let mut told = false;
    while backlog.gather() == Going::On {
        while let Followed::NotNow(error) = follower.step()? {
            if !told {
                tracing::warn!(%error, "the rows wait");
            }
            told = true;
            backlog.pause(RETRY);
        }
        told = false;
    }
    Ok(())
}
