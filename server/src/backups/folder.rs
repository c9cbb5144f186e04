//! The backup folder: `NAME/` is a whole backup, `NAME.partial~/` one that is being made or was
//! given up. The latter is no valid name of a backup.

use crate::ledger::{STATE_FILE, manifest};
use boxoffice_journal::disk::{FolderLock, LockError};
use boxoffice_protocol::id::BackupName;
use std::fs::{self, DirBuilder, DirEntry, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Behind the name of one that is not whole.
const PARTIAL: &str = ".partial~";

/// The folder of all backups. It may be on another disk, and is never created by the server.
#[derive(Debug, Clone)]
pub(super) struct BackupFolder(PathBuf);

/// Why a folder for a backup could not be made.
#[derive(Debug, Error)]
pub(super) enum BackupFolderError {
    #[error("there is one of this name")]
    Exists,
    #[error("another server makes one of this name")]
    InUse,
    #[error("cannot {doing}: {source}")]
    Failed { doing: &'static str, source: io::Error },
}

/// Adds what was tried.
fn tried<T>(result: io::Result<T>, doing: &'static str) -> Result<T, BackupFolderError> {
    result.map_err(|source| BackupFolderError::Failed { doing, source })
}

impl BackupFolder {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Removes what servers left behind that ended while they made a backup.
    pub(super) fn tidy(&self) -> Result<(), BackupFolderError> {
        let doing = "read the backup folder";
        for entry in tried(fs::read_dir(&self.0), doing)? {
            let entry = tried(entry, doing)?;
            if is_partial(&entry) {
                remove_unless_in_use(&entry.path())?;
            }
        }
        Ok(())
    }

    /// A place for a backup that nothing has the name of.
    pub(super) fn begin(&self, name: &BackupName) -> Result<Unfinished, BackupFolderError> {
        let whole = self.0.join(name.as_str());
        if fs::symlink_metadata(&whole).is_ok() {
            return Err(BackupFolderError::Exists);
        }
        self.tidy()?;
        let partial = self.0.join(format!("{name}{PARTIAL}"));
        match DirBuilder::new().mode(0o700).create(&partial) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BackupFolderError::InUse);
            }
            created => tried(created, "create a folder in the backup folder")?,
        }
        let lock = FolderLock::take(&partial).map_err(|error| match error {
            LockError::InUse { .. } => BackupFolderError::InUse,
            LockError::Failed { source, .. } => {
                BackupFolderError::Failed { doing: "lock the backup's folder", source }
            }
        })?;
        Ok(Unfinished { partial, whole, _lock: lock })
    }
}

/// Whether this is what [`BackupFolder::begin`] makes.
fn is_partial(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_str().and_then(|name| name.strip_suffix(PARTIAL));
    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
    is_folder && name.is_some_and(|name| BackupName::parse(name).is_ok())
}

/// Removes a folder, unless another server is at work in it: the lock goes with its process.
fn remove_unless_in_use(partial: &Path) -> Result<(), BackupFolderError> {
    match FolderLock::take(partial) {
        Ok(_lock) => tried(fs::remove_dir_all(partial), "remove an unfinished backup"),
        Err(LockError::InUse { .. }) => Ok(()),
        Err(LockError::Failed { source, .. }) => {
            Err(BackupFolderError::Failed { doing: "look at an unfinished backup", source })
        }
    }
}

/// A backup that is being made. Nothing is left of it unless it is published.
#[derive(Debug)]
pub(super) struct Unfinished {
    partial: PathBuf,
    whole: PathBuf,
    _lock: FolderLock,
}

impl Unfinished {
    /// Where its state file has to be, and be durable, before it is published.
    pub(super) fn state_file(&self) -> PathBuf {
        self.partial.join(STATE_FILE)
    }

    /// Writes the digest of its state file beside it.
    pub(super) fn seal(&self) -> Result<(), BackupFolderError> {
        tried(manifest::write(&self.partial), "write the backup's manifest")
    }

    /// Gives it its name, durably.
    pub(super) fn publish(self) -> Result<(), BackupFolderError> {
        // A folder takes the place of nothing but an empty folder.
        match fs::rename(&self.partial, &self.whole) {
            Err(error) if is_in_the_way(&error) => return Err(BackupFolderError::Exists),
            renamed => tried(renamed, "name the backup")?,
        }
        let parent = self.whole.parent().unwrap_or(Path::new("."));
        tried(File::open(parent).and_then(|folder| folder.sync_all()), "sync the backup folder")
    }
}

fn is_in_the_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    matches!(error.kind(), AlreadyExists | DirectoryNotEmpty | NotADirectory)
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "an unfinished backup is left in {}", self.partial.display());
            }
            // Removed; or published, and then it has another name.
            _ => {}
        }
    }
}
