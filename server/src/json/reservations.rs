//! Reservations, as they are asked for and answered.

use super::{Moment, Shown, schema};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId, SeatLabel, SectionName};
use boxoffice_protocol::reply::{Cursor, ReservationRow};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{Keep, PlaceCount, Places, Reservation, SeatLabels};
use boxoffice_protocol::reservation::{Selection, Together};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use utoipa::ToSchema;

/// A reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reservation)]
pub(crate) struct ReservationRecord<'a> {
    #[schema(value_type = schema::ReservationId)]
    id: Shown<ReservationId>,
    #[schema(value_type = schema::EventId)]
    event: &'a EventId,
    #[schema(value_type = schema::CustomerId)]
    customer: &'a CustomerId,
    #[schema(value_type = schema::Status)]
    status: &'static str,
    #[schema(value_type = Vec<schema::SeatLabel>)]
    seats: &'a [SeatLabel],
    #[schema(required)]
    standing: Option<StandingRecord<'a>>,
    #[schema(value_type = schema::Minor)]
    total: u64,
    #[schema(value_type = schema::Currency)]
    currency: &'a str,
    #[schema(value_type = schema::Time)]
    expires_at: Moment,
    #[schema(value_type = schema::Version)]
    version: u64,
}

/// Standing places of a reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Standing)]
struct StandingRecord<'a> {
    #[schema(value_type = schema::SectionName)]
    section: &'a SectionName,
    places: u32,
}

impl<'a> ReservationRecord<'a> {
    pub(crate) fn new(reservation: &'a Reservation, version: u64) -> Self {
        let (seats, standing) = match &reservation.places {
            Places::Seats(seats) => (seats.as_slice(), None),
            Places::Standing { section, places } => {
                (&[][..], Some(StandingRecord { section, places: *places }))
            }
        };
        Self {
            id: Shown(reservation.id),
            event: &reservation.event,
            customer: &reservation.customer,
            status: reservation.status.as_str(),
            seats,
            standing,
            total: reservation.total,
            currency: reservation.currency.as_str(),
            expires_at: Moment(reservation.expires_at),
            version,
        }
    }
}

/// A page of reservations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reservations)]
pub(crate) struct ReservationsRecord<'a> {
    reservations: Vec<ReservationRecord<'a>>,
    /// Where the next page begins, if there is one.
    #[schema(value_type = Option<String>, required)]
    next: Option<Shown<CursorText>>,
    #[schema(value_type = schema::Version)]
    version: u64,
}

impl<'a> ReservationsRecord<'a> {
    pub(crate) fn new(rows: &'a [ReservationRow], next: Option<Cursor>, version: u64) -> Self {
        let records = rows.iter().map(|row| ReservationRecord::new(&row.reservation, row.version));
        let next = next.map(|cursor| Shown(CursorText(cursor)));
        Self { reservations: records.collect(), next, version }
    }
}

/// Where a page of reservations ended, as text: `dune-2.17`, or `dune-2` after all of an event's.
/// Nobody but the server looks into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CursorText(pub(crate) Cursor);

impl fmt::Display for CursorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.slot {
            Some(slot) => write!(f, "{}.{slot}", self.0.event),
            None => write!(f, "{}", self.0.event),
        }
    }
}

impl<'de> Deserialize<'de> for CursorText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let wrong = |_| serde::de::Error::custom("must be the next of the page before");
        let (event, slot) = match text.split_once('.') {
            Some((event, slot)) => (event, Some(slot.parse().map_err(|_| wrong(()))?)),
            None => (&*text, None),
        };
        let event = EventId::parse(event).map_err(|_| wrong(()))?;
        Ok(Self(Cursor { event, slot }))
    }
}

/// A reservation's id, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText(pub(crate) ReservationId);

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// What a new reservation is asked for with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReservation {
    /// Chosen by the client; `Idempotency-Key` where it is left out.
    #[schema(value_type = Option<schema::ReservationId>)]
    pub(crate) id: Option<IdText>,
    #[serde(default)]
    action: Action,
    /// Who may act for one customer only may leave it out.
    #[schema(value_type = Option<schema::CustomerId>)]
    pub(crate) customer: Option<CustomerId>,
    #[schema(value_type = Option<Vec<schema::SeatLabel>>, min_items = 1, max_items = 100)]
    seats: Option<Vec<SeatLabel>>,
    best: Option<BestPlaces>,
    standing: Option<StandingPlaces>,
    /// For how long, where it is a hold.
    ttl_ms: Option<u32>,
}

/// How far a new reservation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Held until a deadline.
    #[default]
    Hold,
    /// Held and confirmed in one step.
    Reserve,
}

/// The best free seats.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BestPlaces {
    #[schema(value_type = schema::PlaceCount)]
    places: PlaceCount,
    #[schema(value_type = Option<schema::SectionName>)]
    section: Option<SectionName>,
    #[serde(default)]
    together: bool,
}

/// Places of a standing section.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StandingPlaces {
    #[schema(value_type = schema::PlaceCount)]
    places: PlaceCount,
    #[schema(value_type = Option<schema::SectionName>)]
    section: Option<SectionName>,
}

impl NewReservation {
    /// The request for it.
    ///
    /// # Errors
    /// [`InvalidField`] where fields contradict each other.
    pub(crate) fn into_request(
        self,
        event: EventId,
        id: ReservationId,
        customer: CustomerId,
    ) -> Result<Request, InvalidField> {
        let selection = selection(self.seats, self.best, self.standing)?;
        match (self.action, self.ttl_ms) {
            (Action::Hold, ttl_ms) => Ok(Request::Hold { id, event, customer, selection, ttl_ms }),
            (Action::Reserve, None) => Ok(Request::Reserve { id, event, customer, selection }),
            (Action::Reserve, Some(_)) => {
                Err(InvalidField::new("ttl_ms", "only a hold lasts for a time; leave it out"))
            }
        }
    }
}

fn selection(
    seats: Option<Vec<SeatLabel>>,
    best: Option<BestPlaces>,
    standing: Option<StandingPlaces>,
) -> Result<Selection, InvalidField> {
    match (seats, best, standing) {
        (Some(seats), None, None) => Ok(Selection::Seats(SeatLabels::new(seats)?)),
        (None, Some(BestPlaces { places, section, together }), None) => {
            let together = if together { Together::Required } else { Together::IfPossible };
            Ok(Selection::Best { places, section, together })
        }
        (None, None, Some(StandingPlaces { places, section })) => {
            Ok(Selection::Standing { places, section })
        }
        _ => Err(InvalidField::new("seats", "say one of seats, best and standing")),
    }
}

/// What a reservation is confirmed, released or cancelled with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    /// Who may act for one customer only may leave it out.
    #[schema(value_type = Option<schema::CustomerId>)]
    customer: Option<CustomerId>,
    keep: Option<Kept>,
}

/// The places that it keeps.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Keep)]
struct Kept {
    #[schema(value_type = Option<Vec<schema::SeatLabel>>, min_items = 1, max_items = 100)]
    seats: Option<Vec<SeatLabel>>,
    #[schema(value_type = Option<schema::PlaceCount>)]
    places: Option<PlaceCount>,
}

impl Ending {
    /// Who is said to ask, and the places that the reservation keeps, if it says any.
    ///
    /// # Errors
    /// [`InvalidField`] where it says both kinds of places, or none.
    pub(crate) fn parsed(self) -> Result<(Option<CustomerId>, Option<Keep>), InvalidField> {
        let keep = match self.keep {
            None => None,
            Some(Kept { seats: Some(seats), places: None }) => {
                Some(Keep::Seats(SeatLabels::new(seats)?))
            }
            Some(Kept { seats: None, places: Some(places) }) => Some(Keep::Standing(places)),
            Some(_) => return Err(InvalidField::new("keep", "say either seats or places")),
        };
        Ok((self.customer, keep))
    }
}

/// What a reservation is held longer with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extension {
    /// Who may act for one customer only may leave it out.
    #[schema(value_type = Option<schema::CustomerId>)]
    pub(crate) customer: Option<CustomerId>,
    #[schema(value_type = schema::Time)]
    pub(crate) until: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back() {
        let cursor = |slot| Cursor { event: EventId::parse("dune-2").expect("a slug"), slot };
        for cursor in [cursor(None), cursor(Some(0)), cursor(Some(u32::MAX))] {
            let text = CursorText(cursor).to_string();
            let read: CursorText = serde_json::from_value(text.clone().into()).expect(&text);
            assert_eq!(read.to_string(), text);
        }
        for wrong in ["", ".", "dune.x", "dune.-1", "Dune.1", "dune.1.2", "dune.4294967296"] {
            assert!(serde_json::from_value::<CursorText>(wrong.into()).is_err(), "{wrong:?}");
        }
    }
}
