//! Looking at the rows as they are at one moment, while a server writes them.

use super::error::{RowsError, Tried};
use super::mark::RowsMark;
use super::reader::RowsReader;
use rusqlite::{Connection, Transaction};
use std::ops::Deref;

/// A moment that a reading is of.
pub(super) enum Snapshot<'c> {
    /// This reading's own; over when it is dropped.
    Own(Transaction<'c>),
    /// One that all readings over this connection share.
    Shared(&'c Connection),
}

impl<'c> Snapshot<'c> {
    pub(super) fn of(connection: &'c Connection) -> Result<Self, RowsError> {
        if !connection.is_autocommit() {
            return Ok(Self::Shared(connection));
        }
        connection.unchecked_transaction().tried("begin to read").map(Self::Own)
    }
}

impl Deref for Snapshot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Own(transaction) => transaction,
            Self::Shared(connection) => connection,
        }
    }
}

impl RowsReader {
    /// From now on everything is read as it is now, which is at this mark.
    ///
    /// # Errors
    /// It is not to be read.
    pub fn freeze(&self) -> Result<RowsMark, RowsError> {
        self.connection.execute_batch("BEGIN").tried("begin to read")?;
        self.mark()
    }
}
