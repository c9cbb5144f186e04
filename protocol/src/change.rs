//! What happened to an event: the changes that the ledger holds, and what watchers see of them.
//!
//! Changes are the only thing that mutates an event. Each carries what its inverse needs, so that
//! it can be taken back.

use crate::event::{Counts, EventSpec, PlaceState, SalesPhase};
use crate::id::{CustomerId, OrderNumber, Principal, ReservationId, Seat};
use crate::limits::MAX_UPDATE_SEATS;
use crate::list::{List, Seats};
use crate::time::Timestamp;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

pub use crate::taken_places::{
    PlacePrices, PlaceTypes, PricedTickets, TakenPlace, TakenPlaces, TakenSeats,
};
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
    /// A reservation has other places.
    Exchanged {
        id: ReservationId,
        /// The places that it had until now.
        from: TakenPlaces,
        /// The places that it has from now on.
        to: TakenPlaces,
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
