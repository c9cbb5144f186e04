//! The rows that belong to events: prices and blocked seats, and the event's own.

use super::checksums::{BLOCKED_SEATS, ChecksumKey, PRICE_LISTS, STANDINGS};
use super::columns::{number, seat, time};
use super::error::{RowsError, Tried};
use super::event_cache::{CachedEvent, Catalog, Standing};
use super::event_row::EventRow;
use super::section_rows;
use super::verify::EventTallies;
use boxoffice_inventory::SavedEvent;
use boxoffice_protocol::change::{EventTerms, Recorded, TermChange, Updated};
use boxoffice_protocol::event::{EventSpec, Sales, Sections};
use boxoffice_protocol::id::{EventId, Seat};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::time::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use std::sync::Arc;

/// An event comes into being.
pub(super) fn create(
    connection: &Connection,
    catalog: &mut Catalog,
    id: &EventId,
    spec: &EventSpec,
    recorded: &Recorded,
) -> Result<CachedEvent, RowsError> {
    let saved = SavedEvent {
        id: id.clone(),
        version: recorded.version,
        last_at: recorded.at,
        created_as: spec.clone(),
        terms: EventTerms { spec: spec.clone(), sales: Sales::Open },
        price_lists: vec![PriceList::of(&spec.sections, &spec.tickets)],
        blocked: Vec::new(),
        customers: 0,
    };
    add(connection, catalog, &saved, recorded.at, None)
}

/// Adds an event as it is, without its reservations and its standing.
pub(super) fn add(
    connection: &Connection,
    catalog: &mut Catalog,
    saved: &SavedEvent,
    created_at: Timestamp,
    deleted_at: Option<Timestamp>,
) -> Result<CachedEvent, RowsError> {
    let SavedEvent { id, version, last_at, created_as, terms, price_lists, blocked, .. } = saved;
    let created_as = serde_json::to_string(created_as).map_err(|why| {
        RowsError::contradiction(format!("event {id}"), format!("cannot be written: {why}"))
    })?;
    catalog.last_event += 1;
    let mut now = Standing {
        number: catalog.last_event,
        version: *version,
        last_at: *last_at,
        deleted: deleted_at.is_some(),
        price_list: 0,
        prices: Arc::new(PriceList::new([].into(), 0)),
        tallies: EventTallies::default(),
    };
    let mut row = EventRow {
        number: now.number,
        slug: id.to_string(),
        created_at: time(created_at),
        deleted_at: deleted_at.map(time),
        created_as,
        currency: terms.spec.currency.to_string(),
        currency_digits: terms.spec.currency.digits().into(),
        ..EventRow::default()
    };
    row.set_terms(&terms.spec, terms.sales);
    // Rows refer to it, so that it comes before those that it has the tallies of.
    row.insert(connection, catalog.key, &now.tallies)?;
    section_rows::write(connection, catalog.key, &mut now, &terms.spec.sections)?;
    for (list, prices) in (0..).zip(price_lists) {
        (now.price_list, now.prices) = (list, Arc::new(prices.clone()));
        write_price_list(connection, catalog.key, &mut now)?;
    }
    block(connection, catalog.key, &mut now, blocked)?;
    now.tallies.event = row.update(connection, catalog.key, &now.tallies)?;
    catalog.events.add(now.tallies.event);
    Ok(CachedEvent::new(now))
}

/// An event's terms change.
pub(super) fn update(
    connection: &Connection,
    event: &mut CachedEvent,
    catalog: &mut Catalog,
    updated: &Updated,
) -> Result<(), RowsError> {
    let now = &mut event.now;
    let (of_sections, of_prices) = (TermChange::is_of_sections, TermChange::is_of_prices);
    if updated.terms.iter().any(|change| of_sections(change) || of_prices(change)) {
        let mut sections = section_rows::verified(connection, catalog.key, now)?;
        make(&mut sections, updated)?;
        if updated.terms.iter().any(of_sections) {
            section_rows::write(connection, catalog.key, now, &sections)?;
        }
        if updated.terms.iter().any(of_prices) {
            let mut tickets = EventRow::read(connection, catalog.key, now)?.tickets;
            updated.terms.iter().for_each(|change| change.make_in_tickets(&mut tickets));
            now.price_list += 1;
            now.prices = Arc::new(PriceList::of(&sections, &tickets));
            write_price_list(connection, catalog.key, now)?;
        }
    }
    unblock(connection, catalog.key, now, &updated.unblocked)?;
    block(connection, catalog.key, now, &updated.blocked)?;
    rewrite(connection, now, catalog, |row| {
        updated.terms.iter().for_each(|change| row.change(change));
    })
}

fn make(sections: &mut Sections, updated: &Updated) -> Result<(), RowsError> {
    for change in updated.terms.iter() {
        if change.section().is_some_and(|index| usize::from(index) >= sections.as_slice().len()) {
            return Err(RowsError::contradiction("a change", "is of a section that is not there"));
        }
        change.make_in(sections);
    }
    Ok(())
}

/// An event ends. Its rows stay as history.
pub(super) fn delete(
    connection: &Connection,
    event: &mut CachedEvent,
    catalog: &mut Catalog,
) -> Result<(), RowsError> {
    event.now.deleted = true;
    let last_at = time(event.now.last_at);
    rewrite(connection, &mut event.now, catalog, |row| row.deleted_at = Some(last_at))?;
    stand(connection, event, catalog)
}

/// How far an event has come.
pub(super) fn stand(
    connection: &Connection,
    event: &mut CachedEvent,
    catalog: &mut Catalog,
) -> Result<(), RowsError> {
    let now = &mut event.now;
    let [reservation_rows, reservation_sum] = now.tallies.reservations.values();
    let values = [
        ValueRef::Integer(now.number),
        ValueRef::Integer(number(now.version)),
        ValueRef::Integer(time(now.last_at)),
        reservation_rows,
        reservation_sum,
    ];
    let checksum = catalog.key.put(connection, &STANDINGS, &values)?;
    match now.tallies.standing.replace(checksum) {
        Some(before) => catalog.standings.replace(before, checksum),
        None => catalog.standings.add(checksum),
    }
    Ok(())
}

/// Writes an event's row anew, with what is to be changed of it.
fn rewrite(
    connection: &Connection,
    now: &mut Standing,
    catalog: &mut Catalog,
    change: impl FnOnce(&mut EventRow),
) -> Result<(), RowsError> {
    let mut row = EventRow::read(connection, catalog.key, now)?;
    change(&mut row);
    let checksum = row.update(connection, catalog.key, &now.tallies)?;
    catalog.events.replace(now.tallies.event, checksum);
    now.tallies.event = checksum;
    Ok(())
}

fn write_price_list(
    connection: &Connection,
    key: ChecksumKey,
    now: &mut Standing,
) -> Result<(), RowsError> {
    let prices = serde_json::to_string(&*now.prices).map_err(|why| {
        RowsError::contradiction("a price list", format!("cannot be written: {why}"))
    })?;
    let values = [
        ValueRef::Integer(now.number),
        ValueRef::Integer(now.price_list.into()),
        ValueRef::Text(prices.as_bytes()),
    ];
    now.tallies.price_lists.add(key.put(connection, &PRICE_LISTS, &values)?);
    Ok(())
}

fn block(
    connection: &Connection,
    key: ChecksumKey,
    now: &mut Standing,
    seats: &[Seat],
) -> Result<(), RowsError> {
    let mut insert =
        connection.prepare_cached(&BLOCKED_SEATS.insert()).tried("write blocked seats")?;
    for &one in seats {
        let values = [ValueRef::Integer(now.number), ValueRef::Integer(seat(one))];
        let written = key.write(&BLOCKED_SEATS, &mut insert, &values);
        now.tallies.blocked.add(written.tried("write blocked seats")?);
    }
    Ok(())
}

fn unblock(
    connection: &Connection,
    key: ChecksumKey,
    now: &mut Standing,
    seats: &[Seat],
) -> Result<(), RowsError> {
    let sql = "DELETE FROM blocked_seats WHERE event = ?1 AND seat = ?2";
    let mut delete = connection.prepare_cached(sql).tried("write blocked seats")?;
    for &one in seats {
        let values = [ValueRef::Integer(now.number), ValueRef::Integer(seat(one))];
        let rows = delete.execute(params![now.number, seat(one)]).tried("write blocked seats")?;
        if rows != 1 {
            let place = format!("table blocked_seats, event {}, seat {}", now.number, seat(one));
            return Err(RowsError::damaged(place, "it is missing"));
        }
        now.tallies.blocked.remove(key.of(&BLOCKED_SEATS, values.into_iter()));
    }
    Ok(())
}
