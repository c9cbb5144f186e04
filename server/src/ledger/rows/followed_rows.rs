//! Rows that follow the logs of a store that several servers share: each event by its own log, with a
//! mark of its own that moves in the same transaction.

use super::apply;
#[cfg(feature = "postgres")]
use super::checksums::ChecksumKey;
use super::error::{RowsError, Tried};
#[cfg(feature = "postgres")]
use super::event_cache::CachedEvent;
use super::event_cache::EventCache;
use super::identity::Identity;
use super::live_seats::LiveSeats;
use super::mark::RowsMark;
use super::removal;
use super::rows::Rows;
use super::take_over;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{BatchId, End};
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::path::Path;

/// From which batch of an event's log to which one its rows go on; none is before the first one.
pub type Step = (Option<End>, Option<End>);

/// A file of rows that follow the logs of events.
#[derive(Debug)]
pub struct FollowedRows {
    rows: Rows,
    marks: HashMap<EventId, End>,
}

impl FollowedRows {
    /// Opens the file, and verifies all that it has; creates it if it is not there.
    ///
    /// # Errors
    /// It is locked, damaged, of another store or of a later format, or the disk fails.
    pub fn open(path: &Path, store: &Identity) -> Result<Self, RowsError> {
        let rows = Rows::open(path, store)?;
        if rows.identity().fingerprint_key != store.fingerprint_key {
            return Err(RowsError::NotOurs("it has the rows of another store".to_owned()));
        }
        Self::going_on(rows)
    }

    fn going_on(mut rows: Rows) -> Result<Self, RowsError> {
        rows.load(|_| Ok(()))?;
        let connection = &rows.reader.connection;
        connection.execute_batch(include_str!("followed.sql")).tried("create it")?;
        let marks = marks(connection)?;
        Ok(Self { rows, marks })
    }

    /// The batch of its log up to which the rows of an event have come.
    pub fn mark(&self, event: &EventId) -> Option<End> {
        self.marks.get(event).copied()
    }

    /// Writes changes of an event, in one transaction with its mark. It is durable when this returns.
    ///
    /// # Errors
    /// Nothing was written. [`RowsError::is_passing`] tells whether to try the same again, and
    /// [`RowsError::SoldTwice`] names a seat; else this is no longer to be used.
    pub fn follow(
        &mut self,
        event: &EventId,
        step: Step,
        changes: &[Recorded],
    ) -> Result<(), RowsError> {
        let at = changes.iter().map(|change| change.at).max().unwrap_or_default();
        self.transact(event, step, at, |connection, cache| {
            apply::write(connection, cache, changes.iter().map(|change| (event, change)))?;
            let mut seats = LiveSeats::prepare(connection)?;
            changes.iter().try_for_each(|change| seats.follow(event, change))
        })
    }

    /// Has an event's rows be of this state and nothing else, whatever they were; `last_at` is the time
    /// of its last change. Without a state nothing is left of it.
    ///
    /// # Errors
    /// As of [`follow`](Self::follow).
    pub fn begin_anew(
        &mut self,
        event: &EventId,
        step: Step,
        state: Option<(&Inventory, Timestamp)>,
    ) -> Result<(), RowsError> {
        let at = state.map_or_else(Timestamp::default, |(_, last_at)| last_at);
        self.transact(event, step, at, |connection, cache| {
            removal::remove(connection, cache, event)?;
            let mut seats = LiveSeats::prepare(connection)?;
            seats.end_all(event)?;
            let Some((inventory, last_at)) = state else { return Ok(()) };
            take_over::write(connection, cache, inventory, last_at)?;
            seats.take_over(inventory)
        })
    }

    /// Writes something of an event in one transaction with its mark.
    fn transact(
        &mut self,
        event: &EventId,
        step: Step,
        at: Timestamp,
        write: impl FnOnce(&Connection, &mut EventCache) -> Result<(), RowsError>,
    ) -> Result<(), RowsError> {
        let mark = RowsMark { at: self.rows.mark().at.max(at), ..self.rows.mark() };
        self.rows.transact(mark, |connection, cache| {
            write(connection, cache)?;
            move_mark(connection, event, step)
        })?;
        self.remember_mark(event, step.1);
        Ok(())
    }

    fn remember_mark(&mut self, event: &EventId, to: Option<End>) {
        match to {
            Some(to) => self.marks.insert(event.clone(), to),
            None => self.marks.remove(event),
        };
    }
}

/// For rows that are in memory while they are worked on.
#[cfg(feature = "postgres")]
impl FollowedRows {
    pub(super) fn in_memory(key: u64) -> Result<Self, RowsError> {
        let identity = Identity { folder: key, fingerprint_key: [0; 16] };
        Self::going_on(Rows::in_memory(&identity)?)
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.rows.reader.connection
    }

    pub(super) const fn key(&self) -> ChecksumKey {
        ChecksumKey::new(self.rows.identity.folder)
    }

    /// Adds an event whose rows are there.
    pub(super) fn add_cached(&mut self, id: &EventId, event: CachedEvent) {
        self.cache().add(id.clone(), event);
    }

    /// Has new rows be numbered from these on.
    pub(super) fn go_on_behind(&mut self, event: i64, reservation: i64) {
        self.cache().go_on_behind(event, reservation);
    }

    pub(super) fn set_mark(&mut self, event: &EventId, to: Option<End>) -> Result<(), RowsError> {
        let from = self.mark(event);
        move_mark(self.connection(), event, (from, to))?;
        self.remember_mark(event, to);
        Ok(())
    }

    fn cache(&mut self) -> &mut EventCache {
        self.rows.cache.as_mut().expect("it was loaded when it was made")
    }
}

fn marks(connection: &Connection) -> Result<HashMap<EventId, End>, RowsError> {
    let doing = "read how far it has got";
    let mut statement =
        connection.prepare("SELECT slug, version, batch FROM followed").tried(doing)?;
    let mut rows = statement.query([]).tried(doing)?;
    let mut marks = HashMap::new();
    while let Some(row) = rows.next().tried(doing)? {
        let slug: String = row.get(0).tried(doing)?;
        let event = EventId::parse(&slug).map_err(|why| {
            RowsError::damaged(format!("table followed, row {slug}"), why.to_string())
        })?;
        let (version, batch) = (row.get::<_, i64>(1).tried(doing)?, row.get(2).tried(doing)?);
        marks.insert(event, End { version: version.cast_unsigned(), batch: BatchId(batch) });
    }
    Ok(marks)
}

/// Moves the mark of an event from where it was read.
fn move_mark(connection: &Connection, event: &EventId, step: Step) -> Result<(), RowsError> {
    let slug = event.as_str();
    let version = |end: End| end.version.cast_signed();
    let moved = match step {
        (None, None) => return Ok(()),
        (None, Some(to)) => connection.execute(
            "INSERT OR IGNORE INTO followed VALUES (?1, ?2, ?3)",
            params![slug, version(to), to.batch.0],
        ),
        (Some(from), None) => connection.execute(
            "DELETE FROM followed WHERE slug = ?1 AND version = ?2 AND batch = ?3",
            params![slug, version(from), from.batch.0],
        ),
        (Some(from), Some(to)) => connection.execute(
            "UPDATE followed SET version = ?4, batch = ?5 \
             WHERE slug = ?1 AND version = ?2 AND batch = ?3",
            params![slug, version(from), from.batch.0, version(to), to.batch.0],
        ),
    };
    match moved.tried("write how far it has got")? {
        1 => Ok(()),
        _ => {
            let place = format!("table followed, row {slug}");
            Err(RowsError::contradiction(place, "another program has moved this mark"))
        }
    }
}
