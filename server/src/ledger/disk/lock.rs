//! The lock of a data folder: one server at a time.

use super::is_full;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

const FILE: &str = "lock";

/// Keeps every other server out of a folder for as long as it lives. The operating system gives
/// the lock back when the process ends, however it ends; the file stays.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock of `folder`, which must exist.
    ///
    /// # Errors
    /// [`LockError::InUse`] names the folder and the process that has it.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let failed = |source| LockError::Failed { file: folder.join(FILE), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(FILE))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::InUse { folder: folder.into(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        match sign(&mut file) {
            // A lock that nobody has signed keeps others out as well.
            Err(error) if is_full(&error) => {}
            signed => signed.map_err(failed)?,
        }
        Ok(Self { _file: file })
    }
}

/// Writes who has the lock, for the message that others get.
fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {}", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(64).read_to_string(&mut text);
    match read {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "another process".to_owned(),
    }
}

/// Why a folder could not be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another server has it.
    #[error(
        "{} is in use by another server ({holder}): stop that one, or start this one with another \
         --data folder",
        folder.display()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// Who has it, as it signed.
        holder: String,
    },
    /// The lock file could not be opened, locked or written.
    #[error("cannot lock {}: {source}", file.display())]
    Failed {
        /// The lock file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let message = FolderLock::take(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&folder.path().display().to_string()), "{message}");
        assert!(message.contains(&std::process::id().to_string()), "{message}");
        drop(first);
        FolderLock::take(folder.path()).unwrap();
    }
}
