//! Checks the rows one by one for contradictions, and goes on behind each.

use super::checksums::{RESERVATIONS, Tally};
use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::load::{price_lists, read_reservation};
use super::reader::RowsReader;
use super::section_rows;
use super::snapshot::Snapshot;
use super::structure::{self, Thoroughness, compare_index, damaged_pages, indexed_reservations};
use super::verify::Verification;
use boxoffice_inventory::SavedReservation;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::reservation::Status;
use rusqlite::Connection;
use std::collections::HashMap;

/// Something that was found in the rows.
#[derive(Debug)]
pub enum Audited<'a> {
    /// An event, as it stands.
    Event {
        id: &'a EventId,
        version: u64,
        /// Whether it was deleted.
        deleted: bool,
    },
    /// A reservation, of all that ever were.
    Reservation {
        /// The slug of its event, which may have been deleted.
        event: &'a EventId,
        /// What the row says.
        reservation: &'a SavedReservation,
    },
    Wrong(RowsError),
}

/// The part of an event that its reservations are checked against.
struct EventRows {
    id: EventId,
    price_lists: Vec<PriceList>,
    deleted: bool,
}

impl RowsReader {
    /// Gives what SQLite itself finds wrong with its file: damaged pages, indexes that miss rows,
    /// rows that refer to nothing.
    ///
    /// # Errors
    /// The file is not to be read any further.
    pub fn audit_file(&self, mut take: impl FnMut(RowsError)) -> Result<(), RowsError> {
        let snapshot = Snapshot::of(&self.connection)?;
        damaged_pages(&snapshot, Thoroughness::Full, &mut take)?;
        if let Err(wrong) = self.plans(|_| Ok(())) {
            take(wrong);
        }
        dangling_rows(&snapshot, &mut take)
    }

    /// Gives everything that there is: the events, then the reservations in the order in which they
    /// were made, and whatever of it cannot be. Takes time by all that the history has.
    ///
    /// # Errors
    /// The file is not to be read any further.
    pub fn audit(&self, mut take: impl FnMut(Audited<'_>)) -> Result<(), RowsError> {
        let snapshot = Snapshot::of(&self.connection)?;
        let mut say = |wrong| {
            take(Audited::Wrong(wrong));
            Ok(())
        };
        let mut verification = Verification::begin(&snapshot, &mut say)?;
        let key = verification.head.key();
        let events = events(&snapshot, &mut take)?;
        let sql = RESERVATIONS.select("ORDER BY number");
        let (mut index, mut statement) =
            (Tally::default(), snapshot.prepare(&sql).tried("read reservations")?);
        let mut rows = statement.query([]).tried("read reservations")?;
        while let Some(row) = rows.next().tried("read reservations")? {
            index.add(structure::entry(key, row, [4, 1, 0])?);
            if let Err(wrong) = verification.reservation(row) {
                take(Audited::Wrong(wrong));
            }
            let columns = Columns::new("reservations", row);
            match checked(columns, &events) {
                Ok((event, reservation)) => {
                    take(Audited::Reservation { event, reservation: &reservation });
                }
                Err(wrong) => take(Audited::Wrong(wrong)),
            }
        }
        let mut say = |wrong| {
            take(Audited::Wrong(wrong));
            Ok(())
        };
        verification.finish(&mut say)?;
        indexed_reservations(&snapshot, key)
            .and_then(|found| compare_index(found, index))
            .or_else(say)
    }
}

fn dangling_rows(
    connection: &Connection,
    take: &mut impl FnMut(RowsError),
) -> Result<(), RowsError> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check").tried("check it")?;
    let mut rows = statement.query([]).tried("check it")?;
    while let Some(row) = rows.next().tried("check it")? {
        let columns = Columns::new("foreign_key_check", row);
        let (table, parent) = (columns.text(0)?, columns.text(2)?);
        let number = if columns.is_null(1)? { 0 } else { columns.signed(1)? };
        let place = format!("table {table}, row {number}");
        let why = format!("refers to a row of table {parent} that is not there");
        take(RowsError::contradiction(place, why));
    }
    Ok(())
}

fn events(
    connection: &Connection,
    take: &mut impl FnMut(Audited<'_>),
) -> Result<HashMap<i64, EventRows>, RowsError> {
    let sql = "SELECT number, slug, version, deleted_at FROM events \
        LEFT JOIN standings ON standings.event = events.number ORDER BY number";
    let mut statement = connection.prepare(sql).tried("read events")?;
    let mut rows = statement.query([]).tried("read events")?;
    let mut events = HashMap::new();
    while let Some(row) = rows.next().tried("read events")? {
        let columns = Columns::new("events", row);
        let read = || {
            let number = columns.signed(0)?;
            check_sections(connection, number)?;
            let id: EventId = columns.parsed(1)?;
            let (version, deleted) = (columns.number(2)?, !columns.is_null(3)?);
            let price_lists = price_lists(connection, number)?;
            Ok((number, version, EventRows { id, price_lists, deleted }))
        };
        match read() {
            Ok((number, version, event)) => {
                let EventRows { id, deleted, .. } = &event;
                take(Audited::Event { id, version, deleted: *deleted });
                events.insert(number, event);
            }
            Err(wrong) => take(Audited::Wrong(wrong)),
        }
    }
    Ok(events)
}

/// Sections have the capacity that their rows of seats add up to.
fn check_sections(connection: &Connection, event: i64) -> Result<(), RowsError> {
    let sections = section_rows::sections(connection, event)?;
    let sql = "SELECT number, capacity FROM sections WHERE event = ?1 ORDER BY number";
    let mut statement = connection.prepare_cached(sql).tried("read sections")?;
    let mut rows = statement.query([event]).tried("read sections")?;
    for section in sections.as_slice() {
        let Some(row) = rows.next().tried("read sections")? else { break };
        let columns = Columns::new("sections", row);
        let seats = section.layout.capacity();
        if columns.small::<u32>(1)? != seats {
            let place = format!("table sections, event {event}, section {}", section.name);
            return Err(RowsError::contradiction(place, format!("its rows have {seats} seats")));
        }
    }
    Ok(())
}

fn checked<'e>(
    columns: Columns<'_>,
    events: &'e HashMap<i64, EventRows>,
) -> Result<(&'e EventId, SavedReservation), RowsError> {
    let event = events
        .get(&columns.signed(1)?)
        .ok_or_else(|| columns.wrong(1, "there is no such event, or it is wrong itself"))?;
    let saved = read_reservation(columns)?;
    let prices = event.price_lists.get(saved.price_list as usize);
    let cost = prices.and_then(|prices| prices.total(&saved.places));
    let cost = cost.ok_or_else(|| columns.wrong(9, "does not have the prices of its places"))?;
    let said = columns.number(10)?;
    if said != cost {
        return Err(columns.wrong(10, format!("{said}, but its places cost {cost}")));
    }
    if saved.changed_at < saved.created_at {
        return Err(columns.wrong(13, "it was changed before it was made"));
    }
    if saved.status == Status::Held && saved.expires_at < saved.created_at {
        return Err(columns.wrong(12, "its hold ends before it was made"));
    }
    Ok((&event.id, saved))
}
