//! The places of a reservation, lent from where they lie.

use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::id::Seat;
use smallvec::SmallVec;

/// The places of a reservation, where they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlacesOf<'a> {
    Seats(&'a [Seat]),
    Standing { section: u8, places: u32 },
}

impl<'a> PlacesOf<'a> {
    /// The places of a change, as they lie.
    pub(crate) fn of(places: &'a TakenPlaces) -> Self {
        match places {
            TakenPlaces::Seats(seats) => Self::Seats(seats),
            TakenPlaces::TypedSeats { seats, .. } | TakenPlaces::PricedSeats { seats, .. } => {
                Self::Seats(seats)
            }
            &(TakenPlaces::Standing { section, places }
            | TakenPlaces::TypedStanding { section, places, .. }
            | TakenPlaces::PricedStanding { section, places, .. }) => {
                Self::Standing { section, places }
            }
        }
    }
}

impl PlacesOf<'_> {
    pub(crate) const NONE: Self = Self::Seats(&[]);

    /// How many there are.
    pub(crate) fn count(self) -> u32 {
        match self {
            Self::Seats(seats) => seats.len().try_into().unwrap_or(u32::MAX),
            Self::Standing { places, .. } => places,
        }
    }

    /// A copy of its own.
    pub(crate) fn to_taken(self) -> TakenPlaces {
        match self {
            Self::Seats(seats) => TakenPlaces::Seats(SmallVec::from_slice(seats).into()),
            Self::Standing { section, places } => TakenPlaces::Standing { section, places },
        }
    }
}
