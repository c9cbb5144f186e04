//! Compares rows with their checksums and tallies, whenever they are loaded, checked or exported.

use super::checksums::{
    BLOCKED_SEATS, ChecksumKey, EVENTS, PRICE_LISTS, RESERVATIONS, SECTIONS, STANDINGS, Table,
    Tally,
};
use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::file::{self, Head};
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// Takes what is wrong: an error ends the verification.
pub(super) type Wrong<'w> = dyn FnMut(RowsError) -> Result<(), RowsError> + 'w;

/// The tallies of an event's rows, and the checksums of its own two.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EventTallies {
    pub(super) sections: Tally,
    pub(super) price_lists: Tally,
    pub(super) blocked: Tally,
    pub(super) reservations: Tally,
    pub(super) event: u64,
    /// None before it is written.
    pub(super) standing: Option<u64>,
}

/// A verification under way. All but the reservations is verified at its beginning; they are
/// verified while they are read for another purpose.
#[derive(Debug)]
pub(super) struct Verification {
    pub(super) head: Head,
    /// What was written, by the number of the event.
    events: HashMap<i64, EventTallies, foldhash::fast::RandomState>,
    /// What was found of reservations, by the number of the event.
    found: HashMap<i64, Tally, foldhash::fast::RandomState>,
}

impl Verification {
    /// Verifies everything but the reservations.
    ///
    /// # Errors
    /// A row cannot be read, or `wrong` says so.
    pub(super) fn begin(connection: &Connection, wrong: &mut Wrong<'_>) -> Result<Self, RowsError> {
        let head = file::head(connection)?;
        let mut this = Self { head, events: HashMap::default(), found: HashMap::default() };
        let events = this.events(connection, wrong)?;
        let whole = |table: &Table| format!("table {}", table.name);
        say(events.compare(this.head.events, || whole(&EVENTS)), wrong)?;
        let standings = this.standings(connection, wrong)?;
        say(standings.compare(this.head.standings, || whole(&STANDINGS)), wrong)?;
        this.parts(connection, &SECTIONS, wrong, |event| event.sections)?;
        this.parts(connection, &PRICE_LISTS, wrong, |event| event.price_lists)?;
        this.parts(connection, &BLOCKED_SEATS, wrong, |event| event.blocked)?;
        Ok(this)
    }

    /// The number of the last event.
    pub(super) fn last_event(&self) -> i64 {
        self.events.keys().copied().max().unwrap_or_default()
    }

    /// The tallies of an event.
    pub(super) fn event(&self, number: i64) -> EventTallies {
        self.events.get(&number).copied().unwrap_or_default()
    }

    /// Verifies a row of reservations, with all its columns.
    ///
    /// # Errors
    /// It was altered. It counts for the tally all the same.
    pub(super) fn reservation(&mut self, row: &Row<'_>) -> Result<(), RowsError> {
        let event = Columns::new(RESERVATIONS.name, row).signed(1)?;
        self.found.entry(event).or_default().add(ChecksumKey::said(row)?);
        self.head.key().verified(&RESERVATIONS, row).map(drop)
    }

    /// Compares the reservations that were verified with the tallies of their events.
    pub(super) fn finish(&self, wrong: &mut Wrong<'_>) -> Result<(), RowsError> {
        self.compare(&RESERVATIONS, &self.found, wrong, |event| event.reservations)
    }

    fn events(
        &mut self,
        connection: &Connection,
        wrong: &mut Wrong<'_>,
    ) -> Result<Tally, RowsError> {
        let events = &mut self.events;
        scan(connection, self.head.key(), &EVENTS, wrong, |columns, checksum| {
            let tallies = EventTallies {
                event: checksum,
                sections: Tally::read(columns, EVENTS.column("section_rows"))?,
                price_lists: Tally::read(columns, EVENTS.column("price_list_rows"))?,
                blocked: Tally::read(columns, EVENTS.column("blocked_rows"))?,
                ..EventTallies::default()
            };
            events.insert(columns.signed(0)?, tallies);
            Ok(())
        })
    }

    fn standings(
        &mut self,
        connection: &Connection,
        wrong: &mut Wrong<'_>,
    ) -> Result<Tally, RowsError> {
        let events = &mut self.events;
        scan(connection, self.head.key(), &STANDINGS, wrong, |columns, checksum| {
            let event = events.get_mut(&columns.signed(0)?);
            let event = event.ok_or_else(|| columns.wrong(0, NO_EVENT))?;
            event.standing = Some(checksum);
            event.reservations = Tally::read(columns, 3)?;
            Ok(())
        })
    }

    /// Verifies a table whose rows belong to events.
    fn parts(
        &self,
        connection: &Connection,
        table: &Table,
        wrong: &mut Wrong<'_>,
        written: impl Fn(&EventTallies) -> Tally,
    ) -> Result<(), RowsError> {
        let mut found: HashMap<i64, Tally, foldhash::fast::RandomState> = HashMap::default();
        scan(connection, self.head.key(), table, wrong, |columns, checksum| {
            found.entry(columns.signed(0)?).or_default().add(checksum);
            Ok(())
        })?;
        self.compare(table, &found, wrong, written)
    }

    fn compare(
        &self,
        table: &Table,
        found: &HashMap<i64, Tally, foldhash::fast::RandomState>,
        wrong: &mut Wrong<'_>,
        written: impl Fn(&EventTallies) -> Tally,
    ) -> Result<(), RowsError> {
        let place = |event: i64| format!("table {}, the rows of event {event}", table.name);
        let unknown = found.keys().filter(|event| !self.events.contains_key(event));
        for &event in unknown {
            wrong(RowsError::damaged(place(event), NO_EVENT))?;
        }
        for (&event, tallies) in &self.events {
            let found = found.get(&event).copied().unwrap_or_default();
            say(found.compare(written(tallies), || place(event)), wrong)?;
        }
        Ok(())
    }
}

const NO_EVENT: &str = "there is no such event";

fn say(found: Option<RowsError>, wrong: &mut Wrong<'_>) -> Result<(), RowsError> {
    found.map_or(Ok(()), wrong)
}

/// Verifies each row of a table, and gives it to `each` with the checksum that it says.
fn scan(
    connection: &Connection,
    key: ChecksumKey,
    table: &Table,
    wrong: &mut Wrong<'_>,
    mut each: impl FnMut(Columns<'_>, u64) -> Result<(), RowsError>,
) -> Result<Tally, RowsError> {
    let mut tally = Tally::default();
    let mut statement = connection.prepare(&table.select("ORDER BY 1, 2")).tried("read rows")?;
    let mut rows = statement.query([]).tried("read rows")?;
    while let Some(row) = rows.next().tried("read rows")? {
        if let Err(error) = key.verified(table, row) {
            wrong(error)?;
        }
        // A row that was altered is there all the same, and is not reported as a missing one too.
        let said = ChecksumKey::said(row)?;
        tally.add(said);
        if let Err(error) = each(Columns::new(table.name, row), said) {
            wrong(error)?;
        }
    }
    Ok(tally)
}
