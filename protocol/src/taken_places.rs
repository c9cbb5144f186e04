//! The places of a reservation as changes have them, with the types and the prices of their tickets.

use crate::id::Seat;
use crate::limits::MAX_RESERVATION_PLACES;
use crate::list::Seats;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

/// Seats of a reservation, by number.
pub type TakenSeats = Seats<Seat, { MAX_RESERVATION_PLACES as usize }>;

/// The number of the ticket type of each place of a reservation.
pub type PlaceTypes = Seats<u8, { MAX_RESERVATION_PLACES as usize }>;

/// The price of each place of a reservation.
pub type PlacePrices = Seats<u64, { MAX_RESERVATION_PLACES as usize }>;

/// Places of a reservation, by number. Those with types have some ticket that is not of the first type.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum TakenPlaces {
    /// Seats, ascending, each once, at least one.
    Seats(TakenSeats),
    /// Places of a standing section.
    Standing {
        section: u8,
        /// How many, at least one.
        places: u32,
    },
    /// Seats as above, with the type of each.
    TypedSeats { seats: Box<TakenSeats>, types: Box<PlaceTypes> },
    /// Places of a standing section, with the type of each, ascending.
    TypedStanding { section: u8, places: u32, types: Box<PlaceTypes> },
    /// Seats as above, with the type and the price of each: after an exchange they need not be of
    /// one price list.
    PricedSeats { seats: Box<TakenSeats>, tickets: Box<PricedTickets> },
    /// Places of a standing section, with the type and the price of each, ascending.
    PricedStanding { section: u8, places: u32, tickets: Box<PricedTickets> },
}

/// The type and the price of each of some places.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct PricedTickets {
    /// Empty if all are of the first type.
    types: PlaceTypes,
    prices: PlacePrices,
}

/// A place: its seat, if it is one, the type of its ticket, and its price, if that is said.
pub type TakenPlace = (Option<Seat>, u8, u64);

impl TakenPlaces {
    /// These places, of a standing section or seats, with their prices or without.
    pub fn of(section: Option<u8>, mut places: Vec<TakenPlace>, is_priced: bool) -> Self {
        places.sort_unstable();
        let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let taken = match section {
            Some(section) => Self::Standing { section, places: count },
            None => Self::Seats(places.iter().filter_map(|place| place.0).collect()),
        };
        let types: PlaceTypes = places.iter().map(|place| place.1).collect();
        let prices: PlacePrices =
            places.iter().filter(|_| is_priced).map(|place| place.2).collect();
        taken.with_tickets(&types, &prices)
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Seats(seats) => u32::try_from(seats.len()).unwrap_or(u32::MAX),
            Self::TypedSeats { seats, .. } | Self::PricedSeats { seats, .. } => {
                u32::try_from(seats.len()).unwrap_or(u32::MAX)
            }
            Self::Standing { places, .. }
            | Self::TypedStanding { places, .. }
            | Self::PricedStanding { places, .. } => *places,
        }
    }

    /// The seats among them, if they are seats.
    pub const fn seats(&self) -> Option<&TakenSeats> {
        match self {
            Self::Seats(seats) => Some(seats),
            Self::TypedSeats { seats, .. } | Self::PricedSeats { seats, .. } => Some(&**seats),
            Self::Standing { .. } | Self::TypedStanding { .. } | Self::PricedStanding { .. } => {
                None
            }
        }
    }

    /// The standing section that they are of, if they are not seats.
    pub const fn section(&self) -> Option<u8> {
        match self {
            Self::Standing { section, .. }
            | Self::TypedStanding { section, .. }
            | Self::PricedStanding { section, .. } => Some(*section),
            Self::Seats(_) | Self::TypedSeats { .. } | Self::PricedSeats { .. } => None,
        }
    }

    /// The types of their tickets in the order of the places; empty if all are of the first type.
    pub fn types(&self) -> &[u8] {
        match self {
            Self::Seats(_) | Self::Standing { .. } => &[],
            Self::TypedSeats { types, .. } | Self::TypedStanding { types, .. } => types,
            Self::PricedSeats { tickets, .. } | Self::PricedStanding { tickets, .. } => {
                &tickets.types
            }
        }
    }

    /// The prices of the places in their order; empty if a price list has them.
    pub fn prices(&self) -> &[u64] {
        match self {
            Self::PricedSeats { tickets, .. } | Self::PricedStanding { tickets, .. } => {
                &tickets.prices
            }
            _ => &[],
        }
    }

    /// The same places with tickets of these types, one for each, at the prices of a list.
    #[must_use]
    pub fn with_types(self, types: &[u8]) -> Self {
        let is_first = types.iter().all(|&ticket_type| ticket_type == 0);
        let types = || Box::new(types.iter().copied().collect::<PlaceTypes>());
        match self {
            Self::Seats(seats) if is_first => Self::Seats(seats),
            Self::TypedSeats { seats, .. } | Self::PricedSeats { seats, .. } if is_first => {
                Self::Seats(*seats)
            }
            Self::Seats(seats) => Self::TypedSeats { seats: Box::new(seats), types: types() },
            Self::TypedSeats { seats, .. } | Self::PricedSeats { seats, .. } => {
                Self::TypedSeats { seats, types: types() }
            }
            Self::Standing { section, places }
            | Self::TypedStanding { section, places, .. }
            | Self::PricedStanding { section, places, .. } => {
                if is_first {
                    return Self::Standing { section, places };
                }
                let mut types = types();
                types.sort_unstable();
                Self::TypedStanding { section, places, types }
            }
        }
    }

    /// The same places with tickets of these types at these prices, in their order; without types all
    /// are of the first, without prices a list has them.
    #[must_use]
    pub fn with_tickets(self, types: &[u8], prices: &[u64]) -> Self {
        let taken = self.with_types(types);
        if prices.is_empty() {
            return taken;
        }
        let types = taken.types().iter().copied().collect();
        let prices = prices.iter().copied().collect();
        let tickets = Box::new(PricedTickets { types, prices });
        match taken {
            Self::Seats(seats) => Self::PricedSeats { seats: Box::new(seats), tickets },
            Self::TypedSeats { seats, .. } | Self::PricedSeats { seats, .. } => {
                Self::PricedSeats { seats, tickets }
            }
            Self::Standing { section, places }
            | Self::TypedStanding { section, places, .. }
            | Self::PricedStanding { section, places, .. } => {
                Self::PricedStanding { section, places, tickets }
            }
        }
    }

    /// The places one by one, in their order; of what is not said the first type, and no price.
    pub fn each(&self) -> Vec<TakenPlace> {
        let (seats, types, prices) = (self.seats(), self.types(), self.prices());
        let place = |index: usize| {
            let seat = seats.and_then(|seats| seats.get(index).copied());
            let of = types.get(index).copied().unwrap_or(0);
            (seat, of, prices.get(index).copied().unwrap_or(0))
        };
        (0..self.count() as usize).map(place).collect()
    }

    /// What is left when some, but not all, are given up; none if they are not there.
    pub fn without(&self, gone: &Self) -> Option<Self> {
        match (self, gone) {
            (Self::Seats(have), Self::Seats(gone)) => {
                let left: TakenSeats =
                    have.iter().copied().filter(|seat| !gone.contains(seat)).collect();
                let fits = !left.is_empty() && left.len() + gone.len() == have.len();
                fits.then_some(Self::Seats(left))
            }
            (
                &Self::Standing { section, places },
                &Self::Standing { section: of, places: gone },
            ) if section == of => {
                let places = places.checked_sub(gone).filter(|&left| left > 0)?;
                Some(Self::Standing { section, places })
            }
            (Self::Seats(_) | Self::Standing { .. }, Self::Seats(_) | Self::Standing { .. }) => {
                None
            }
            _ => self.ticketed_without(gone),
        }
    }

    /// All of it together with some that were given up.
    #[must_use]
    pub fn with(&self, more: &Self) -> Self {
        if let (&Self::Standing { section, places }, &Self::Standing { places: more, .. }) =
            (self, more)
        {
            return Self::Standing { section, places: places + more };
        }
        let mut all = self.each();
        all.extend(more.each());
        Self::of(self.section(), all, !self.prices().is_empty())
    }

    fn ticketed_without(&self, gone: &Self) -> Option<Self> {
        let is_priced = !self.prices().is_empty();
        let are_alike = self.section() == gone.section() && is_priced != gone.prices().is_empty();
        if !are_alike || self.count().max(gone.count()) > MAX_RESERVATION_PLACES {
            return None;
        }
        let mut left = self.each();
        for place in gone.each() {
            left.remove(left.iter().position(|one| *one == place)?);
        }
        (!left.is_empty()).then(|| Self::of(self.section(), left, is_priced))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(number: u16) -> Option<Seat> {
        Some(Seat::new(0, 0, number))
    }

    #[test]
    fn what_goes_comes_back_with_its_types_and_prices() {
        let seats =
            |is_priced| TakenPlaces::of(None, vec![(seat(3), 1, 20), (seat(1), 0, 10)], is_priced);
        let standing = |is_priced| {
            let places = vec![(None, 0, 30), (None, 1, 10), (None, 0, 20)];
            TakenPlaces::of(Some(4), places, is_priced)
        };
        let priced = standing(true);
        assert_eq!((priced.types(), priced.prices()), (&[0, 0, 1][..], &[20, 30, 10][..]));
        for all in [seats(false), seats(true), standing(false), standing(true)] {
            let is_priced = !all.prices().is_empty();
            for place in all.each() {
                let gone = TakenPlaces::of(all.section(), vec![place], is_priced);
                let left = all.without(&gone).expect("it is there");
                assert_eq!((left.count() + 1, &left.with(&gone)), (all.count(), &all));
                assert_eq!(all.without(&TakenPlaces::of(Some(5), vec![place], is_priced)), None);
                assert_eq!(
                    all.without(&TakenPlaces::of(all.section(), vec![place], !is_priced)),
                    None
                );
            }
            assert_eq!(all.without(&all), None, "some are left");
        }
    }
}
