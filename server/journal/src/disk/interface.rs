//! The disk, as a journal needs it.

use std::fmt;
use std::io;

/// A folder of files. Names are plain file names without a path.
///
/// What an operation did to the folder survives a loss of power only after [`Disk::sync_folder`]
/// succeeded, what one did to a file only after the file was synced. Clones are handles of the
/// same folder.
pub trait Disk: fmt::Debug + Clone + Send + 'static {
    /// An open file of it.
    type File: DiskFile;

    /// The names of its files, in no order.
    ///
    /// # Errors
    /// The operating system's error.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Creates an empty file and opens it for [`Access::Append`].
    ///
    /// # Errors
    /// `AlreadyExists`, or what the operating system says.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// Opens a file that exists.
    ///
    /// # Errors
    /// `NotFound`, or what the operating system says.
    fn open(&self, name: &str, access: Access) -> io::Result<Self::File>;

    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound`, or what the operating system says.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Gives a file another name; a file that had it is gone. Happens wholly or not at all.
    ///
    /// # Errors
    /// `NotFound`, or what the operating system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Makes all creations, removals and renames durable.
    ///
    /// # Errors
    /// The operating system's error. An error is final: what did not become durable then, may
    /// never, whatever a later call returns.
    fn sync_folder(&self) -> io::Result<()>;

    /// Bytes that can still be allocated.
    ///
    /// # Errors
    /// The operating system's error.
    fn free_bytes(&self) -> io::Result<u64>;
}

/// The purpose of an open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read it from end to end, and to repair it. Any offset, any memory.
    Recover,
    /// To read whole blocks of 4 KiB at multiples of 4 KiB, into memory that is aligned to it,
    /// while a writer may append. Bytes that are there do not change, nor does the page cache that
    /// other processes see.
    Look,
    /// To write whole blocks of 4 KiB at multiples of 4 KiB, from memory that is aligned to it;
    /// the fastest way that the disk has.
    Append,
}

/// An open file of a [`Disk`].
pub trait DiskFile: fmt::Debug + Send + 'static {
    /// Its length.
    ///
    /// # Errors
    /// The operating system's error.
    fn length(&self) -> io::Result<u64>;

    /// Fills `bytes` from `offset` on.
    ///
    /// # Errors
    /// `UnexpectedEof` where the file ends before, or what the operating system says.
    fn read_at(&mut self, bytes: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// The operating system's error; any part may have been written.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Makes the file `bytes` long and reserves the space, so that writing into it cannot find
    /// the disk full.
    ///
    /// # Errors
    /// `StorageFull`, or what the operating system says.
    fn allocate(&mut self, bytes: u64) -> io::Result<()>;

    /// Makes the contents durable, and of the metadata only what reading them needs.
    ///
    /// # Errors
    /// The operating system's error. An error is final, as with [`Disk::sync_folder`].
    fn sync_data(&mut self) -> io::Result<()>;

    /// Makes contents and metadata durable.
    ///
    /// # Errors
    /// As [`DiskFile::sync_data`].
    fn sync_all(&mut self) -> io::Result<()>;
}

/// Whether an error means that there is no space left: something that may get better.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
