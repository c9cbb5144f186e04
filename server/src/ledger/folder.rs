//! A data folder: its lock, its state file, its journal.

use super::backlog::{Backlog, DurableBatch};
use super::ballast::{self, Ballast};
use super::committer::{Colleagues, Committer};
use super::durability_gate::DurabilityGate;
use super::entry::{self, UnreadableEntry};
use super::folder_access;
use super::folder_layout::FolderLayout;
use super::follower::Follower;
use super::ledger::{Ledger, Store};
use super::manifest::{self, ManifestError};
use super::names::{JOURNAL, STATE_FILE, UNFINISHED_COPY};
use super::pending::{BATCH_BYTES, Pending, RoomLeft};
use super::progress::RecoveryProgress;
use super::recover::Recover;
use super::rows::{Identity, Made, PlanRows, Restoring, Rows, RowsError};
use super::segments::workshop;
use super::threads::{Committing, LedgerWork};
use crate::clock::Clock;
use crate::config::{FolderOptions, OpenFolder};
use crate::metrics::Commits;
use crate::randomness::Randomness;
use boxoffice_inventory::{CodeKey, EventSecrets, Hall};
use boxoffice_journal::disk::{Caching, Disk, FolderLock, LockError, RealDisk, is_full};
use boxoffice_journal::{
    self as journal, Batch, Journal, JournalError, JournalOptions, Recovered, Writing,
};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Why a data folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The folder cannot be created or read.
    #[error("cannot use the data folder {path}: {source}")]
    Folder { path: PathBuf, source: io::Error },
    /// Reservations would be readable for others.
    #[error(
        "other users of this machine can look into the data folder {path}: chmod 700 {path}, or \
         start with --accept-open-folder"
    )]
    Open { path: PathBuf },
    /// Another server has it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The journal cannot be recovered.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The state file cannot be used.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// It is a backup that is damaged.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// There is a journal, and the state file that belongs to it is missing.
    #[error(
        "{file} is missing beside its journal: restore it from a backup. Without it the journal \
         does not say what happened before"
    )]
    StateFileMissing {
        /// Where it should be.
        file: PathBuf,
    },
    /// There is a state file, and the journal that belongs to it is missing.
    #[error(
        "the journal that belongs to {file} is missing, and only it may have what was acknowledged \
         last: put the folder journal back beside it, or restore a backup. To go on with what the \
         state file has, and lose the rest: sqlite3 {file} 'UPDATE boxoffice SET stands_alone = 1'"
    )]
    JournalMissing { file: PathBuf },
    /// It is being made.
    #[error(
        "{file} is of a copy that was not finished: run it again, to its end, or remove the file"
    )]
    Unfinished { file: PathBuf },
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

impl FolderError {
    /// Whether trying again is of no use before a person has looked: something is damaged, missing,
    /// or of another version.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Journal(error) => error.needs_a_person(),
            Self::Rows(error) => error.needs_a_person(),
            Self::StateFileMissing { .. }
            | Self::JournalMissing { .. }
            | Self::Open { .. }
            | Self::Unfinished { .. }
            | Self::Manifest(_) => true,
            Self::Folder { .. } | Self::Lock(_) | Self::Thread(_) | Self::Random(_) => false,
        }
    }
}

/// Where a data folder is, and how it is used.
#[derive(Debug)]
pub struct Site<D: Disk> {
    pub lock: FolderLock,
    pub disk: D,
    pub state_file: PathBuf,
    /// Random numbers of a state file that is new; one that is not has its own.
    pub identity: Identity,
    /// How it is used.
    pub layout: FolderLayout,
}

/// A data folder that was recovered and is ready to be written. Its clock has to be known before
/// that, and depends on what was recovered.
#[derive(Debug)]
pub struct DataFolder<D: Disk = RealDisk> {
    lock: FolderLock,
    state_file: PathBuf,
    rows: Rows,
    plans: PlanRows,
    journal: Journal<D>,
    ballast: Ballast<D>,
    recovered: Recovered,
    /// Batches that the journal has and the rows do not.
    behind: Vec<DurableBatch>,
    layout: FolderLayout,
}

/// Rows that are being loaded.
struct Loading<'a, R> {
    into: &'a mut R,
    progress: &'a mut RecoveryProgress,
}

impl<R: Recover> Restoring for Loading<'_, R> {
    fn secrets(&mut self) -> EventSecrets {
        self.into.secrets()
    }

    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        self.into.hall(plan)
    }

    fn reached(&mut self, number: u64) {
        // The clock is not read for every row.
        if number.is_multiple_of(1_024) {
            self.progress.reached(number);
        }
    }

    fn made(&mut self, made: &Made<'_>) {
        self.into.made(made);
    }
}

impl FolderError {
    /// Whether there is no space left.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Folder { source, .. } => is_full(source),
            Self::Journal(error) => error.is_full(),
            Self::Rows(error) => matches!(error, RowsError::Full),
            _ => false,
        }
    }
}

impl DataFolder {
    /// Gives up the space that a server keeps back in a folder, for an [`open`](Self::open) that
    /// found none. Says whether there was any.
    pub fn give_up_ballast(options: &FolderOptions) -> bool {
        RealDisk::open(options.path.join(JOURNAL), Caching::Cached)
            .is_ok_and(|disk| ballast::give_up(&disk))
    }

    /// Locks a folder and recovers what it has.
    ///
    /// # Errors
    /// [`FolderError`] names the folder or file, and says what to do.
    pub fn open(
        options: FolderOptions,
        randomness: Randomness,
        into: &mut impl Recover,
    ) -> Result<Self, FolderError> {
        let FolderOptions { path, sync, segment_bytes, backlog_bytes, open_folder } = options;
        let failed = |source| FolderError::Folder { path: path.clone(), source };
        RealDisk::open(&path, Caching::Cached).map_err(failed)?;
        if open_folder == OpenFolder::Refused && folder_access::is_open(&path).map_err(failed)? {
            return Err(FolderError::Open { path });
        }
        let lock = FolderLock::take(&path)?;
        let caching = match sync.writing() {
            Writing::Durable => Caching::Direct,
            Writing::Lax => Caching::Cached,
        };
        let disk = RealDisk::open(path.join(JOURNAL), caching).map_err(failed)?;
        manifest::verify_and_end(&path)?;
        let is_of_the_rows = |name: &str| name.starts_with(STATE_FILE) || name == FolderLock::FILE;
        folder_access::close_files(&path, is_of_the_rows).map_err(failed)?;
        folder_access::close_files(&path.join(JOURNAL), |_| true).map_err(failed)?;
        let (folder, fingerprint_key) = (randomness.number()?, randomness.bytes()?);
        let new = JournalOptions::new(randomness.number()?);
        let site = Site {
            lock,
            disk,
            state_file: path.join(STATE_FILE),
            identity: Identity { folder, fingerprint_key },
            layout: FolderLayout {
                journal: JournalOptions { segment_bytes, writing: sync.writing(), ..new },
                batch_bytes: BATCH_BYTES,
                backlog_bytes,
                sync,
            },
        };
        Self::recover(site, into)
    }
}

impl<D: Disk> DataFolder<D> {
    /// Recovers what a data folder has.
    ///
    /// # Errors
    /// As [`DataFolder::open`].
    pub fn recover(site: Site<D>, into: &mut impl Recover) -> Result<Self, FolderError> {
        let Site { lock, disk, state_file, identity, layout } = site;
        let files = disk.list();
        let files =
            files.map_err(|source| FolderError::Folder { path: state_file.clone(), source })?;
        let mut rows = open_rows(&state_file, &files, &identity)?;
        into.codes(CodeKey::of(&rows.identity().fingerprint_key));
        let plans = PlanRows::open(&state_file)?;
        rows.reader().plans(|row| into.plan(row))?;
        let mut progress = RecoveryProgress::new("loading rows", rows.reader().reservations()?);
        let restored = rows.restore(Loading { into, progress: &mut progress })?;
        let catalog_version = rows.reader().catalog_version()?;
        into.restore(restored, catalog_version, rows.mark().position);
        // Segments have their length from the start, so that the last ones are mostly blank.
        let segments = files.iter().filter(|name| name.ends_with(".log")).count() as u64;
        let most = segments.saturating_mul(layout.journal.segment_bytes);
        let mut progress = RecoveryProgress::new("replaying the journal, in bytes", most);
        let (mut behind, mut bytes) = (Vec::new(), 0);
        let replay = |batch: Batch<'_>| {
            behind.push(DurableBatch::found(&batch));
            bytes += batch.body.len() as u64;
            progress.reached(bytes);
            replay(&batch, into)
        };
        let ballast = Ballast::new(disk.clone(), layout.journal.segment_bytes);
        let (journal, recovered) =
            Journal::open(disk, layout.journal, rows.mark().batch(), replay)?;
        rows.rely_on_a_journal()?;
        Ok(Self { lock, state_file, rows, plans, journal, ballast, recovered, behind, layout })
    }

    /// The journal's content at the start.
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    /// How many changes the rows had.
    pub fn in_rows(&self) -> u64 {
        self.rows.mark().position
    }

    /// When something was recorded last.
    pub fn last_at(&self) -> Timestamp {
        self.recovered.last_at.max(self.rows.mark().at)
    }

    /// The secret under which requests are fingerprinted.
    pub fn secret(&self) -> [u8; 16] {
        let mut key = self.rows.identity().fingerprint_key;
        if mutants::on(Mutant::FingerprintKeyLost) {
            key[0] ^= self.recovered.end.sequence.to_le_bytes()[0];
        }
        key
    }

    /// A ledger that goes on where the folder ends, and what makes its changes durable.
    ///
    /// # Errors
    /// [`FolderError::Thread`] if no thread can be started.
    pub(crate) fn into_ledger(self, clock: Clock) -> Result<(Ledger, Committing<D>), FolderError> {
        let (ledger, work) = self.into_work(clock);
        Ok((ledger, Committing::start(work).map_err(FolderError::Thread)?))
    }

    /// As `into_ledger`, without threads: the work is for the caller to do.
    pub fn into_work(self, clock: Clock) -> (Ledger, LedgerWork<D>) {
        let Self { lock, state_file, rows, plans, journal, ballast, recovered, behind, layout } =
            self;
        let plans = Mutex::new(Some(plans));
        ballast.take_or_tell();
        let ballast = Arc::new(ballast);
        let position = recovered.end.position;
        let segment = layout.journal.segment_bytes;
        let room = RoomLeft { bytes: segment, segment, rows_are_behind: false };
        let pending = Arc::new(Pending::new(position, room, layout.batch_bytes));
        let backlog = Arc::new(Backlog::new(layout.backlog_bytes, rows.mark().position));
        let gate = Arc::new(DurabilityGate::new(position));
        let commits = Arc::new(Commits::default());
        behind.into_iter().for_each(|batch| backlog.push(batch));
        let follower = Follower::new(
            rows,
            journal.reader(),
            Arc::clone(&backlog),
            Arc::clone(&ballast),
            Arc::clone(&gate),
        );
        let (segments, workshop) = workshop(ballast);
        let colleagues = Colleagues {
            pending: Arc::clone(&pending),
            backlog: Arc::clone(&backlog),
            gate: Arc::clone(&gate),
            commits: Arc::clone(&commits),
        };
        let sync = layout.sync;
        let committer = Committer::new(journal, segment, segments, colleagues, clock, sync);
        let (taking, filled) = (Arc::clone(&pending), Arc::clone(&backlog));
        let work =
            LedgerWork { committer, pending: taking, workshop, follower, backlog: filled, lock };
        let store = Store::Journal { pending, backlog, commits, sync, state_file, plans };
        (Ledger { store, gate }, work)
    }
}

/// Opens the state file that belongs to these `files` of a journal; makes one where the folder is
/// new.
fn open_rows(file: &Path, files: &[String], new: &Identity) -> Result<Rows, FolderError> {
    let unfinished = file.with_file_name(UNFINISHED_COPY);
    if !file.exists() && unfinished.exists() {
        return Err(FolderError::Unfinished { file: unfinished });
    }
    if !files.is_empty() && !file.exists() {
        return Err(FolderError::StateFileMissing { file: file.to_owned() });
    }
    let rows = Rows::open(file, new)?;
    if rows.stands_alone() || journal::is_journal(files) {
        Ok(rows)
    } else {
        Err(FolderError::JournalMissing { file: file.to_owned() })
    }
}

/// Hands out a batch's changes with their positions.
fn replay(batch: &Batch<'_>, into: &mut impl Recover) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut position = batch.mark.position - batch.records;
    for entry in entry::read(batch.body) {
        let (event, recorded) = entry.map_err(Box::<UnreadableEntry>::new)?;
        position += 1;
        into.replay(&event, &recorded, position)?;
    }
    Ok(())
}
