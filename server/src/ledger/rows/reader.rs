//! The state file for reading, while a server may write it.

use super::error::{RowsError, Tried};
use super::file::{self, Quiet};
use super::mark::RowsMark;
use rusqlite::Connection;
use std::path::Path;

/// The state file, to be looked at.
#[derive(Debug)]
pub struct RowsReader {
    pub(super) connection: Connection,
}

impl RowsReader {
    /// Opens the state file to look at it. A server may be writing it meanwhile.
    ///
    /// # Errors
    /// There is none, it is of a later format, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, RowsError> {
        Ok(Self { connection: file::look(path)? })
    }

    /// Opens a state file that no process has open, to read it, and leaves nothing behind: no lock,
    /// no file. [`Quiet`] says whether it stayed like that.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_quietly(path: &Path) -> Result<(Self, Quiet), RowsError> {
        let (connection, quiet) = file::look_quietly(path)?;
        Ok((Self { connection }, quiet))
    }

    /// How far it has got by now.
    ///
    /// # Errors
    /// It is not to be read.
    pub fn mark(&self) -> Result<RowsMark, RowsError> {
        Ok(file::head(&self.connection)?.mark)
    }

    /// Whether it is whole without a journal: it is new, or a backup that no server was started on.
    ///
    /// # Errors
    /// It is not to be read.
    pub fn stands_alone(&self) -> Result<bool, RowsError> {
        Ok(file::head(&self.connection)?.stands_alone)
    }

    /// The number of the last reservation's row; they count from 1 on, without gaps.
    ///
    /// # Errors
    /// It is not to be read.
    pub fn reservations(&self) -> Result<u64, RowsError> {
        let sql = "SELECT coalesce(max(number), 0) FROM reservations";
        let last: i64 =
            self.connection.query_row(sql, [], |row| row.get(0)).tried("count reservations")?;
        Ok(last.unsigned_abs())
    }

    /// How often an event was created or deleted.
    ///
    /// # Errors
    /// It is not to be read.
    pub fn catalog_version(&self) -> Result<u64, RowsError> {
        let sql = "SELECT count(*) + count(deleted_at) + (SELECT catalog_before FROM boxoffice) FROM events";
        let version: i64 =
            self.connection.query_row(sql, [], |row| row.get(0)).tried("count events")?;
        Ok(version.cast_unsigned())
    }
}
