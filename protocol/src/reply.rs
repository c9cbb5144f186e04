//! What a server answers.

use crate::change::PlacesChanged;
use crate::event::{EventDetails, EventSummary, SeatMap};
use crate::id::{CustomerId, EventId};
use crate::list::List;
use crate::plan_part::PlanPart;
use crate::refusal::Refusal;
use crate::reservation::Reservation;
use crate::text::Text;
use crate::time::Timestamp;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A reply, or one of the many that a watch is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Reply {
    /// The version it was decided at: the event's; the catalog's for lists of events and
    /// `EventNotFound`; 0 where neither matters.
    pub version: u64,
    /// How old a cached view is, in milliseconds; 0 for everything else.
    pub age_ms: u32,
    pub body: Body,
}

/// The answer itself. Variants are only ever appended.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Body {
    Refused(Refusal),
    Welcome(Box<Welcome>),
    Pong {
        /// What time it is for the server.
        server_time: Timestamp,
    },
    Events {
        /// Ordered by id. Each has a version of its own; together they are no snapshot.
        rows: List<EventSummary>,
        /// Where the next page begins, if there is one.
        next: Option<EventId>,
    },
    Event(Box<EventDetails>),
    Seats(SeatMap),
    /// To `CreateEvent`, `UpdateEvent` and `DeleteEvent`.
    EventSaved {
        /// Whether this request did it.
        effect: Effect,
    },
    /// To every request about one reservation.
    Reservation {
        /// As it is now.
        reservation: Box<Reservation>,
        /// Whether this request did it.
        effect: Effect,
    },
    Reservations {
        /// Ordered by event, then as they were made. Together they are no snapshot. May be empty
        /// although there is a next page.
        rows: List<ReservationRow>,
        /// Where the next page begins, if there is one.
        next: Option<Cursor>,
    },
    /// To `Watch`, at its beginning, after a `Gap`, and when the event's terms changed.
    Snapshot(SeatMap),
    /// To `Watch`: one change, of the reply's version.
    PlacesChanged(PlacesChanged),
    /// To `Watch`: changes were skipped because the watcher was too slow; a snapshot follows.
    Gap,
    /// To `Watch`: the event was deleted; nothing follows.
    WatchEnded,
    /// To `Unwatch`: the watch has ended; nothing more comes of it.
    Unwatched,
    Stats(List<Stat>),
    /// To `Backup`: it is made and durable.
    BackedUp {
        /// How many changes the server had recorded with the last one that is in it.
        position: u64,
        bytes: u64,
    },
    /// To `PutPlan`: more parts have to come.
    PlanPartTaken {
        /// Where the next one begins: so many bytes are there.
        next: u32,
    },
    /// To `PutPlan`: the plan is kept.
    PlanSaved {
        /// Whether this request did it.
        effect: Effect,
    },
    /// To `GetPlan`.
    PlanPart {
        /// Bytes of the whole plan.
        size: u32,
        /// Empty at its end.
        bytes: PlanPart,
    },
    /// To `ConfirmOrder`: the whole order.
    OrderConfirmed {
        /// All that the order has in the event, as they were made, as they are now.
        reservations: List<Reservation>,
        /// Whether this request did it.
        effect: Effect,
    },
}

/// Whether a request changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Effect {
    /// This request's change made the reply's version.
    Applied,
    /// It was so already.
    Unchanged,
}

/// What a client needs to know of the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Welcome {
    /// The version of the protocol that will be spoken.
    pub protocol_version: u16,
    /// The server's name and version.
    pub server: Text,
    /// What time it is for the server. Ids are judged by it.
    pub server_time: Timestamp,
    /// How many requests may be in flight; the server reads no further beyond it.
    pub in_flight: u32,
    /// How long a hold lasts that says nothing, in milliseconds.
    pub hold_default_ms: u64,
    /// The shortest hold, in milliseconds.
    pub hold_min_ms: u64,
    /// The longest hold, and the furthest that one extension reaches, in milliseconds.
    pub hold_max_ms: u64,
    /// How long a hold can live with all its extensions, in milliseconds.
    pub hold_life_ms: u64,
    /// The customer that the client's token is bound to; none for any other token, or without one.
    pub customer: Option<CustomerId>,
}

/// A reservation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct ReservationRow {
    /// The event's version that it shows.
    pub version: u64,
    pub reservation: Reservation,
}

/// Where the next page of reservations begins. Clients send it back and do not look into it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Cursor {
    /// The event it stopped in.
    pub event: EventId,
    /// Where it goes on in it: with the reservations whose beginning made this version of the event
    /// or a later one; none if it is through with the event.
    pub version: Option<u64>,
}

impl PartialOrd for Cursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of the list, so that a client sees whether it goes on.
impl Ord for Cursor {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |cursor: &Self| (cursor.version.is_none(), cursor.version);
        self.event.cmp(&other.event).then_with(|| place(self).cmp(&place(other)))
    }
}

/// One figure about the server. The names are in SPEC.md; a client ignores those it doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Stat {
    /// Its name, in snake case, with its unit.
    pub name: Text,
    pub value: StatValue,
}

/// The value of a [`Stat`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum StatValue {
    Count(u64),
    Text(Text),
}
