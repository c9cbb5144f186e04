//! The log on the disk: locked, read once, then only appended to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, Write as _};
use std::path::Path;

/// A reader that can go to any place.
pub(crate) trait SeekableRead: BufRead + Seek {}

impl<R: BufRead + Seek> SeekableRead for R {}

/// A narrow trait, so that tests can replace the disk by one that loses unsynced bytes.
pub(crate) trait LogDisk {
    /// A reader at the beginning.
    fn reader(&mut self) -> io::Result<Box<dyn SeekableRead + '_>>;

    /// Cuts the content to `length` bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Writes at the end of the content.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once all appended bytes are durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file with an exclusive lock. The lock ends with the process, however it ends.
#[derive(Debug)]
pub(crate) struct LockedFile(File);

impl LockedFile {
    /// Opens or creates the file and locks it; none if another process has the lock.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if file.metadata()?.len() == 0 {
            sync_folder_of(path)?;
        }
        Ok(Some(Self(file)))
    }
}

/// The folder that a file is in.
pub(in crate::batch) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// A new file's name is durable only once its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}

impl LogDisk for LockedFile {
    fn reader(&mut self) -> io::Result<Box<dyn SeekableRead + '_>> {
        self.0.rewind()?;
        Ok(Box::new(BufReader::new(&self.0)))
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
