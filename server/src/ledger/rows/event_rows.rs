//! The rows of events: sections, prices and blocked seats.

use super::columns::{json, number, seat, time};
use super::error::{RowsError, Tried};
use super::event_cache::{CachedEvent, Standing};
use super::slots::Slots;
use boxoffice_protocol::change::{Recorded, Updated};
use boxoffice_protocol::event::{EventSpec, Layout, Sales, Sections};
use boxoffice_protocol::id::{EventId, Seat};
use rusqlite::{Connection, params};
use std::sync::Arc;

/// An event comes into being.
pub(super) fn create(
    connection: &Connection,
    id: &EventId,
    spec: &EventSpec,
    recorded: &Recorded,
) -> Result<CachedEvent, RowsError> {
    let created_as = serde_json::to_string(spec).map_err(|why| {
        RowsError::contradiction(format!("event {id}"), format!("cannot be written: {why}"))
    })?;
    let sql = "INSERT INTO events (slug, name, starts_at, sales, currency, max_per_customer, \
        created_at, created_as) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let written = params![
        id.as_str(),
        spec.name.as_str(),
        time(spec.starts_at),
        word(Sales::Open),
        spec.currency.as_str(),
        spec.max_per_customer.map(u32::from),
        time(recorded.at),
        created_as,
    ];
    connection
        .prepare_cached(sql)
        .and_then(|mut sql| sql.execute(written))
        .tried("write an event")?;
    let now = Standing {
        number: connection.last_insert_rowid(),
        version: recorded.version,
        last_at: recorded.at,
        deleted: false,
        price_list: 0,
        prices: prices(&spec.sections),
    };
    write_sections(connection, now.number, &spec.sections)?;
    write_price_list(connection, &now)?;
    Ok(CachedEvent::new(now, Slots::default()))
}

/// An event's terms change.
pub(super) fn update(
    connection: &Connection,
    event: &mut CachedEvent,
    updated: &Updated,
) -> Result<(), RowsError> {
    let now = &mut event.now;
    let (before, after) = (&updated.before.spec, &updated.after.spec);
    let sql = "UPDATE events SET name = ?2, starts_at = ?3, sales = ?4, max_per_customer = ?5 \
        WHERE number = ?1";
    let written = params![
        now.number,
        after.name.as_str(),
        time(after.starts_at),
        word(updated.after.sales),
        after.max_per_customer.map(u32::from),
    ];
    connection
        .prepare_cached(sql)
        .and_then(|mut sql| sql.execute(written))
        .tried("write an event")?;
    if before.sections != after.sections {
        write_sections(connection, now.number, &after.sections)?;
    }
    let prices = prices(&after.sections);
    if prices != now.prices {
        now.price_list += 1;
        now.prices = prices;
        write_price_list(connection, now)?;
    }
    let unblock = "DELETE FROM blocked_seats WHERE event = ?1 AND seat = ?2";
    write_seats(connection, unblock, now.number, &updated.unblocked)?;
    let block = "INSERT INTO blocked_seats (event, seat) VALUES (?1, ?2)";
    write_seats(connection, block, now.number, &updated.blocked)
}

/// An event ends. Its rows stay as history.
pub(super) fn delete(connection: &Connection, event: &mut CachedEvent) -> Result<(), RowsError> {
    event.now.deleted = true;
    let sql = "UPDATE events SET deleted_at = ?2 WHERE number = ?1";
    let written = params![event.now.number, time(event.now.last_at)];
    connection
        .prepare_cached(sql)
        .and_then(|mut sql| sql.execute(written))
        .tried("write an event")?;
    stand(connection, event)
}

/// How far an event has come.
pub(super) fn stand(connection: &Connection, event: &CachedEvent) -> Result<(), RowsError> {
    let (now, slots) = (&event.now, &event.slots);
    let (forgotten_until, forgotten_slot) = slots.forgotten();
    let sql = "INSERT OR REPLACE INTO standings (event, version, last_at, slots, \
        forgotten_until, forgotten_slot) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let written = params![
        now.number,
        number(now.version),
        time(now.last_at),
        slots.end(),
        time(forgotten_until),
        forgotten_slot,
    ];
    connection
        .prepare_cached(sql)
        .and_then(|mut sql| sql.execute(written))
        .tried("write an event")?;
    Ok(())
}

/// The price of a place in each section.
pub(super) fn prices(sections: &Sections) -> Arc<[u64]> {
    sections.as_slice().iter().map(|section| section.price).collect()
}

const fn word(sales: Sales) -> &'static str {
    match sales {
        Sales::Open => "open",
        Sales::Closed => "closed",
    }
}

fn write_sections(
    connection: &Connection,
    event: i64,
    sections: &Sections,
) -> Result<(), RowsError> {
    let sql = "INSERT OR REPLACE INTO sections (event, number, name, price, capacity, rows) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare_cached(sql).tried("write sections")?;
    for (index, section) in (0u8..).zip(sections.as_slice()) {
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(json(rows)),
            Layout::Standing { .. } => None,
        };
        let name = section.name.as_str();
        let (price, capacity) = (number(section.price), section.layout.capacity());
        let written = params![event, index, name, price, capacity, rows];
        insert.execute(written).tried("write sections")?;
    }
    Ok(())
}

fn write_price_list(connection: &Connection, now: &Standing) -> Result<(), RowsError> {
    let sql = "INSERT INTO price_lists (event, number, prices) VALUES (?1, ?2, ?3)";
    let written = params![now.number, now.price_list, json(&now.prices)];
    connection
        .prepare_cached(sql)
        .and_then(|mut sql| sql.execute(written))
        .tried("write prices")?;
    Ok(())
}

fn write_seats(
    connection: &Connection,
    sql: &str,
    event: i64,
    seats: &[Seat],
) -> Result<(), RowsError> {
    let mut statement = connection.prepare_cached(sql).tried("write blocked seats")?;
    for &one in seats {
        statement.execute(params![event, seat(one)]).tried("write blocked seats")?;
    }
    Ok(())
}
