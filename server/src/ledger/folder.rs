//! A data folder: its lock, its secret, its journal.

use super::committer::{self, Sync};
use super::disk::{Caching, Disk, DiskFile, FolderLock, LockError, RealDisk};
use super::entry::{self, UnreadableEntry};
use super::gate::Gate;
use super::journal::{Batch, BatchMark, Journal, JournalError, JournalOptions, Recovered, Writing};
use super::pending::{Pending, Room};
use super::{Ledger, Store};
use crate::clock::Clock;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// The secret under which requests are fingerprinted: as long as reservations are remembered, it
/// has to be the same.
const SECRET_FILE: &str = "secret";
const SECRET_BYTES: usize = 16;
/// The secret's file begins with this; the number is the format's version.
const SECRET_MAGIC: &[u8; 16] = b"boxoffice-secr-1";

/// How a data folder is used.
#[derive(Debug, Clone)]
pub struct FolderOptions {
    /// The folder; created if its parent is there.
    pub path: PathBuf,
    /// When a change counts as durable.
    pub sync: Sync,
    /// Bytes of a journal segment: a multiple of 4 KiB.
    pub segment_bytes: u64,
}

/// Why a data folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The folder cannot be created or read.
    #[error("cannot use the data folder {path}: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another server has it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The journal cannot be recovered.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The secret is missing beside a journal, or is not one.
    #[error(
        "{file} is {what}; restore it from a backup: without it, repeated requests are not known again"
    )]
    Secret {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A data folder that was recovered and is ready to be written. Its clock has to be known before
/// that, and depends on what was recovered.
#[derive(Debug)]
pub struct DataFolder {
    lock: FolderLock,
    journal: Journal<RealDisk>,
    options: FolderOptions,
    recovered: Recovered,
    secret: [u8; SECRET_BYTES],
}

impl DataFolder {
    /// Locks and recovers a folder; `each` gets every change that it holds, in order.
    ///
    /// # Errors
    /// [`FolderError`] names the folder or file, and says what to do.
    pub fn open<E: Error + Send + std::marker::Sync + 'static>(
        options: FolderOptions,
        mut each: impl FnMut(&EventId, &Recorded, u64) -> Result<(), E>,
    ) -> Result<Self, FolderError> {
        let failed = |source| FolderError::Folder { path: options.path.clone(), source };
        let folder = RealDisk::open(&options.path, Caching::Cached).map_err(failed)?;
        let lock = FolderLock::take(&options.path)?;
        let caching = match options.sync.writing() {
            Writing::Durable => Caching::Direct,
            Writing::Lax => Caching::Cached,
        };
        let disk = RealDisk::open(options.path.join("journal"), caching).map_err(failed)?;
        let is_new = disk.list().map_err(failed)?.is_empty();
        let secret = secret(&folder, &options.path, is_new)?;
        let mut key = [0; 8];
        getrandom::fill(&mut key)?;
        let mut journal_options = JournalOptions::new(u64::from_le_bytes(key));
        journal_options.segment_bytes = options.segment_bytes;
        journal_options.writing = options.sync.writing();
        let replay = |batch: Batch<'_>| replay(&batch, &mut each);
        let (journal, recovered) =
            Journal::open(disk, journal_options, BatchMark::default(), replay)?;
        Ok(Self { lock, journal, options, recovered, secret })
    }

    /// What was found.
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    /// The secret under which requests are fingerprinted.
    pub fn secret(&self) -> [u8; SECRET_BYTES] {
        self.secret
    }

    /// A ledger that goes on where the folder ends.
    ///
    /// # Errors
    /// [`FolderError::Folder`] if no thread can be started.
    pub fn into_ledger(self, clock: Clock) -> Result<Ledger, FolderError> {
        let position = self.recovered.end.position;
        let segment = self.options.segment_bytes;
        let pending = Arc::new(Pending::new(position, Room { bytes: segment, segment }));
        let gate = Arc::new(Gate::new(position));
        let sync = self.options.sync;
        let committer = committer::start(
            self.journal,
            segment,
            Arc::clone(&pending),
            Arc::clone(&gate),
            clock,
            sync,
            self.lock,
        )
        .map_err(|source| FolderError::Folder { path: self.options.path.clone(), source })?;
        let store = Store::Journal { pending, sync, committer: Some(committer).into() };
        Ok(Ledger { store, gate })
    }
}

/// Hands out a batch's changes with their positions.
fn replay<E: Error + Send + std::marker::Sync + 'static>(
    batch: &Batch<'_>,
    each: &mut impl FnMut(&EventId, &Recorded, u64) -> Result<(), E>,
) -> Result<(), Box<dyn Error + Send + std::marker::Sync>> {
    let mut position = batch.mark.position - batch.records;
    for entry in entry::read(batch.body) {
        let (event, recorded) = entry.map_err(Box::<UnreadableEntry>::new)?;
        position += 1;
        each(&event, &recorded, position)?;
    }
    Ok(())
}

/// Reads the folder's secret, or makes one where the folder is new.
fn secret(folder: &RealDisk, path: &Path, is_new: bool) -> Result<[u8; SECRET_BYTES], FolderError> {
    let file = path.join(SECRET_FILE);
    let failed = |source| FolderError::Folder { path: file.clone(), source };
    match std::fs::read(&file) {
        Ok(bytes) => match bytes.split_at_checked(SECRET_MAGIC.len()) {
            Some((magic, secret)) if magic == SECRET_MAGIC => {
                let what = "not as long as a secret";
                secret.try_into().map_err(|_| FolderError::Secret { file: file.clone(), what })
            }
            _ => Err(FolderError::Secret { file, what: "not a secret that this version knows" }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_new => {
            let mut secret = [0; SECRET_BYTES];
            getrandom::fill(&mut secret)?;
            write_secret(folder, &secret).map_err(failed)?;
            Ok(secret)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(FolderError::Secret { file, what: "missing" })
        }
        Err(error) => Err(failed(error)),
    }
}

/// It is durable under its name before anything can depend on it.
fn write_secret(folder: &RealDisk, secret: &[u8]) -> io::Result<()> {
    const UNFINISHED: &str = "secret.new";
    match folder.remove(UNFINISHED) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = folder.create(UNFINISHED)?;
    file.write_at(&[SECRET_MAGIC, secret].concat(), 0)?;
    file.sync_all()?;
    folder.rename(UNFINISHED, SECRET_FILE)?;
    folder.sync_folder()
}
