//! All reservations that ever were, for other programs.

use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::load::sections;
use super::reader::RowsReader;
use super::snapshot::Snapshot;
use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::event::{Currency, Sections};
use boxoffice_protocol::id::{EventId, Principal};
use boxoffice_protocol::reservation::{Places, Reservation};
use boxoffice_protocol::time::Timestamp;
use rusqlite::Connection;
use std::collections::HashMap;

/// A reservation with what is remembered of it besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedReservation {
    /// The reservation. Of an event that was deleted, it is as it was then.
    pub reservation: Reservation,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Who made it, where tokens are in use.
    pub made_by: Option<Principal>,
    /// Who changed it last; nobody if it expired.
    pub changed_by: Option<Principal>,
    /// When its event was deleted.
    pub event_deleted_at: Option<Timestamp>,
}

struct ExportedEvent {
    id: EventId,
    currency: Currency,
    sections: Sections,
    deleted_at: Option<Timestamp>,
}

const RESERVATIONS: &str = "\
    SELECT number, event, status, id, customer, seats, section, places, total, created_at, \
    expires_at, changed_at, made_by, changed_by FROM reservations ORDER BY number";

impl RowsReader {
    /// Gives every reservation that ever was, in the order in which they were made: all as they
    /// were at one moment.
    ///
    /// # Errors
    /// The rows contradict themselves, the disk fails, or `take` does.
    pub fn export<E: From<RowsError>>(
        &self,
        mut take: impl FnMut(ExportedReservation) -> Result<(), E>,
    ) -> Result<(), E> {
        let snapshot = Snapshot::of(&self.connection)?;
        let events = exported_events(&snapshot)?;
        let mut statement = snapshot.prepare(RESERVATIONS).tried("read reservations")?;
        let mut rows = statement.query([]).tried("read reservations")?;
        while let Some(row) = rows.next().tried("read reservations")? {
            take(exported(Columns::new("reservations", row), &events)?)?;
        }
        Ok(())
    }
}

fn exported_events(connection: &Connection) -> Result<HashMap<i64, ExportedEvent>, RowsError> {
    let sql = "SELECT number, slug, currency, deleted_at FROM events";
    let mut statement = connection.prepare(sql).tried("read events")?;
    let mut rows = statement.query([]).tried("read events")?;
    let mut events = HashMap::new();
    while let Some(row) = rows.next().tried("read events")? {
        let columns = Columns::new("events", row);
        let number = columns.signed(0)?;
        let deleted_at = if columns.is_null(3)? { None } else { Some(columns.time(3)?) };
        let event = ExportedEvent {
            id: columns.parsed(1)?,
            currency: columns.parsed(2)?,
            sections: sections(connection, number)?,
            deleted_at,
        };
        events.insert(number, event);
    }
    Ok(events)
}

fn exported(
    columns: Columns<'_>,
    events: &HashMap<i64, ExportedEvent>,
) -> Result<ExportedReservation, RowsError> {
    let event = events
        .get(&columns.signed(1)?)
        .ok_or_else(|| columns.wrong(1, "there is no such event"))?;
    let places = match columns.places(5)? {
        TakenPlaces::Seats(seats) => {
            Places::Seats(seats.iter().map(|&seat| event.sections.label(seat)).collect())
        }
        TakenPlaces::Standing { section, places } => {
            let section = event
                .sections
                .as_slice()
                .get(usize::from(section))
                .ok_or_else(|| columns.wrong(6, "there is no such section"))?;
            Places::Standing { section: section.name.clone(), places }
        }
    };
    Ok(ExportedReservation {
        reservation: Reservation {
            id: columns.reservation_id(3)?,
            event: event.id.clone(),
            customer: columns.parsed(4)?,
            status: columns.status(2)?,
            places,
            total: columns.number(8)?,
            currency: event.currency,
            created_at: columns.time(9)?,
            expires_at: columns.time(10)?,
        },
        changed_at: columns.time(11)?,
        made_by: columns.optional(12)?,
        changed_by: columns.optional(13)?,
        event_deleted_at: event.deleted_at,
    })
}
