//! What happened to an event: the changes that the ledger holds, and what watchers see of them.
//!
//! Changes are the only thing that mutates an event. Each carries what its inverse needs, so that
//! it can be taken back.

use crate::event::{Counts, EventSpec, PlaceState, SalesPhase};
use crate::id::{CustomerId, OrderNumber, Principal, ReservationId, Seat};
use crate::limits::{MAX_RESERVATION_PLACES, MAX_UPDATE_SEATS};
use crate::list::{List, Seats};
use crate::time::Timestamp;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

pub use crate::terms::{EventTerms, TermChange};

/// A change with its circumstances, as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Recorded {
    /// The event's version after it; the first change of a new slug makes version 1.
    pub version: u64,
    /// The server's time at the decision.
    pub at: Timestamp,
    /// The token that asked, where tokens are in use; an expiry has none.
    pub principal: Option<Principal>,
    pub change: Change,
}

/// One thing that happened to an event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Change {
    /// The event came into being, open for sale.
    Created(Box<EventSpec>),
    Updated(Box<Updated>),
    /// A reservation was made, to be confirmed by its deadline.
    Held(NewReservation),
    /// A reservation was made and confirmed in one step.
    Reserved(NewReservation),
    /// A held reservation became confirmed.
    Confirmed {
        id: ReservationId,
        /// The places it gave up, where it kept only some.
        let_go: Option<TakenPlaces>,
    },
    /// A hold's deadline moved.
    Extended {
        id: ReservationId,
        /// The deadline until now.
        from: Timestamp,
        /// The deadline from now on.
        to: Timestamp,
    },
    /// A held reservation gave up places.
    Released {
        id: ReservationId,
        /// The places it gave up, where it kept some and stays held.
        let_go: Option<TakenPlaces>,
    },
    /// Holds were not confirmed in time: from one to [`MAX_EXPIRED_TOGETHER`](crate::limits::MAX_EXPIRED_TOGETHER), each once.
    Expired {
        ids: List<ReservationId>,
    },
    /// A confirmed reservation gave up places.
    Cancelled {
        id: ReservationId,
        /// The places it gave up, where it kept some and stays confirmed.
        let_go: Option<TakenPlaces>,
    },
    /// The event is gone; its last change.
    Deleted,
    /// A reservation became another customer's.
    Transferred {
        id: ReservationId,
        /// The customer that had it until now.
        from: CustomerId,
        /// The customer that has it from now on.
        to: CustomerId,
    },
    /// The sales window came into another phase: sales opened or ended at their time.
    SalesMoved {
        from: SalesPhase,
        to: SalesPhase,
    },
    /// A reservation became one of an order.
    Ordered {
        id: ReservationId,
        order: OrderNumber,
    },
    /// Held reservations of an order became confirmed: from one to
    /// [`MAX_ORDER_RESERVATIONS`](crate::limits::MAX_ORDER_RESERVATIONS), each once.
    ConfirmedTogether {
        ids: List<ReservationId>,
    },
    /// An expired hold was paid late, and became confirmed with all its places.
    Reinstated {
        id: ReservationId,
        places: TakenPlaces,
        /// Until when it was remembered as an expired one.
        until: Timestamp,
    },
    /// An expired hold was paid late, when one of its places was taken.
    Forfeited {
        id: ReservationId,
        /// Until when it was remembered as an expired one.
        until: Timestamp,
    },
}

/// A reservation as it begins.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct NewReservation {
    /// Chosen by the client.
    pub id: ReservationId,
    /// A keyed hash of the request, to know it again.
    pub fingerprint: u64,
    pub customer: CustomerId,
    pub places: TakenPlaces,
    /// Until when it is held; for one that is confirmed at once, the time of the decision.
    pub expires_at: Timestamp,
    /// The order that it belongs to from the beginning.
    pub order: Option<OrderNumber>,
}

/// Seats of a reservation, by number.
pub type TakenSeats = Seats<Seat, { MAX_RESERVATION_PLACES as usize }>;

/// The number of the ticket type of each place of a reservation.
pub type PlaceTypes = Seats<u8, { MAX_RESERVATION_PLACES as usize }>;

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
}

impl TakenPlaces {
    /// How many there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Seats(seats) => u32::try_from(seats.len()).unwrap_or(u32::MAX),
            Self::TypedSeats { seats, .. } => u32::try_from(seats.len()).unwrap_or(u32::MAX),
            Self::Standing { places, .. } | Self::TypedStanding { places, .. } => *places,
        }
    }

    /// The seats among them, if they are seats.
    pub const fn seats(&self) -> Option<&TakenSeats> {
        match self {
            Self::Seats(seats) => Some(seats),
            Self::TypedSeats { seats, .. } => Some(&**seats),
            Self::Standing { .. } | Self::TypedStanding { .. } => None,
        }
    }

    /// The types of their tickets in the order of the places; empty if all are of the first type.
    pub fn types(&self) -> &[u8] {
        match self {
            Self::Seats(_) | Self::Standing { .. } => &[],
            Self::TypedSeats { types, .. } | Self::TypedStanding { types, .. } => types,
        }
    }

    /// The same places with tickets of these types, one for each.
    #[must_use]
    pub fn with_types(self, types: &[u8]) -> Self {
        let is_first = types.iter().all(|&ticket_type| ticket_type == 0);
        let types = || Box::new(types.iter().copied().collect::<PlaceTypes>());
        match self {
            Self::Seats(seats) if is_first => Self::Seats(seats),
            Self::TypedSeats { seats, .. } if is_first => Self::Seats(*seats),
            Self::Seats(seats) => Self::TypedSeats { seats: Box::new(seats), types: types() },
            Self::TypedSeats { seats, .. } => Self::TypedSeats { seats, types: types() },
            Self::Standing { section, places } | Self::TypedStanding { section, places, .. } => {
                if is_first {
                    return Self::Standing { section, places };
                }
                let mut types = types();
                types.sort_unstable();
                Self::TypedStanding { section, places, types }
            }
        }
    }

    /// The type of each place: 0 is the first.
    fn each_type(&self) -> impl Iterator<Item = u8> {
        let first = if self.types().is_empty() { self.count() as usize } else { 0 };
        self.types().iter().copied().chain(std::iter::repeat_n(0, first))
    }

    /// What is left when some, but not all, are given up; none if they are not there.
    pub fn without(&self, gone: &Self) -> Option<Self> {
        let is_plain = self.types().is_empty() && gone.types().is_empty();
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
            _ if is_plain => None,
            _ => self.typed_without(gone),
        }
    }

    /// All of it together with some that were given up.
    #[must_use]
    pub fn with(&self, more: &Self) -> Self {
        let types = self.each_type().chain(more.each_type());
        match (self, more) {
            (
                &(Self::Standing { section, places } | Self::TypedStanding { section, places, .. }),
                more,
            ) => {
                let types: PlaceTypes = types.collect();
                Self::Standing { section, places: places + more.count() }.with_types(&types)
            }
            (have, more) => {
                let [have, more] = [have, more].map(|it| it.seats().map_or(&[][..], |seats| seats));
                let mut all: Vec<(Seat, u8)> =
                    have.iter().chain(more).copied().zip(types).collect();
                all.sort_unstable();
                let types: PlaceTypes = all.iter().map(|&(_, of)| of).collect();
                Self::Seats(all.iter().map(|&(seat, _)| seat).collect()).with_types(&types)
            }
        }
    }

    fn typed_without(&self, gone: &Self) -> Option<Self> {
        let section = |places: &Self| match places {
            Self::Standing { section, .. } | Self::TypedStanding { section, .. } => Some(*section),
            _ => None,
        };
        if section(self) != section(gone) || self.count().max(gone.count()) > MAX_RESERVATION_PLACES
        {
            return None;
        }
        let named = |places: &Self| -> Vec<(Option<Seat>, u8)> {
            let seats = places.seats().map_or(&[][..], |seats| seats);
            let seat = |(index, of)| (seats.get(index).copied(), of);
            places.each_type().enumerate().map(seat).collect()
        };
        let mut left = named(self);
        for place in named(gone) {
            left.remove(left.iter().position(|one| *one == place)?);
        }
        let types: Vec<u8> = left.iter().map(|&(_, of)| of).collect();
        let places = match section(self) {
            Some(section) => Self::Standing { section, places: u32::try_from(left.len()).ok()? },
            None => Self::Seats(left.iter().filter_map(|&(seat, _)| seat).collect()),
        };
        (!left.is_empty()).then(|| places.with_types(&types))
    }
}

/// How an event's terms changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Updated {
    /// What is different: sections that were there by their index, then those that are added.
    pub terms: List<TermChange>,
    /// Seats that are no longer for sale: they were free until now, or the same update adds them.
    pub blocked: List<Seat>,
    /// Seats that were blocked and are free again, or gone with a smaller layout.
    pub unblocked: List<Seat>,
}

impl Updated {
    /// The seats, before and after it, of the sections whose layout it changes.
    pub fn seats(&self) -> (u64, u64) {
        let seats = self.terms.iter().map(TermChange::seats);
        seats.fold((0, 0), |(before, after), (go, come)| (before + go, after + come))
    }
}

/// The part of a change that watchers see: places, states and counts, and no customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct PlacesChanged {
    /// Seats and the state they are in now. Empty where only standing places changed.
    pub seats: List<SeatsNow>,
    /// The counts of every section that changed, by the section's index.
    pub counts: List<(u8, Counts)>,
}

/// Seats that came into one state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct SeatsNow {
    pub state: PlaceState,
    pub seats: Seats<Seat, MAX_UPDATE_SEATS>,
}
