//! The rows of an event's sections.

use super::checksums::{ChecksumKey, SECTIONS, Tally};
use super::columns::{Columns, json, number};
use super::error::{RowsError, Tried};
use super::event_cache::Standing;
use boxoffice_protocol::event::{Layout, SectionSpec, Sections};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// The sections of an event.
pub(super) fn sections(connection: &Connection, event: i64) -> Result<Sections, RowsError> {
    read(connection, event, |_| Ok(()))
}

/// The sections of an event as it stands, verified.
pub(super) fn verified(
    connection: &Connection,
    key: ChecksumKey,
    now: &Standing,
) -> Result<Sections, RowsError> {
    let mut tally = Tally::default();
    let sections = read(connection, now.number, |row| {
        tally.add(key.verified(&SECTIONS, row)?);
        Ok(())
    })?;
    if tally == now.tallies.sections {
        return Ok(sections);
    }
    let place = format!("table sections, event {}", now.number);
    Err(RowsError::damaged(place, "rows are older versions of themselves"))
}

fn read(
    connection: &Connection,
    event: i64,
    mut verify: impl FnMut(&Row<'_>) -> Result<(), RowsError>,
) -> Result<Sections, RowsError> {
    let sql = SECTIONS.select("WHERE event = ?1 ORDER BY number");
    let mut statement = connection.prepare_cached(&sql).tried("read sections")?;
    let mut rows = statement.query([event]).tried("read sections")?;
    let mut sections = Vec::new();
    while let Some(row) = rows.next().tried("read sections")? {
        verify(row)?;
        let columns = Columns::new(SECTIONS.name, row);
        columns.follows(1, sections.len())?;
        let layout = match columns.is_null(5)? {
            true => Layout::Standing { capacity: columns.small(4)?, blocked: columns.small(6)? },
            false => Layout::Seated { rows: columns.json(5)? },
        };
        sections.push(SectionSpec { name: columns.parsed(2)?, price: columns.number(3)?, layout });
    }
    Sections::new(sections).map_err(|why| {
        RowsError::contradiction(format!("table sections, event {event}"), why.to_string())
    })
}

/// Writes all the sections of an event.
pub(super) fn write(
    connection: &Connection,
    key: ChecksumKey,
    now: &mut Standing,
    sections: &Sections,
) -> Result<(), RowsError> {
    // An event keeps its sections, and all of them are written.
    now.tallies.sections = Tally::default();
    for (index, section) in (0..).zip(sections.as_slice()) {
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(json(rows)),
            Layout::Standing { .. } => None,
        };
        let values = [
            ValueRef::Integer(now.number),
            ValueRef::Integer(index),
            ValueRef::Text(section.name.as_str().as_bytes()),
            ValueRef::Integer(number(section.price)),
            ValueRef::Integer(section.layout.capacity().into()),
            rows.as_deref().map_or(ValueRef::Null, |rows| ValueRef::Text(rows.as_bytes())),
            ValueRef::Integer(section.layout.blocked().into()),
        ];
        now.tallies.sections.add(key.put(connection, &SECTIONS, &values)?);
    }
    Ok(())
}
