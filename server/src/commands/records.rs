//! A line of an export. Every text in it was parsed, so that nothing in it hides or reorders its
//! neighbours.

use super::details::{details, kind};
use super::output::rfc3339;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reservation::Places;
use boxoffice_server::ledger::rows::ExportedReservation;
use serde::Serialize;
use serde_json::Value;

/// A line. In JSON its keys are the columns.
pub(super) trait ExportLine: Serialize {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// The cells of a line of CSV.
    fn cells(&self) -> Vec<String>;
}

/// A reservation as a line of an export.
#[derive(Debug, Serialize)]
pub(super) struct ReservationLine {
    event: String,
    id: String,
    code: String,
    customer: String,
    status: &'static str,
    seats: Vec<String>,
    section: Option<String>,
    places: usize,
    total: u64,
    currency: String,
    currency_digits: u8,
    created_at: String,
    expires_at: String,
    changed_at: String,
    made_by: Option<String>,
    changed_by: Option<String>,
    revision: u64,
    order: Option<String>,
    event_deleted_at: Option<String>,
}

impl ReservationLine {
    pub(super) fn new(exported: &ExportedReservation) -> Self {
        let reservation = &exported.reservation;
        let (seats, section, places) = match &reservation.places {
            Places::Seats(seats) => {
                (seats.iter().map(ToString::to_string).collect(), None, seats.len())
            }
            Places::Standing { section, places } => {
                (Vec::new(), Some(section.to_string()), *places as usize)
            }
        };
        Self {
            event: reservation.event.to_string(),
            id: reservation.id.to_string(),
            code: reservation.code.to_string(),
            customer: reservation.customer.to_string(),
            status: reservation.status.as_str(),
            seats,
            section,
            places,
            total: reservation.total,
            currency: reservation.currency.to_string(),
            currency_digits: reservation.currency.digits(),
            created_at: rfc3339(reservation.created_at),
            expires_at: rfc3339(reservation.expires_at),
            changed_at: rfc3339(exported.changed_at),
            made_by: exported.made_by.as_ref().map(ToString::to_string),
            changed_by: exported.changed_by.as_ref().map(ToString::to_string),
            revision: reservation.revision,
            order: reservation.order.as_ref().map(ToString::to_string),
            event_deleted_at: exported.event_deleted_at.map(rfc3339),
        }
    }
}

impl ExportLine for ReservationLine {
    const COLUMNS: &'static [&'static str] = &[
        "event",
        "id",
        "code",
        "customer",
        "status",
        "seats",
        "section",
        "places",
        "total",
        "currency",
        "currency_digits",
        "created_at",
        "expires_at",
        "changed_at",
        "made_by",
        "changed_by",
        "revision",
        "order",
        "event_deleted_at",
    ];

    fn cells(&self) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.event.clone(),
            self.id.clone(),
            self.code.clone(),
            self.customer.clone(),
            self.status.to_owned(),
            self.seats.join(" "),
            or_empty(&self.section),
            self.places.to_string(),
            self.total.to_string(),
            self.currency.clone(),
            self.currency_digits.to_string(),
            self.created_at.clone(),
            self.expires_at.clone(),
            self.changed_at.clone(),
            or_empty(&self.made_by),
            or_empty(&self.changed_by),
            self.revision.to_string(),
            or_empty(&self.order),
            or_empty(&self.event_deleted_at),
        ]
    }
}

/// A change as a line of an export.
#[derive(Debug, Serialize)]
pub(super) struct ChangeLine {
    position: u64,
    event: String,
    version: u64,
    at: String,
    principal: Option<String>,
    kind: &'static str,
    details: Value,
}

impl ChangeLine {
    pub(super) fn new(position: u64, event: &EventId, recorded: &Recorded) -> Self {
        Self {
            position,
            event: event.to_string(),
            version: recorded.version,
            at: rfc3339(recorded.at),
            principal: recorded.principal.as_ref().map(ToString::to_string),
            kind: kind(&recorded.change),
            details: details(&recorded.change),
        }
    }
}

impl ExportLine for ChangeLine {
    const COLUMNS: &'static [&'static str] =
        &["position", "event", "version", "at", "principal", "kind", "details"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.position.to_string(),
            self.event.clone(),
            self.version.to_string(),
            self.at.clone(),
            self.principal.clone().unwrap_or_default(),
            self.kind.to_owned(),
            self.details.to_string(),
        ]
    }
}
