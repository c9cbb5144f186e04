//! One backup at a time, each made by a thread of its own.

use super::folder::{BackupFolder, BackupFolderError};
use crate::clock::Stopwatch;
use crate::ledger::rows::{BackedUp, RowsError, RowsReader, StillWanted};
use crate::ledger::{Ledger, Position};
use boxoffice_protocol::id::BackupName;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How often a backup that waits for the rows looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Backups {
    folder: Option<BackupFolder>,
    ledger: Arc<Ledger>,
    /// The one permit belongs to the thread that makes one, until it is done.
    turn: Arc<Semaphore>,
    stopping: Arc<AtomicBool>,
}

/// A backup that was begun: its reply is here when it has ended.
pub(crate) type Begun = oneshot::Receiver<Body>;

/// Why a backup was not made.
#[derive(Debug, Error)]
enum BackupError {
    #[error(transparent)]
    Folder(#[from] BackupFolderError),
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error("the ledger has failed")]
    LedgerFailed,
}

impl Backups {
    /// Backups in a folder, if there is one, from which it removes what was left unfinished.
    /// Blocks.
    pub(crate) fn open(folder: Option<PathBuf>, ledger: Arc<Ledger>) -> Self {
        let folder = folder.map(BackupFolder::new);
        if let Some(Err(error)) = folder.as_ref().map(BackupFolder::tidy) {
            tracing::warn!(%error, "the backup folder cannot be used now");
        }
        let turn = Arc::new(Semaphore::new(1));
        Self { folder, ledger, turn, stopping: Arc::default() }
    }

    /// Begins a backup of everything that is durable now.
    ///
    /// # Errors
    /// The refusal, where it cannot even begin.
    pub(crate) fn begin(&self, name: &BackupName) -> Result<Begun, Refusal> {
        let (Some(folder), Some(state_file)) = (&self.folder, self.ledger.state_file()) else {
            return Err(Refusal::NoBackupFolder);
        };
        let turn = Arc::clone(&self.turn).try_acquire_owned();
        let turn = turn.map_err(|_| Refusal::BackupRunning)?;
        let work = BackupJob {
            name: name.clone(),
            position: self.ledger.durable(),
            state_file: state_file.to_owned(),
            folder: folder.clone(),
            ledger: Arc::clone(&self.ledger),
            stopping: Arc::clone(&self.stopping),
        };
        let (done, begun) = oneshot::channel();
        let thread = thread::Builder::new().name("backup".to_owned());
        match thread.spawn(move || work.run(turn, done)) {
            Ok(_) => Ok(begun),
            Err(error) => {
                Err(Refusal::BackupFailed { why: format!("no thread for it: {error}").into() })
            }
        }
    }

    /// Ends one that is being made; nothing is left of it. None can begin any more.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Returns when none is being made.
    pub(crate) async fn ended(&self) {
        // It is never closed, so that this is always a permit, which is given back at once.
        drop(self.turn.acquire().await);
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The job of the thread that makes a backup.
struct BackupJob {
    name: BackupName,
    /// The position up to which changes have to be in it.
    position: Position,
    state_file: PathBuf,
    folder: BackupFolder,
    ledger: Arc<Ledger>,
    stopping: Arc<AtomicBool>,
}

impl BackupJob {
    fn run(self, turn: OwnedSemaphorePermit, done: oneshot::Sender<Body>) {
        let (name, began) = (&self.name, Stopwatch::start());
        let made = self.make();
        let body = match made {
            Ok(BackedUp { mark, bytes }) => {
                let (position, took) = (mark.position, began.elapsed());
                tracing::info!(%name, position, bytes, ?took, "backed up");
                Body::BackedUp { position, bytes }
            }
            Err(error) => {
                let refusal = refusal(error);
                tracing::warn!(%name, why = %refusal, "no backup");
                Body::Refused(refusal)
            }
        };
        // A client that has the reply can ask for the next backup.
        drop(turn);
        // The client may be gone; the backup is there all the same.
        let _ = done.send(body);
    }

    fn make(&self) -> Result<BackedUp, BackupError> {
        let unfinished = self.folder.begin(&self.name)?;
        self.wait_for_rows()?;
        let reader = RowsReader::open(&self.state_file)?;
        let made = reader.backup_to(&unfinished.state_file(), || self.wanted())?;
        unfinished.seal()?;
        unfinished.publish()?;
        Ok(made)
    }

    fn wait_for_rows(&self) -> Result<(), BackupError> {
        while !self.ledger.is_in_rows(self.position, LOOK) {
            if self.ledger.is_failed() {
                return Err(BackupError::LedgerFailed);
            }
            if self.wanted() == StillWanted::No {
                return Err(RowsError::Stopped.into());
            }
        }
        Ok(())
    }

    fn wanted(&self) -> StillWanted {
        if self.stopping.load(Ordering::Acquire) { StillWanted::No } else { StillWanted::Yes }
    }
}

fn refusal(error: BackupError) -> Refusal {
    let failed = |why: String| Refusal::BackupFailed { why: why.into() };
    match error {
        BackupError::Folder(BackupFolderError::Exists) => Refusal::BackupExists,
        BackupError::Folder(BackupFolderError::InUse) => Refusal::BackupRunning,
        BackupError::LedgerFailed => Refusal::Unavailable { why: UnavailableWhy::StorageFailed },
        BackupError::Rows(RowsError::Stopped) => {
            Refusal::Unavailable { why: UnavailableWhy::ShuttingDown }
        }
        BackupError::Rows(RowsError::Full) => {
            failed("there is no space left for it in the server's backup folder".to_owned())
        }
        BackupError::Folder(error) => failed(error.to_string()),
        BackupError::Rows(error) => failed(error.to_string()),
    }
}
