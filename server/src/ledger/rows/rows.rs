//! The state file for writing: changes in order, in transactions that carry their mark.

use super::error::{RowsError, Tried};
use super::event_cache::EventCache;
use super::identity::Identity;
use super::load::{self, Saved};
use super::mark::RowsMark;
use super::reader::RowsReader;
use super::structure::compare_index;
use super::{apply, file};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use rusqlite::{Connection, TransactionBehavior};
use std::panic;
use std::path::{Path, PathBuf};
use std::thread;

/// The state file, to be written. There is one for each file.
#[derive(Debug)]
pub struct Rows {
    pub(super) reader: RowsReader,
    pub(super) mark: RowsMark,
    pub(super) identity: Identity,
    pub(super) stands_alone: bool,
    /// None before the first use.
    pub(super) cache: Option<EventCache>,
}

impl Rows {
    /// Opens the state file; creates it, for `new`, if it is not there.
    ///
    /// # Errors
    /// It is locked, no state file, of a later format, or the disk fails.
    pub fn open(path: &Path, new: &Identity) -> Result<Self, RowsError> {
        let connection = file::open(path, new)?;
        let file::Head { identity, mark, stands_alone, .. } = file::head(&connection)?;
        Ok(Self { reader: RowsReader { connection }, mark, identity, stands_alone, cache: None })
    }

    /// Rows that are gone when this is dropped.
    #[cfg(feature = "postgres")]
    pub(super) fn in_memory(new: &Identity) -> Result<Self, RowsError> {
        let connection = file::in_memory(new)?;
        let file::Head { identity, mark, stands_alone, .. } = file::head(&connection)?;
        Ok(Self { reader: RowsReader { connection }, mark, identity, stands_alone, cache: None })
    }

    /// How far it has got.
    pub const fn mark(&self) -> RowsMark {
        self.mark
    }

    pub const fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether it is whole without a journal: it is new, or a backup that no server was started on.
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
        self.transact(mark, |connection, cache| apply::write(connection, cache, changes))
    }

    /// Writes something in one transaction with the mark that it leads to.
    pub(super) fn transact(
        &mut self,
        mark: RowsMark,
        write: impl FnOnce(&Connection, &mut EventCache) -> Result<(), RowsError>,
    ) -> Result<(), RowsError> {
        let connection = &mut self.reader.connection;
        let cache = match &mut self.cache {
            Some(cache) => cache,
            empty => empty.insert(load::load(connection, |_| Ok(()))?.cache),
        };
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .tried("begin to write")?;
        let written = write(&transaction, cache)
            .and_then(|()| apply::finish(&transaction, cache, self.identity, mark))
            .and_then(|()| transaction.commit().tried("commit what was written"));
        match &written {
            Ok(()) => {
                cache.commit();
                self.mark = mark;
            }
            Err(_) => cache.roll_back(),
        }
        written
    }

    /// Makes what room it can on a full disk: has the file take over what SQLite keeps beside it,
    /// and gives that space back. Where it is read meanwhile, or there is no room for that
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
        let connection = &self.reader.connection;
        let Some(path) = connection.path().filter(|path| !path.is_empty()).map(PathBuf::from)
        else {
            self.cache = Some(load::load_alone(&self.reader, take)?);
            return Ok(());
        };
        let loaded = thread::scope(|scope| {
            let looking = thread::Builder::new().name("verify".to_owned());
            let structure = move || RowsReader::open(&path)?.structure();
            let looking = looking.spawn_scoped(scope, structure).tried("start a thread")?;
            let loaded = load::load(connection, take);
            let index = looking.join().unwrap_or_else(|cause| panic::resume_unwind(cause));
            let loaded = loaded?;
            compare_index(index?, loaded.index)?;
            Ok(loaded)
        })?;
        self.cache = Some(loaded.cache);
        Ok(())
    }
}
