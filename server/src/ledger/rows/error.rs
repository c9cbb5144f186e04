//! Errors of the state file, each with what to do about it.

use super::identity::FORMAT;
use super::sold_twice::SoldTwice;
use boxoffice_inventory::Contradiction;
use boxoffice_journal::disk::is_full;
use rusqlite::{ErrorCode, ffi};
use std::io;
use thiserror::Error;

/// Why the state file cannot be read or written.
#[derive(Debug, Error)]
pub enum RowsError {
    /// Another program is writing to the file. Nothing was changed.
    #[error(
        "the state file is locked by another program, such as a sqlite3 shell in a transaction: \
         end it there, and this is tried again"
    )]
    Busy,
    /// There is no space. Nothing was changed.
    #[error("there is no space left for the state file: make some, and this is tried again")]
    Full,
    /// A later version of Boxoffice wrote it.
    #[error(
        "the state file has format {found}, and this server knows formats up to {FORMAT}: start \
         the newer server that wrote it"
    )]
    NewerFormat { found: u32 },
    /// It is something else.
    #[error("this is no state file of Boxoffice: {0}. Name another data folder, or restore it")]
    NotOurs(String),
    /// It is not what was written.
    #[error(
        "the state file is damaged: {place}: {why}. Restore it from a backup; boxoffice-server \
         check names everything that is damaged"
    )]
    Damaged {
        /// Which table and row.
        place: String,
        why: String,
    },
    /// What it says cannot be.
    #[error("the state file contradicts itself: {place}: {why}. Restore it from a backup")]
    Contradiction {
        /// Which table and row.
        place: String,
        why: String,
    },
    /// A change cannot follow what the rows say. Nothing was changed.
    #[error(
        "the journal and the state file do not belong together: change {version} of event {event} \
         {why}. Restore both from the same backup"
    )]
    CannotFollow {
        event: String,
        version: u64,
        /// What the rows say.
        why: String,
    },
    /// Going on would hide that a seat was sold twice. Nothing was changed.
    #[error("{0}")]
    SoldTwice(Box<SoldTwice>),
    /// What was being made is not wanted any more. Nothing is left of it.
    #[error("it was stopped before it was done")]
    Stopped,
    /// SQLite or the disk failed. That is final.
    #[error("the state file: cannot {doing}: {source}")]
    Failed { doing: &'static str, source: rusqlite::Error },
    /// The disk failed beside SQLite. That is final.
    #[error("the state file: cannot {doing}: {source}")]
    Disk {
        doing: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
}

impl RowsError {
    /// Whether trying again may help: nothing was changed, and the file is as good as before.
    /// Everything else is final.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::Full)
    }

    /// Whether it says that the file is damaged, and not only that it could not be read.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Busy | Self::Full | Self::Stopped => false,
            Self::SoldTwice(_) | Self::NewerFormat { .. } => false,
            Self::NotOurs(_)
            | Self::Damaged { .. }
            | Self::Contradiction { .. }
            | Self::CannotFollow { .. } => true,
            Self::Disk { source, .. } => source.kind() != io::ErrorKind::PermissionDenied,
            Self::Failed { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure | ErrorCode::Unknown)
            ),
        }
    }

    /// Whether the next start will find it just so.
    pub fn needs_a_person(&self) -> bool {
        matches!(self, Self::NewerFormat { .. }) || self.is_damage()
    }

    pub(super) fn damaged(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Damaged { place: place.into(), why: why.into() }
    }

    pub(super) fn contradiction(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Contradiction { place: place.into(), why: why.into() }
    }
}

/// Adds what was tried to an error of SQLite, and what it means.
pub(super) trait Tried<T> {
    fn tried(self, doing: &'static str) -> Result<T, RowsError>;
}

impl<T> Tried<T> for rusqlite::Result<T> {
    fn tried(self, doing: &'static str) -> Result<T, RowsError> {
        self.map_err(|source| match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => RowsError::Busy,
            Some(ErrorCode::DiskFull) => RowsError::Full,
            Some(ErrorCode::SystemIoFailure) if found_no_space(&source) => RowsError::Full,
            Some(ErrorCode::NotADatabase) => RowsError::NotOurs(source.to_string()),
            Some(ErrorCode::DatabaseCorrupt) => {
                RowsError::damaged(format!("it is not possible to {doing}"), source.to_string())
            }
            None if is_unreadable(&source) => {
                RowsError::damaged(format!("it is not possible to {doing}"), source.to_string())
            }
            _ => RowsError::Failed { doing, source },
        })
    }
}

/// Whether a value is of another kind than was written.
const fn is_unreadable(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::Utf8Error(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
    )
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, doing: &'static str) -> Result<T, RowsError> {
        self.map_err(|source| {
            if is_full(&source) { RowsError::Full } else { RowsError::Disk { doing, source } }
        })
    }
}

/// Whether SQLite failed for want of space in ways that it does not call full: a quota (EDQUOT), or
/// the index of its log. Its own account of the cause, `sqlite3_system_errno`, is the thread's last
/// error too. A barrier that failed is final, whatever the reason.
fn found_no_space(error: &rusqlite::Error) -> bool {
    match error.sqlite_error().map(|error| error.extended_code) {
        Some(ffi::SQLITE_IOERR_SHMSIZE) => true,
        Some(ffi::SQLITE_IOERR_WRITE) => is_full(&io::Error::last_os_error()),
        _ => false,
    }
}

/// Adds the place to a contradiction.
pub(super) trait At<T> {
    fn at(self, place: impl FnOnce() -> String) -> Result<T, RowsError>;
}

impl<T> At<T> for Result<T, Contradiction> {
    fn at(self, place: impl FnOnce() -> String) -> Result<T, RowsError> {
        self.map_err(|contradiction| RowsError::contradiction(place(), contradiction.to_string()))
    }
}
