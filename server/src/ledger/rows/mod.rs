//! The state file: everything that the journal's changes come to, as rows that anybody can query.
//!
//! One SQLite file, `boxoffice.db`, which follows the journal. A restart loads it and replays what
//! the journal has behind its mark; the journal's segments before the mark are no longer needed.
//! It is history too: what memory has forgotten stays here.
//! - [`Rows::apply`] writes changes, in one transaction with the mark they lead to (`apply`,
//!   `event_rows`, `reservation_rows`). `known` and `slots` remember between transactions what
//!   would else have to be read for every change.
//! - [`Rows::load`] gives everything back to go on from; [`RowsReader`] looks, exports and backs
//!   up, while a server writes.
//! - `schema.sql` has the tables, `views.sql` what people will rather look at.
//!
//! Nothing here waits for anything but the disk. Only [`Rows::restore`] uses a thread of its own,
//! until it returns.
//!
//! # What lies where
//! - Reservations are numbered in the order in which they were made, so that new ones go to the end
//!   of their table; ids begin with the time, so that their index grows near its end too. What
//!   happens to a reservation happens mostly soon, to pages that are in memory.
//! - A reservation's one seat is a number in its row, several are JSON; the view `places` unfolds
//!   them to a row a seat. A table of seats would double what is written for each reservation.
//! - A reservation's slot, by which lists go on, is what the event's inventory has given it: both
//!   count alike, so a list that was begun before a restart neither skips nor repeats. Only where the
//!   sweeper has given back an idle event's memory may slots differ after a restart.

mod apply;
mod audit;
mod backup;
mod columns;
mod error;
mod event_rows;
mod export;
mod file;
mod known;
mod load;
mod reservation_rows;
mod restored;
mod scratch;
mod slots;
mod snapshot;
#[cfg(test)]
mod tests;

pub use audit::Audited;
pub use backup::{BackedUp, Wanted};
pub use error::RowsError;
pub use export::ExportedReservation;
pub use file::{FORMAT, Quiet};
pub use load::{Saved, Tombstone};
pub use restored::Restored;

use boxoffice_journal::BatchMark;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use error::Tried;
use known::Known;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// How far the rows have got: all changes up to here are in them, and no others.
///
/// The default is the beginning of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowsMark {
    /// The number of the journal's batch.
    pub sequence: u64,
    /// How many changes the ledger had with it.
    pub position: u64,
    /// Its checksum.
    pub checksum: u64,
    /// The server's time when it was written.
    pub at: Timestamp,
}

impl RowsMark {
    /// The batch of the journal that the rows have got to.
    pub const fn batch(self) -> BatchMark {
        let Self { sequence, position, checksum, .. } = self;
        BatchMark { sequence, position, checksum }
    }

    /// The mark with which the rows have a batch.
    pub const fn after(batch: BatchMark, at: Timestamp) -> Self {
        let BatchMark { sequence, position, checksum } = batch;
        Self { sequence, position, checksum, at }
    }
}

/// What stays the same as long as a data folder lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Tells the folder from others.
    pub folder: u64,
    /// The secret under which repeated requests are known again.
    pub fingerprint_key: [u8; 16],
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The state file, to be written. There is one for each file.
#[derive(Debug)]
pub struct Rows {
    reader: RowsReader,
    mark: RowsMark,
    identity: Identity,
    stands_alone: bool,
    /// None before the first use.
    known: Option<Known>,
}

/// The state file, to be looked at.
#[derive(Debug)]
pub struct RowsReader {
    connection: Connection,
}

impl Rows {
    /// Opens the state file; creates it, for `new`, if it is not there.
    ///
    /// # Errors
    /// It is locked, no state file, of a later format, or the disk fails.
    pub fn open(path: &Path, new: &Identity) -> Result<Self, RowsError> {
        let connection = file::open(path, new)?;
        let file::Head { identity, mark, stands_alone } = file::head(&connection)?;
        Ok(Self { reader: RowsReader { connection }, mark, identity, stands_alone, known: None })
    }

    /// How far it has got.
    pub const fn mark(&self) -> RowsMark {
        self.mark
    }

    /// Whose it is.
    pub const fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether it is whole without a journal: it is new, or a backup that nobody has gone on from.
    pub const fn stands_alone(&self) -> bool {
        self.stands_alone
    }

    /// Says, durably, that from now on a journal belongs to it.
    ///
    /// # Errors
    /// It is locked, or the disk fails.
    pub fn rely_on_a_journal(&mut self) -> Result<(), RowsError> {
        if self.stands_alone {
            file::set_stands_alone(&self.reader.connection, false)?;
            self.stands_alone = false;
        }
        Ok(())
    }

    /// To look at it over the same connection.
    pub const fn reader(&self) -> &RowsReader {
        &self.reader
    }

    /// Writes changes, in their order, in one transaction with the mark that they lead to. It is
    /// durable when this returns.
    ///
    /// Some thousands at once cost half of what they cost in hundreds.
    ///
    /// # Errors
    /// Nothing was written. [`RowsError::is_passing`] tells whether to try the same again; else
    /// this is no longer to be used.
    pub fn apply<'a>(
        &mut self,
        changes: impl Iterator<Item = (&'a EventId, &'a Recorded)>,
        mark: RowsMark,
    ) -> Result<(), RowsError> {
        let connection = &mut self.reader.connection;
        let known = match &mut self.known {
            Some(known) => known,
            unknown => unknown.insert(load::load(connection, |_| Ok(()))?),
        };
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .tried("begin to write")?;
        let written = apply::write(&transaction, known, changes, &mark)
            .and_then(|()| transaction.commit().tried("commit what was written"));
        match &written {
            Ok(()) => {
                known.commit();
                self.mark = mark;
            }
            Err(_) => known.roll_back(),
        }
        written
    }

    /// Makes what room it can on a full disk: has the file take over what SQLite keeps beside it,
    /// and gives that space back. Where somebody reads meanwhile, or there is no room for that
    /// either, nothing changes.
    ///
    /// # Errors
    /// The disk failed, and this is no longer to be used.
    pub fn make_room(&mut self) -> Result<(), RowsError> {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let done = self.reader.connection.query_row(checkpoint, [], |_| Ok(()));
        match done.tried("make room") {
            Err(error) if error.is_passing() => Ok(()),
            done => done,
        }
    }

    /// Gives everything to go on from: the events, then the reservations that were in memory at the
    /// mark, in the order in which they were made.
    ///
    /// Takes time by all that the history has, if little for what is forgotten.
    ///
    /// # Errors
    /// The rows contradict themselves, or what `take` found contradicts itself.
    pub fn load(
        &mut self,
        take: impl FnMut(Saved) -> Result<(), boxoffice_inventory::Contradiction>,
    ) -> Result<(), RowsError> {
        self.known = Some(load::load(&self.reader.connection, take)?);
        Ok(())
    }
}

impl RowsReader {
    /// Opens the state file to look at it. A server may be writing it meanwhile.
    ///
    /// # Errors
    /// There is none, it is of a later format, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, RowsError> {
        Ok(Self { connection: file::look(path)? })
    }

    /// Opens a state file that nobody has open, to look at it, and leaves nothing behind: no lock,
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

    /// Whether it is whole without a journal: it is new, or a backup that nobody has gone on from.
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
        let sql = "SELECT count(*) + count(deleted_at) FROM events";
        let version: i64 =
            self.connection.query_row(sql, [], |row| row.get(0)).tried("count events")?;
        Ok(version.cast_unsigned())
    }
}
