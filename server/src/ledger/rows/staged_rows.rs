//! Rows of some events in memory, on their way from and to a database that has all of them: so what
//! makes rows of changes is the same wherever they lie.
//!
//! An event's own rows stay here; reservations and seats only for the changes that touch them.

use super::checksums::{ChecksumKey, EVENTS, STANDINGS, Tally};
use super::columns::{Columns, json, seat};
use super::error::{RowsError, Tried};
use super::event_cache::{CachedEvent, Standing};
use super::followed_rows::{FollowedRows, Step};
use super::json_rows;
use super::load::price_lists;
use super::verify::EventTallies;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::End;
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// The tables of an event's own rows.
pub const EVENT_TABLES: [&str; 5] =
    ["events", "standings", "sections", "price_lists", "blocked_seats"];

/// Events that are in memory at most.
const MOST: usize = 500;

/// Rows of some events.
#[derive(Debug)]
pub struct StagedRows {
    rows: FollowedRows,
    staged: HashSet<EventId>,
    key: u64,
}

/// The numbers of the last event's and the last reservation's row in the database.
#[derive(Debug, Clone, Copy)]
pub struct LastNumbers {
    pub event: i64,
    pub reservation: i64,
}

impl StagedRows {
    /// Without an event. `key` is that of the rows' checksums.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn new(key: u64) -> Result<Self, RowsError> {
        Ok(Self { rows: FollowedRows::in_memory(key)?, staged: HashSet::new(), key })
    }

    /// The same without an event.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn emptied(&self) -> Result<Self, RowsError> {
        Self::new(self.key)
    }

    /// Whether an event's own rows are here.
    pub fn has(&self, event: &EventId) -> bool {
        self.staged.contains(event)
    }

    /// Takes an event's own rows: an object of tables, which may be empty.
    ///
    /// # Errors
    /// A row was altered, or contradicts itself.
    pub fn stage_event(
        &mut self,
        event: &EventId,
        mark: Option<End>,
        tables: &Value,
    ) -> Result<(), RowsError> {
        if self.staged.len() >= MOST {
            *self = self.emptied()?;
        }
        let connection = self.rows.connection();
        EVENT_TABLES
            .into_iter()
            .try_for_each(|table| json_rows::insert(connection, table, tables))?;
        if let Some(now) = standing(connection, self.rows.key(), event)? {
            self.rows.add_cached(event, CachedEvent::new(now));
        }
        self.rows.set_mark(event, mark)?;
        self.staged.insert(event.clone());
        Ok(())
    }

    /// Takes the reservations, and their seats, that changes touch.
    ///
    /// # Errors
    /// They are no rows.
    pub fn stage_touched(&mut self, tables: &Value, last: LastNumbers) -> Result<(), RowsError> {
        let connection = self.rows.connection();
        json_rows::insert(connection, "reservations", tables)?;
        json_rows::insert(connection, "live_seats", tables)?;
        self.rows.go_on_behind(last.event, last.reservation);
        Ok(())
    }

    /// Makes rows of changes of an event, as [`FollowedRows::follow`].
    ///
    /// # Errors
    /// As of that; this is no longer to be used.
    pub fn follow(
        &mut self,
        event: &EventId,
        step: Step,
        changes: &[Recorded],
    ) -> Result<(), RowsError> {
        self.rows.follow(event, step, changes)
    }

    /// Makes rows of an event's state, as [`FollowedRows::begin_anew`].
    ///
    /// # Errors
    /// As of that; this is no longer to be used.
    pub fn begin_anew(
        &mut self,
        event: &EventId,
        step: Step,
        state: Option<(&Inventory, Timestamp)>,
    ) -> Result<(), RowsError> {
        self.rows.begin_anew(event, step, state)
    }

    /// All rows of one of the event's own tables.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn event_rows(&self, event: &EventId, table: &str) -> Result<Vec<Value>, RowsError> {
        let key = if table == "events" { "number" } else { "event" };
        let of = format!("WHERE {key} IN (SELECT number FROM events WHERE slug = ?1)");
        json_rows::read(self.rows.connection(), table, &of, &[event.as_str()])
    }

    /// All rows of reservations, or of live seats, that were touched.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn touched_rows(&self, table: &str) -> Result<Vec<Value>, RowsError> {
        json_rows::read(self.rows.connection(), table, "", &[])
    }

    /// Forgets what was touched: the database has it.
    ///
    /// # Errors
    /// SQLite fails.
    pub fn settle(&mut self) -> Result<(), RowsError> {
        let sql = "DELETE FROM reservations; DELETE FROM live_seats";
        self.rows.connection().execute_batch(sql).tried("forget rows")
    }
}

/// The reservations that changes are about, and the seats that they take, each as a JSON array.
pub fn touched_by(changes: &[Recorded]) -> (String, String) {
    let (mut ids, mut taken) = (Vec::new(), Vec::new());
    for recorded in changes {
        match &recorded.change {
            Change::Held(new) | Change::Reserved(new) => {
                ids.push(new.id);
                if let Some(seats) = new.places.seats() {
                    taken.extend(seats.iter().map(|&one| seat(one)));
                }
            }
            Change::Reinstated { id, places, .. } | Change::Exchanged { id, to: places, .. } => {
                ids.push(*id);
                if let Some(seats) = places.seats() {
                    taken.extend(seats.iter().map(|&one| seat(one)));
                }
            }
            Change::Confirmed { id, .. }
            | Change::Forfeited { id, .. }
            | Change::Extended { id, .. }
            | Change::Released { id, .. }
            | Change::Cancelled { id, .. }
            | Change::Transferred { id, .. }
            | Change::Ordered { id, .. } => ids.push(*id),
            Change::Expired { ids: all } | Change::ConfirmedTogether { ids: all } => {
                ids.extend(all.iter().copied());
            }
            Change::Created(_)
            | Change::Updated(_)
            | Change::Deleted
            | Change::SalesMoved { .. } => {}
        }
    }
    let ids: Vec<_> = ids.iter().map(ReservationId::to_string).collect();
    let ids = serde_json::to_string(&ids).expect("texts can be written");
    (ids, json(&taken))
}

/// How an event stands by its rows, which are verified; none if it has none.
fn standing(
    connection: &Connection,
    key: ChecksumKey,
    id: &EventId,
) -> Result<Option<Standing>, RowsError> {
    let doing = "read an event";
    let number = "SELECT max(number) FROM events WHERE slug = ?1";
    let number: Option<i64> = connection
        .query_row(number, [id.as_str()], |row| row.get(0))
        .optional()
        .tried(doing)?
        .flatten();
    let Some(number) = number else { return Ok(None) };
    let mut statement = connection.prepare(&EVENTS.select("WHERE number = ?1")).tried(doing)?;
    let mut rows = statement.query([number]).tried(doing)?;
    let row = rows.next().tried(doing)?.ok_or_else(|| missing("events", number))?;
    let columns = Columns::new(EVENTS.name, row);
    let mut tallies = EventTallies {
        event: key.verified(&EVENTS, row)?,
        sections: Tally::read(columns, EVENTS.column("section_rows"))?,
        price_lists: Tally::read(columns, EVENTS.column("price_list_rows"))?,
        blocked: Tally::read(columns, EVENTS.column("blocked_rows"))?,
        ..EventTallies::default()
    };
    let deleted = !columns.is_null(EVENTS.column("deleted_at"))?;
    let mut statement = connection.prepare(&STANDINGS.select("WHERE event = ?1")).tried(doing)?;
    let mut rows = statement.query([number]).tried(doing)?;
    let row = rows.next().tried(doing)?.ok_or_else(|| missing("standings", number))?;
    let columns = Columns::new(STANDINGS.name, row);
    tallies.standing = Some(key.verified(&STANDINGS, row)?);
    tallies.reservations = Tally::read(columns, STANDINGS.column("reservation_rows"))?;
    let (version, last_at) = (columns.number(1)?, columns.time(2)?);
    let lists = price_lists(connection, number)?;
    let price_list = u32::try_from(lists.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let prices = lists.into_iter().next_back();
    let prices = Arc::new(prices.unwrap_or_else(|| PriceList::new([].into(), 0)));
    Ok(Some(Standing { number, version, last_at, deleted, price_list, prices, tallies }))
}

fn missing(table: &str, number: i64) -> RowsError {
    RowsError::damaged(format!("table {table}, event {number}"), "its row is missing")
}
