//! Requests that make, end or prolong a reservation.

use super::numbers::{MinorUnits, Revision};
#[cfg(feature = "openapi")]
use super::schema;
use super::text;
use super::tickets::{WrittenTypes, counts};
use super::time::Rfc3339;
use crate::id::{CustomerId, EventId, OrderNumber, ReservationId, SeatLabel, SectionName};
use crate::request::{IfExpired, Request};
use crate::reservation::{
    Keep, PlaceCount, SeatLabels, Selection, TicketCount, TicketCounts, Together,
};
use crate::text::InvalidField;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A new reservation of exactly one of `seats`, `best` and `standing`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NewReservation))]
pub struct ReservationRequest {
    /// Chosen by the client. If it is left out, the header `Idempotency-Key` has it.
    #[serde(default, deserialize_with = "text::read_optional")]
    pub id: Option<ReservationId>,
    #[serde(default)]
    action: Action,
    /// Optional for a caller that may act for one customer only.
    pub customer: Option<CustomerId>,
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    seats: Option<Vec<SeatLabel>>,
    best: Option<BestPlaces>,
    standing: Option<StandingPlaces>,
    /// The types of the tickets: a list with the type of each place, or the number of each type. The
    /// event's first type if it is left out.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::TicketTypes>))]
    types: Option<WrittenTypes>,
    /// The most that all of it may cost. If it costs more, nothing is taken: `PriceChanged`.
    at_most: Option<MinorUnits>,
    /// How long a hold lasts. The server has a default.
    ttl_ms: Option<u64>,
    /// The shop's order that it belongs to; for agents and admins.
    pub order: Option<OrderNumber>,
}

/// How far a new reservation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
enum Action {
    /// Held until a deadline.
    #[default]
    Hold,
    /// Held and confirmed in one step.
    Reserve,
}

/// The best free seats.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct BestPlaces {
    places: PlaceCount,
    section: Option<SectionName>,
    #[serde(default)]
    together: bool,
}

/// Places of a standing section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct StandingPlaces {
    places: PlaceCount,
    section: Option<SectionName>,
}

impl ReservationRequest {
    /// The request to hold or reserve.
    ///
    /// # Errors
    /// [`InvalidField`] if fields contradict each other.
    pub fn into_request<'a>(
        self,
        event: EventId<&'a str>,
        id: ReservationId,
        customer: CustomerId<&'a str>,
        order: Option<OrderNumber<&'a str>>,
    ) -> Result<Request<&'a str>, InvalidField> {
        let selection = selection(self.seats, self.best, self.standing)?;
        let selection = ticketed(selection, self.types, self.at_most)?;
        match (self.action, self.ttl_ms) {
            (Action::Hold, ttl_ms) => {
                Ok(Request::Hold { id, event, customer, selection, ttl_ms, order })
            }
            (Action::Reserve, None) => {
                Ok(Request::Reserve { id, event, customer, selection, order })
            }
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

/// The selection with what is said of its tickets.
fn ticketed(
    mut selection: Selection,
    types: Option<WrittenTypes>,
    at_most: Option<MinorUnits>,
) -> Result<Selection, InvalidField> {
    if let Some(types) = types {
        selection = selection.typed(types.requested()?);
    }
    if let Some(MinorUnits(total)) = at_most {
        selection = selection.at_most(total);
    }
    Ok(selection)
}

/// The body of a confirm, release or cancel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Ending))]
pub struct EndingRequest {
    /// Optional for a caller that may act for one customer only.
    customer: Option<CustomerId>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::Keep>))]
    keep: Option<KeptPlaces>,
}

impl EndingRequest {
    /// The customer, if the body names one, and the places that the reservation keeps.
    ///
    /// # Errors
    /// [`InvalidField`] if `keep` has the wrong number of seats, or one twice.
    pub fn into_parts(self) -> Result<(Option<CustomerId>, Option<Keep>), InvalidField> {
        Ok((self.customer, self.keep.map(KeptPlaces::into_keep).transpose()?))
    }
}

impl KeptPlaces {
    fn into_keep(self) -> Result<Keep, InvalidField> {
        Ok(match self {
            Self::Seats(seats) => Keep::Seats(SeatLabels::new(seats)?),
            Self::Standing(places) => Keep::Standing(places),
            Self::Types(counts) => {
                let wrong = |why: InvalidField| InvalidField::new("keep", why.why);
                Keep::Types(TicketCounts::new(counts).map_err(wrong)?)
            }
        })
    }
}

/// The body of a confirm.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Confirmation))]
pub struct ConfirmationRequest {
    /// Optional for a caller that may act for one customer only.
    customer: Option<CustomerId>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::Keep>))]
    keep: Option<KeptPlaces>,
    /// What becomes of a hold that has expired: `reinstate` is for agents and admins.
    #[serde(default)]
    expired: IfExpired,
}

impl ConfirmationRequest {
    /// The customer, if the body names one, the places that the reservation keeps, and what becomes of
    /// an expired one.
    ///
    /// # Errors
    /// As of [`EndingRequest::into_parts`].
    pub fn into_parts(self) -> Result<(Option<CustomerId>, Option<Keep>, IfExpired), InvalidField> {
        let keep = self.keep.map(KeptPlaces::into_keep).transpose()?;
        Ok((self.customer, keep, self.expired))
    }
}

/// The places that a reservation keeps: a list of seats, or a number of standing places, or of each type.
#[derive(Debug)]
enum KeptPlaces {
    Seats(Vec<SeatLabel>),
    Standing(PlaceCount),
    Types(Vec<TicketCount>),
}

impl<'de> Deserialize<'de> for KeptPlaces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeptPlacesVisitor)
    }
}

/// By hand: serde's untagged enums do not say which of the seats is wrong.
struct KeptPlacesVisitor;

impl<'de> Visitor<'de> for KeptPlacesVisitor {
    type Value = KeptPlaces;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of seats, like [\"A1\", \"A2\"], or a number of standing places")
    }

    fn visit_u64<E: Error>(self, places: u64) -> Result<KeptPlaces, E> {
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        PlaceCount::new(places).map(KeptPlaces::Standing).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seats: A) -> Result<KeptPlaces, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seats)).map(KeptPlaces::Seats)
    }

    fn visit_map<A: MapAccess<'de>>(self, types: A) -> Result<KeptPlaces, A::Error> {
        counts(types).map(KeptPlaces::Types)
    }
}

/// The body of a leave.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Leave))]
pub struct LeaveRequest {
    /// Optional for a caller that may act for one customer only.
    pub customer: Option<CustomerId>,
    /// The deadline that the hold has; with any other nothing changes.
    pub if_expires_at: Rfc3339,
}

/// The body of an extension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Extension))]
pub struct ExtensionRequest {
    /// Optional for a caller that may act for one customer only.
    pub customer: Option<CustomerId>,
    /// The new deadline; an earlier one than the hold has changes nothing.
    pub until: Rfc3339,
}

/// The body that says which order a reservation belongs to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SetOrder))]
pub struct SetOrderRequest {
    /// The customer that has it.
    pub customer: CustomerId,
    /// The shop's order, once and for ever.
    pub order: OrderNumber,
}

/// The body of a confirmation of an order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ConfirmedOrder))]
pub struct OrderRequest {
    /// The shop's own number of the sale.
    pub order: OrderNumber,
}

/// The body of a transfer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Transfer))]
pub struct TransferRequest {
    /// The customer that has it.
    pub customer: CustomerId,
    /// The revision that it has; with any other it is not transferred.
    pub if_revision: Revision,
    /// The customer that has it from then on.
    pub to: CustomerId,
}

/// The body of an exchange, to exactly one of `seats` and `standing`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Exchange))]
pub struct ExchangeRequest {
    /// Optional for a caller that may act for one customer only.
    pub customer: Option<CustomerId>,
    /// The revision that it has; with any other it is not exchanged.
    pub if_revision: Revision,
    /// All seats that it has from then on.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    seats: Option<Vec<SeatLabel>>,
    standing: Option<StandingPlaces>,
    /// The types of the tickets, as of a new reservation. If it is left out, places that stay keep
    /// theirs, and the others have the one type that all tickets of the reservation have.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::TicketTypes>))]
    types: Option<WrittenTypes>,
    /// The most that all of it may cost. If it costs more, nothing is exchanged: `PriceChanged`.
    at_most: Option<MinorUnits>,
}

impl ExchangeRequest {
    /// All that the reservation has from then on.
    ///
    /// # Errors
    /// [`InvalidField`] if fields contradict each other.
    pub fn selection(self) -> Result<Selection, InvalidField> {
        let selection = match (self.seats, self.standing) {
            (None, None) => Err(InvalidField::new("seats", "say one of seats and standing")),
            (seats, standing) => selection(seats, None, standing),
        };
        ticketed(selection?, self.types, self.at_most)
    }
}
