//! Changes become rows: many in one transaction, one row written for most of them.

use super::columns::{number, time};
use super::error::{RowsError, Tried};
use super::event_cache::EventCache;
use super::event_rows;
use super::mark::RowsMark;
use super::reservation_rows::{ReservationChange, ReservationRows};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reservation::Status;
use rusqlite::{Connection, params};

/// Writes changes and the mark that they lead to. A transaction is open, and what is written is
/// written for good when somebody commits it.
pub(super) fn write<'a>(
    connection: &Connection,
    known: &mut EventCache,
    changes: impl Iterator<Item = (&'a EventId, &'a Recorded)>,
    mark: &RowsMark,
) -> Result<(), RowsError> {
    let mut reservations = ReservationRows::prepare(connection)?;
    for (event, recorded) in changes {
        write_one(connection, &mut reservations, known, event, recorded)?;
    }
    for event in known.touched() {
        event_rows::stand(connection, event)?;
    }
    write_mark(connection, mark)
}

fn write_one(
    connection: &Connection,
    reservations: &mut ReservationRows<'_>,
    known: &mut EventCache,
    id: &EventId,
    recorded: &Recorded,
) -> Result<(), RowsError> {
    if let Change::Created(spec) = &recorded.change {
        known.check_creation(id, recorded)?;
        let created = event_rows::create(connection, id, spec, recorded)?;
        known.create(id, created);
        return Ok(());
    }
    let event = known.change(id, recorded)?;
    let about = |reservation| ReservationChange { event: id, recorded, reservation };
    match &recorded.change {
        Change::Created(_) => {}
        Change::Updated(updated) => event_rows::update(connection, event, updated)?,
        Change::Deleted => event_rows::delete(connection, event)?,
        Change::Held(new) => reservations.begin(event, about(&new.id), new, Status::Held)?,
        Change::Reserved(new) => {
            reservations.begin(event, about(&new.id), new, Status::Confirmed)?;
        }
        Change::Confirmed { id, let_go: None } => reservations.confirm(event, about(id))?,
        Change::Extended { id, to, .. } => reservations.extend(event, about(id), *to)?,
        Change::Expired { id } => {
            reservations.end(event, about(id), Status::Held, Status::Expired)?;
        }
        Change::Released { id, let_go: None } => {
            reservations.end(event, about(id), Status::Held, Status::Released)?;
        }
        Change::Cancelled { id, let_go: None } => {
            reservations.end(event, about(id), Status::Confirmed, Status::Cancelled)?;
        }
        Change::Confirmed { id, let_go: Some(gone) } => {
            reservations.shrink(event, about(id), gone, Status::Held, Status::Confirmed)?;
        }
        Change::Released { id, let_go: Some(gone) } => {
            reservations.shrink(event, about(id), gone, Status::Held, Status::Held)?;
        }
        Change::Cancelled { id, let_go: Some(gone) } => {
            reservations.shrink(event, about(id), gone, Status::Confirmed, Status::Confirmed)?;
        }
    }
    event.slots.forget(recorded.at);
    Ok(())
}

fn write_mark(connection: &Connection, mark: &RowsMark) -> Result<(), RowsError> {
    let RowsMark { sequence, position, checksum, at } = *mark;
    let sql = "UPDATE boxoffice SET sequence = ?1, position = ?2, checksum = ?3, at = ?4";
    connection
        .execute(sql, params![number(sequence), number(position), number(checksum), time(at)])
        .tried("write how far it has got")?;
    Ok(())
}
