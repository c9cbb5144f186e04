//! All reservations that ever were, for other programs.

use super::checksums::RESERVATIONS;
use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::reader::RowsReader;
use super::section_rows::sections;
use super::snapshot::Snapshot;
use super::verify::Verification;
use boxoffice_inventory::{BookingCodes, CodeKey, Hall, Halls};
use boxoffice_protocol::event::{Currency, EventSpec, Sections};
use boxoffice_protocol::id::{EventId, Principal, TicketType};
use boxoffice_protocol::reservation::{Places, Reservation, TicketCount};
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
    /// The principal that made it, where tokens are in use.
    pub made_by: Option<Principal>,
    /// The principal that changed it last; none if it expired.
    pub changed_by: Option<Principal>,
    /// When its event was deleted.
    pub event_deleted_at: Option<Timestamp>,
}

struct ExportedEvent {
    id: EventId,
    codes: BookingCodes,
    currency: Currency,
    hall: Hall,
    sections: Sections,
    types: Vec<TicketType>,
    deleted_at: Option<Timestamp>,
}

impl RowsReader {
    /// Gives every reservation that ever was, in the order in which they were made: all as they
    /// were at one moment. The halls say what seats are called.
    ///
    /// # Errors
    /// The rows contradict themselves, the disk fails, or `take` does.
    pub fn export<E: From<RowsError>>(
        &self,
        halls: &dyn Halls,
        mut take: impl FnMut(ExportedReservation) -> Result<(), E>,
    ) -> Result<(), E> {
        let snapshot = Snapshot::of(&self.connection)?;
        let mut verification = Verification::begin(&snapshot, &mut Err)?;
        let codes = CodeKey::of(&verification.head.identity.fingerprint_key);
        let events = exported_events(&snapshot, halls, codes)?;
        let sql = RESERVATIONS.select("ORDER BY number");
        let mut statement = snapshot.prepare(&sql).tried("read reservations")?;
        let mut rows = statement.query([]).tried("read reservations")?;
        while let Some(row) = rows.next().tried("read reservations")? {
            verification.reservation(row)?;
            take(exported(Columns::new("reservations", row), &events)?)?;
        }
        Ok(verification.finish(&mut Err)?)
    }
}

fn exported_events(
    connection: &Connection,
    halls: &dyn Halls,
    codes: CodeKey,
) -> Result<HashMap<i64, ExportedEvent>, RowsError> {
    let sql = "SELECT number, slug, currency, currency_digits, deleted_at, created_as FROM events";
    let mut statement = connection.prepare(sql).tried("read events")?;
    let mut rows = statement.query([]).tried("read events")?;
    let mut events = HashMap::new();
    while let Some(row) = rows.next().tried("read events")? {
        let columns = Columns::new("events", row);
        let number = columns.signed(0)?;
        let deleted_at = if columns.is_null(4)? { None } else { Some(columns.time(4)?) };
        let created_as: EventSpec = columns.json(5)?;
        let id = columns.parsed(1)?;
        let event = ExportedEvent {
            codes: codes.codes(&id),
            id,
            currency: columns.currency(2)?,
            // The plan of an event that was deleted may be gone; its seats are told by their numbers then.
            hall: halls.hall(created_as.plan.as_ref()).unwrap_or_default(),
            sections: sections(connection, number)?,
            types: created_as.tickets.types().to_vec(),
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
    let taken = columns.places(6, 19)?;
    let tickets = TicketCount::runs(&event.types, taken.types()).into();
    let places = match (taken.section(), taken.seats()) {
        (None, seats) => {
            let seats = seats.map_or(&[][..], |seats| seats);
            Places::Seats(event.hall.labels(&event.sections, seats))
        }
        (Some(section), _) => {
            let section = event
                .sections
                .as_slice()
                .get(usize::from(section))
                .ok_or_else(|| columns.wrong(7, "there is no such section"))?;
            Places::Standing { section: section.name.clone(), places: taken.count() }
        }
    };
    let id = columns.reservation_id(4)?;
    Ok(ExportedReservation {
        reservation: Reservation {
            id,
            code: event.codes.of(&id),
            event: event.id.clone(),
            customer: columns.parsed(5)?,
            status: columns.status(2)?,
            places,
            total: columns.number(10)?,
            currency: event.currency,
            created_at: columns.time(11)?,
            expires_at: columns.time(12)?,
            revision: columns.number(17)?,
            order: columns.optional(18)?,
            tickets,
        },
        changed_at: columns.time(13)?,
        made_by: columns.optional(15)?,
        changed_by: columns.optional(16)?,
        event_deleted_at: event.deleted_at,
    })
}
