//! The lock of a data folder: one server at a time.

use super::is_full;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use thiserror::Error;

/// Keeps every other server out of a folder for as long as it lives. The operating system gives
/// the lock back when the process ends, however it ends; the file stays.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// The name of the lock's file.
    pub const FILE: &str = "lock";

    /// Takes the lock of `folder`, which must exist.
    ///
    /// # Errors
    /// [`LockError::InUse`] names the folder and the process that has it.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let failed = |source| LockError::Failed { file: folder.join(Self::FILE), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join(Self::FILE))
            .map_err(failed)?;
        if !try_lock(&file).map_err(failed)? {
            let holder = holder(&mut file);
            return Err(LockError::InUse { folder: folder.into(), holder });
        }
        match sign(&mut file) {
            // A lock without a signature keeps other servers out as well.
            Err(error) if is_full(&error) => {}
            signed => signed.map_err(failed)?,
        }
        Ok(Self { _file: file })
    }

    /// The signature of the process that has the lock of `folder`, if one has. Changes nothing, and
    /// does not keep a server from taking it.
    ///
    /// # Errors
    /// [`LockError::Failed`] where the lock cannot be looked at.
    pub fn holder(folder: &Path) -> Result<Option<String>, LockError> {
        let failed = |source| LockError::Failed { file: folder.join(Self::FILE), source };
        let mut file = match File::open(folder.join(Self::FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        // Shared with other inspections; given back when the file is closed.
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(holder(&mut file))),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// How often it is tried while others look, about a second: each has it for some microseconds, but
/// on a busy machine one may have to wait with it.
const TRIES: u32 = 1_000_000;

/// Takes the lock, unless a server has it. Inspections share it for a moment.
fn try_lock(file: &File) -> io::Result<bool> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {}
        }
        match file.try_lock_shared() {
            Ok(()) => file.unlock()?,
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => return Ok(false),
        }
        thread::yield_now();
    }
    Ok(false)
}

/// Signs the lock, for the message that other servers print.
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
        folder: PathBuf,
        /// The signature of its holder.
        holder: String,
    },
    /// The lock file could not be opened, locked or written.
    #[error("cannot lock {}: {source}", file.display())]
    Failed {
        file: PathBuf,
        /// The operating system's error.
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
        let holder = FolderLock::holder(folder.path()).unwrap().unwrap();
        assert!(holder.contains(&std::process::id().to_string()), "{holder}");
        drop(first);
        assert_eq!(FolderLock::holder(folder.path()).unwrap(), None);
        FolderLock::take(folder.path()).unwrap();
    }
}
