//! Records of reservations.

use super::numbers::{MinorUnits, Revision, Version};
#[cfg(feature = "openapi")]
use super::schema;
use super::text;
use super::tickets::TypesRecord;
use super::time::Rfc3339;
use crate::event::CurrencyCode;
use crate::id::{
    BookingCode, CustomerId, EventId, OrderNumber, ReservationId, SeatLabel, SectionName,
};
use crate::reply::{Cursor, ReservationRow};
use crate::reservation::{Places, Reservation, Status};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// A reservation at a version of its event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Reservation))]
pub struct ReservationRecord<'a> {
    #[serde(serialize_with = "text::write")]
    id: ReservationId,
    code: BookingCode,
    event: &'a EventId,
    customer: &'a CustomerId,
    #[serde(serialize_with = "text::write")]
    status: Status,
    seats: &'a [SeatLabel],
    #[cfg_attr(feature = "openapi", schema(required))]
    standing: Option<StandingRecord<'a>>,
    /// The types of its tickets: of seats a list with the type of each, of standing places the number of
    /// each. Left out if all are of the event's first type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = schema::TicketTypes, required = false))]
    types: Option<TypesRecord<'a>>,
    total: MinorUnits,
    currency: CurrencyCode,
    /// The digits of the minor unit that the total is in: 2 where 4500 is 45.00.
    currency_digits: u8,
    /// The deadline of a hold; left out once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Rfc3339, required = false))]
    expires_at: Option<Rfc3339>,
    revision: Revision,
    /// The order that it belongs to; left out if it belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = OrderNumber, required = false))]
    order: Option<&'a OrderNumber>,
    version: Version,
}

/// The standing places of a reservation.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Standing))]
struct StandingRecord<'a> {
    section: &'a SectionName,
    places: u32,
}

impl<'a> ReservationRecord<'a> {
    /// The reservation at a version of its event.
    pub fn new(reservation: &'a Reservation, version: u64) -> Self {
        let (seats, standing) = match &reservation.places {
            Places::Seats(seats) => (seats.as_slice(), None),
            Places::Standing { section, places } => {
                (&[][..], Some(StandingRecord { section, places: *places }))
            }
        };
        let types = match (reservation.tickets.as_slice(), &standing) {
            ([], _) => None,
            (tickets, None) => Some(TypesRecord::Each(tickets)),
            (tickets, Some(_)) => Some(TypesRecord::Counts(tickets)),
        };
        Self {
            id: reservation.id,
            code: reservation.code,
            event: &reservation.event,
            customer: &reservation.customer,
            status: reservation.status,
            seats,
            standing,
            types,
            total: MinorUnits(reservation.total),
            currency: reservation.currency.code(),
            currency_digits: reservation.currency.digits(),
            expires_at: (reservation.status == Status::Held)
                .then_some(Rfc3339(reservation.expires_at)),
            revision: Revision(reservation.revision),
            order: reservation.order.as_ref(),
            version: Version(version),
        }
    }
}

/// All reservations of an order in an event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Order))]
pub struct OrderRecord<'a> {
    reservations: Vec<ReservationRecord<'a>>,
    version: Version,
}

impl<'a> OrderRecord<'a> {
    /// The reservations at a version of their event.
    pub fn new(reservations: &'a [Reservation], version: u64) -> Self {
        let records = reservations.iter().map(|of| ReservationRecord::new(of, version));
        Self { reservations: records.collect(), version: Version(version) }
    }
}

/// A page of reservations.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Reservations))]
pub struct ReservationsRecord<'a> {
    reservations: Vec<ReservationRecord<'a>>,
    /// The `after` of the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required))]
    next: Option<CursorText>,
    version: Version,
}

impl<'a> ReservationsRecord<'a> {
    /// The rows, with the version of the answer.
    pub fn new(rows: &'a [ReservationRow], next: Option<Cursor>, version: u64) -> Self {
        let records = rows.iter().map(|row| ReservationRecord::new(&row.reservation, row.version));
        let reservations = records.collect();
        Self { reservations, next: next.map(CursorText), version: Version(version) }
    }
}

/// The end of a page of reservations as text: `dune-2.17` within an event, `dune-2` after its last
/// reservation. Clients send it back as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorText(pub Cursor);

impl fmt::Display for CursorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.version {
            Some(version) => write!(f, "{}.{version}", self.0.event),
            None => write!(f, "{}", self.0.event),
        }
    }
}

impl Serialize for CursorText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CursorText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let wrong = |_| serde::de::Error::custom("must be the next of the page before");
        let (event, version) = match text.split_once('.') {
            Some((event, version)) => (event, Some(version.parse().map_err(|_| wrong(()))?)),
            None => (&*text, None),
        };
        let event = EventId::parse(event).map_err(|_| wrong(()))?;
        Ok(Self(Cursor { event, version }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back() {
        let cursor = |version| Cursor { event: EventId::parse("dune-2").expect("a slug"), version };
        for cursor in [cursor(None), cursor(Some(0)), cursor(Some(u64::MAX))] {
            let text = CursorText(cursor).to_string();
            let read: CursorText = serde_json::from_value(text.clone().into()).expect(&text);
            assert_eq!(read.to_string(), text);
        }
        for wrong in
            ["", ".", "dune.x", "dune.-1", "Dune.1", "dune.1.2", "dune.18446744073709551616"]
        {
            assert!(serde_json::from_value::<CursorText>(wrong.into()).is_err(), "{wrong:?}");
        }
    }
}
