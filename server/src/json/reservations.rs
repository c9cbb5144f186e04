//! Reservations.

use super::{Moment, Shown};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId, SeatLabel, SectionName};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{PlaceCount, Places, Reservation, SeatLabels};
use boxoffice_protocol::reservation::{Selection, Together};
use serde::{Deserialize, Deserializer, Serialize};

/// A reservation.
#[derive(Debug, Serialize)]
pub(crate) struct ReservationRecord<'a> {
    id: Shown<ReservationId>,
    event: &'a EventId,
    customer: &'a CustomerId,
    status: &'static str,
    seats: &'a [SeatLabel],
    standing: Option<StandingRecord<'a>>,
    total: u64,
    currency: &'a str,
    expires_at: Shown<Moment>,
    version: u64,
}

/// Standing places of a reservation.
#[derive(Debug, Serialize)]
struct StandingRecord<'a> {
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
            expires_at: Shown(Moment(reservation.expires_at)),
            version,
        }
    }
}

/// A reservation's id, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText(pub(crate) ReservationId);

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// What a new reservation is asked for with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReservation {
    /// Chosen by the client; `Idempotency-Key` where it is left out.
    pub(crate) id: Option<IdText>,
    #[serde(default)]
    action: Action,
    customer: CustomerId,
    seats: Option<Vec<SeatLabel>>,
    best: Option<BestPlaces>,
    standing: Option<StandingPlaces>,
    /// For how long, where it is a hold.
    ttl_ms: Option<u32>,
}

/// How far a new reservation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
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
struct BestPlaces {
    places: PlaceCount,
    section: Option<SectionName>,
    #[serde(default)]
    together: bool,
}

/// Places of a standing section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandingPlaces {
    places: PlaceCount,
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
    ) -> Result<Request, InvalidField> {
        let selection = selection(self.seats, self.best, self.standing)?;
        let customer = self.customer;
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
