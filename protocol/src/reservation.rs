//! What is asked for and what was reserved.

use crate::event::Currency;
use crate::id::{
    BookingCode, CustomerId, EventId, OrderNumber, ReservationId, SeatLabel, SectionName,
};
use crate::limits::MAX_RESERVATION_PLACES;
use crate::list::{List, Seats};
use crate::text::{InvalidField, invalid};
use crate::time::Timestamp;
use bincode::de::BorrowDecoder;
use bincode::error::{AllowedEnumVariants, DecodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

pub use crate::ticket_request::{RequestedTypes, TicketCount, TicketCounts};

/// What a reservation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub enum Selection {
    /// These seats, all or none.
    Seats(SeatLabels),
    /// The best free seats.
    Best {
        places: PlaceCount,
        /// Only in this section.
        section: Option<SectionName>,
        /// Whether they must be adjacent.
        together: Together,
    },
    /// Places of a standing section.
    Standing {
        places: PlaceCount,
        /// Which section; may be left out where only one is standing.
        section: Option<SectionName>,
    },
    /// One of the above, with what is said of the tickets for it.
    Ticketed(Box<TicketedSelection>),
}

/// Places, and the tickets for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "UncheckedSelection")]
pub struct TicketedSelection {
    /// Not a [`Ticketed`](Selection::Ticketed) one.
    places: Selection,
    types: Option<RequestedTypes>,
    /// The most that all of them may cost, in minor units.
    at_most: Option<u64>,
}

/// The same, as it is written.
#[derive(Deserialize)]
struct UncheckedSelection {
    places: Selection,
    types: Option<RequestedTypes>,
    at_most: Option<u64>,
}

impl TryFrom<UncheckedSelection> for TicketedSelection {
    type Error = InvalidField;

    fn try_from(unchecked: UncheckedSelection) -> Result<Self, InvalidField> {
        let UncheckedSelection { places, types, at_most } = unchecked;
        match places {
            Selection::Ticketed(_) => Err(InvalidField::new("seats", "have their tickets once")),
            places => Ok(Self { places, types, at_most }),
        }
    }
}

impl Selection {
    /// The same places with tickets of these types.
    #[must_use]
    pub fn typed(self, types: RequestedTypes) -> Self {
        let ticketed = TicketedSelection { types: Some(types), ..self.ticketed() };
        Self::Ticketed(Box::new(ticketed))
    }

    /// The same, unless all of it costs more than this, in minor units.
    #[must_use]
    pub fn at_most(self, total: u64) -> Self {
        let ticketed = TicketedSelection { at_most: Some(total), ..self.ticketed() };
        Self::Ticketed(Box::new(ticketed))
    }

    fn ticketed(self) -> TicketedSelection {
        match self {
            Self::Ticketed(ticketed) => *ticketed,
            places => TicketedSelection { places, types: None, at_most: None },
        }
    }

    /// The places, which are not [`Ticketed`](Self::Ticketed), and the types of their tickets, if it
    /// says any.
    #[inline]
    pub fn parts(&self) -> (&Self, Option<&RequestedTypes>) {
        match self {
            Self::Ticketed(ticketed) => (&ticketed.places, ticketed.types.as_ref()),
            places => (places, None),
        }
    }

    /// The most that all of it may cost, if that is said.
    #[inline]
    pub fn limit(&self) -> Option<u64> {
        match self {
            Self::Ticketed(ticketed) => ticketed.at_most,
            _ => None,
        }
    }

    /// Reads one without types.
    #[inline]
    fn untyped<'de, D: BorrowDecoder<'de>>(
        variant: u32,
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        match variant {
            0 => Ok(Self::Seats(SeatLabels::borrow_decode(decoder)?)),
            1 => Ok(Self::Best {
                places: PlaceCount::borrow_decode(decoder)?,
                section: Option::borrow_decode(decoder)?,
                together: Together::borrow_decode(decoder)?,
            }),
            2 => Ok(Self::Standing {
                places: PlaceCount::borrow_decode(decoder)?,
                section: Option::borrow_decode(decoder)?,
            }),
            found => Err(DecodeError::UnexpectedVariant {
                type_name: "Selection",
                allowed: &AllowedEnumVariants::Range { min: 0, max: 3 },
                found,
            }),
        }
    }
}

impl<'de, C> BorrowDecode<'de, C> for Selection {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        match u32::borrow_decode(decoder)? {
            3 => {
                let variant = u32::borrow_decode(decoder)?;
                let places = Self::untyped(variant, decoder)?;
                let types = Option::borrow_decode(decoder)?;
                let at_most = Option::borrow_decode(decoder)?;
                Ok(Self::Ticketed(Box::new(TicketedSelection { places, types, at_most })))
            }
            variant => Self::untyped(variant, decoder),
        }
    }
}

/// Whether the places of a [`Selection::Best`] must be adjacent in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Together {
    /// Adjacent if possible, else in as few rows as close as possible.
    IfPossible,
    /// Adjacent or not at all.
    Required,
}

/// A number of places: 1 to [`MAX_RESERVATION_PLACES`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PlaceCount(u32);

impl PlaceCount {
    pub const ONE: Self = Self(1);

    /// Takes a number within the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names them.
    pub fn new(places: u32) -> Result<Self, InvalidField> {
        if (1..=MAX_RESERVATION_PLACES).contains(&places) {
            Ok(Self(places))
        } else {
            let why =
                format!("a reservation has 1 to {MAX_RESERVATION_PLACES} places, not {places}");
            Err(InvalidField::new("places", why))
        }
    }

    pub const fn as_u32(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for PlaceCount {
    type Error = InvalidField;

    fn try_from(places: u32) -> Result<Self, InvalidField> {
        Self::new(places)
    }
}

impl From<PlaceCount> for u32 {
    fn from(places: PlaceCount) -> Self {
        places.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for PlaceCount {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::new(u32::borrow_decode(decoder)?).map_err(invalid)
    }
}

impl fmt::Debug for PlaceCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Seats of a reservation, by their labels.
pub type Labels = Seats<SeatLabel, { MAX_RESERVATION_PLACES as usize }>;

/// 1 to [`MAX_RESERVATION_PLACES`] labels of seats. The event's hall tells whether two mean the same seat.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "Labels")]
pub struct SeatLabels(Labels);

impl SeatLabels {
    /// Takes a list within the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names the bound.
    pub fn new(labels: impl IntoIterator<Item = SeatLabel>) -> Result<Self, InvalidField> {
        Self::try_from(labels.into_iter().collect::<Labels>())
    }

    /// The labels, as they were given.
    pub fn as_slice(&self) -> &[SeatLabel] {
        &self.0
    }
}

impl TryFrom<Labels> for SeatLabels {
    type Error = InvalidField;

    fn try_from(labels: Labels) -> Result<Self, InvalidField> {
        if labels.is_empty() || labels.len() > MAX_RESERVATION_PLACES as usize {
            let why = format!(
                "a reservation has 1 to {MAX_RESERVATION_PLACES} seats, not {}",
                labels.len()
            );
            return Err(InvalidField::new("seats", why));
        }
        Ok(Self(labels))
    }
}

impl From<SeatLabels> for Labels {
    fn from(labels: SeatLabels) -> Self {
        labels.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for SeatLabels {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::try_from(Labels::borrow_decode(decoder)?).map_err(invalid)
    }
}

/// What a confirm, release or cancel keeps of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Keep {
    /// These of its seats.
    Seats(SeatLabels),
    /// So many of its standing places.
    Standing(PlaceCount),
    /// So many of its standing places of each type.
    Types(TicketCounts),
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Status {
    /// The customer's until a deadline.
    Held,
    Confirmed,
    /// Given back before it was confirmed.
    Released,
    /// Not confirmed in time.
    Expired,
    /// Given back after it was confirmed.
    Cancelled,
    /// Paid late, when one of its places was taken.
    Forfeited,
}

impl Status {
    /// In the order of their numbers on the wire.
    pub const ALL: [Self; 6] = [
        Self::Held,
        Self::Confirmed,
        Self::Released,
        Self::Expired,
        Self::Cancelled,
        Self::Forfeited,
    ];

    /// Whether it has places.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed)
    }

    /// Whether a reservation tells its places: all but a hold that ended, which had no effect.
    pub const fn shows_places(self) -> bool {
        !matches!(self, Self::Released | Self::Expired | Self::Forfeited)
    }

    /// Whether a reservation keeps its places for as long as it is remembered: all but a released
    /// one. An expired one can be paid late.
    pub const fn keeps_places(self) -> bool {
        !matches!(self, Self::Released)
    }

    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Forfeited => "forfeited",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Reservation {
    /// Chosen by the client, unique in its event.
    pub id: ReservationId,
    /// The word by which people find it.
    pub code: BookingCode,
    pub event: EventId,
    pub customer: CustomerId,
    pub status: Status,
    /// What it has; of a cancelled one, what it had at last. None if it was released or expired.
    pub places: Places,
    /// What these places cost, in minor units, at the prices of when they were taken.
    pub total: u64,
    /// What the total is in.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is or was held; for one that was reserved at once, when it was made.
    pub expires_at: Timestamp,
    /// How often it was transferred or exchanged.
    pub revision: u64,
    /// The order that it belongs to.
    pub order: Option<OrderNumber>,
    /// The types of its tickets in the order of its places, neighbours of one type together: of standing
    /// places each type once. Empty if all are of the first type.
    pub tickets: List<TicketCount>,
}

/// The places of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Places {
    /// Seats, by their labels, in the order of sections, rows and numbers.
    Seats(Labels),
    /// Places of a standing section.
    Standing { section: SectionName, places: u32 },
}

impl Places {
    /// The places of a reservation that ended without effect.
    pub fn none() -> Self {
        Self::Seats(Labels::default())
    }
}
