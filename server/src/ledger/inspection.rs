//! A data folder to look at, whether a server uses it or not. Nothing here writes, repairs, or
//! takes a lock that a server would wait for.

use super::entry::{self, UnreadableEntry};
use super::names::{JOURNAL, STATE_FILE};
use super::rows::{Quiet, RowsError, RowsMark, RowsReader};
use boxoffice_journal::disk::{FolderLock, LockError, RealDisk};
use boxoffice_journal::{Applied, Batch, JournalError, JournalInspection, Motion, Recovered};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a data folder cannot be looked at, or what is wrong with it.
#[derive(Debug, Error)]
pub enum InspectionError {
    #[error("{path} is no data folder: name one with --data")]
    NoFolder { path: PathBuf },
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which folder or file.
        path: PathBuf,
        source: io::Error,
    },
    /// Its lock cannot be looked at.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is a journal, and the state file that belongs to it is missing.
    #[error("{file} is missing beside its journal: restore it from a backup")]
    StateFileMissing {
        /// Where it should be.
        file: PathBuf,
    },
    /// There is a state file, and the journal that belongs to it is missing.
    #[error(
        "the journal that belongs to {file} is missing, and only it may have what was acknowledged \
         last: put the folder journal back beside it, or restore a backup"
    )]
    JournalMissing { file: PathBuf },
    /// Something with the journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Something with the state file.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// A server began to use the folder while it was inspected as one that no server uses.
    #[error(
        "a server began to use {path} while it was looked at, so what was found does not count: try \
         again"
    )]
    Disturbed { path: PathBuf },
}

impl InspectionError {
    /// Whether it says that something is damaged, and not only that it could not be looked at.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::NoFolder { .. }
            | Self::Unreadable { .. }
            | Self::Lock(_)
            | Self::Disturbed { .. } => false,
            Self::StateFileMissing { .. } | Self::JournalMissing { .. } => true,
            Self::Journal(JournalError::NewerFormat { .. }) => false,
            Self::Journal(JournalError::Disk { source, .. }) => is_of_the_disk(source),
            Self::Journal(_) => true,
            Self::Rows(error) => error.is_damage(),
        }
    }
}

/// Whether a disk could not read what it has.
fn is_of_the_disk(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::PermissionDenied
}

/// A data folder, open to be looked at: its rows as they were at one moment, and its journal.
#[derive(Debug)]
pub struct FolderInspection {
    path: PathBuf,
    server: Option<String>,
    quiet: Option<Quiet>,
    rows: RowsReader,
    mark: RowsMark,
    journal: Option<JournalInspection<RealDisk>>,
}

/// A batch of the journal, read.
#[derive(Debug)]
pub struct WalkedBatch<'a> {
    /// The mark with which the rows have it.
    pub mark: RowsMark,
    pub applied: Applied,
    /// Its changes, in order.
    pub changes: &'a [(EventId, Recorded)],
}

impl WalkedBatch<'_> {
    /// Its changes with their positions.
    pub fn positioned(&self) -> impl Iterator<Item = (u64, &EventId, &Recorded)> {
        let before = self.mark.position - self.changes.len() as u64;
        (before + 1..).zip(self.changes).map(|(position, (id, recorded))| (position, id, recorded))
    }
}

impl FolderInspection {
    /// Opens a folder as it is now.
    ///
    /// # Errors
    /// [`InspectionError`] says what to do.
    pub fn open(path: &Path) -> Result<Self, InspectionError> {
        let server = FolderLock::holder(path)?;
        // The journal before the rows: so it has everything behind their mark, whatever a server
        // removes meanwhile.
        let journal = match exists(&path.join(JOURNAL))? {
            true => JournalInspection::begin(&RealDisk::look(path.join(JOURNAL)))?,
            false => None,
        };
        let look = Self::with(path, server, journal)?;
        if look.journal.is_some() || look.rows.stands_alone()? {
            Ok(look)
        } else {
            Err(InspectionError::JournalMissing { file: path.join(STATE_FILE) })
        }
    }

    /// Opens its rows alone, as they are now.
    ///
    /// # Errors
    /// [`InspectionError`] says what to do.
    pub fn open_rows(path: &Path) -> Result<Self, InspectionError> {
        Self::with(path, FolderLock::holder(path)?, None)
    }

    fn with(
        path: &Path,
        server: Option<String>,
        journal: Option<JournalInspection<RealDisk>>,
    ) -> Result<Self, InspectionError> {
        let file = path.join(STATE_FILE);
        if !exists(&file)? {
            return Err(match exists(&path.join(JOURNAL))? {
                true => InspectionError::StateFileMissing { file },
                false => InspectionError::NoFolder { path: path.to_owned() },
            });
        }
        let (rows, quiet) = match &server {
            Some(_) => (RowsReader::open(&file)?, None),
            None => {
                let (rows, quiet) = RowsReader::open_quietly(&file)?;
                (rows, Some(quiet))
            }
        };
        let mark = rows.freeze()?;
        Ok(Self { path: path.to_owned(), server, quiet, rows, mark, journal })
    }

    /// Whether a server uses a folder now.
    ///
    /// # Errors
    /// [`InspectionError::Lock`].
    pub fn is_in_use(path: &Path) -> Result<bool, InspectionError> {
        Ok(FolderLock::holder(path)?.is_some())
    }

    /// The server that uses it, as it signed, if one does.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    pub const fn rows(&self) -> &RowsReader {
        &self.rows
    }

    /// How far they have got.
    pub const fn mark(&self) -> RowsMark {
        self.mark
    }

    /// Its journal, if it has one: a folder that was made from a backup has none until a server
    /// starts on it.
    pub const fn journal(&self) -> Option<&JournalInspection<RealDisk>> {
        self.journal.as_ref()
    }

    /// Reads the journal, and gives `each` every batch of it in order. Nothing where there is none.
    ///
    /// # Errors
    /// What is wrong with the journal, or does not fit the rows. While a server uses the folder, it
    /// can also be that a segment was removed: open it anew then.
    pub fn walk<E: Into<Box<dyn Error + Send + Sync>>>(
        &mut self,
        mut each: impl FnMut(&WalkedBatch<'_>) -> Result<(), E>,
    ) -> Result<Option<Recovered>, InspectionError> {
        let Some(journal) = &mut self.journal else { return Ok(None) };
        let motion = if self.server.is_some() { Motion::Moving } else { Motion::Still };
        let walked = journal.walk(motion, self.mark.batch(), |batch, applied| {
            let changes = changes(&batch)?;
            let mark = RowsMark::after(batch.mark, batch.at);
            each(&WalkedBatch { mark, applied, changes: &changes }).map_err(Into::into)
        });
        Ok(Some(walked?))
    }

    /// Sees that what was read counts: that no server has begun to use a folder that none used.
    ///
    /// # Errors
    /// [`InspectionError::Disturbed`].
    pub fn check_undisturbed(&self) -> Result<(), InspectionError> {
        let Some(quiet) = &self.quiet else { return Ok(()) };
        if quiet.is_undisturbed() && FolderLock::holder(&self.path)?.is_none() {
            return Ok(());
        }
        Err(InspectionError::Disturbed { path: self.path.clone() })
    }
}

fn exists(path: &Path) -> Result<bool, InspectionError> {
    let unreadable = |source| InspectionError::Unreadable { path: path.to_owned(), source };
    path.try_exists().map_err(unreadable)
}

type Unfit = Box<dyn Error + Send + Sync>;

/// The changes of a batch: as many as it says.
fn changes(batch: &Batch<'_>) -> Result<Vec<(EventId, Recorded)>, Unfit> {
    let changes: Result<Vec<_>, UnreadableEntry> = entry::read(batch.body).collect();
    let changes = changes?;
    if changes.len() as u64 == batch.records {
        return Ok(changes);
    }
    Err(format!("it has {} changes and says {}", changes.len(), batch.records).into())
}
