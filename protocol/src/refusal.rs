//! Why a server says no. Every refusal has a code for ever; SPEC.md says of each whether anything
//! was applied, and whether and how to try again.

use crate::event::{SalesState, ZonedTime};
use crate::id::{OrderNumber, SeatLabel};
use crate::list::List;
use crate::reservation::Status;
use crate::text::{InvalidField, Text};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, VariantNames};
use thiserror::Error;

/// A refusal. Its [`code`](Self::code) is its place in this list, from 1; variants are only ever
/// appended. Where several would be true, SPEC.md says which one is told.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Error,
    Encode,
    BorrowDecode,
    Serialize,
    Deserialize,
    EnumDiscriminants,
    VariantNames,
)]
#[strum_discriminants(name(Kind), vis(pub(self)))]
pub enum Refusal {
    /// Something in the request is not as it must be.
    #[error("{field}: {why}")]
    Invalid {
        field: Text,
        /// What would be right.
        why: Text,
    },
    /// The server does not know this request, or not this version of the protocol.
    #[error("{what} is not supported; this server speaks protocol versions {versions:?}")]
    Unsupported {
        /// What it does not know.
        what: Text,
        /// Every version it speaks.
        versions: List<u16>,
    },
    #[error("the server is busy; try again in {retry_after_ms} ms")]
    Busy {
        /// How long to wait, in milliseconds.
        retry_after_ms: u32,
    },
    /// The server cannot do it now. Nothing was applied.
    #[error("not available now: {}", why.explain())]
    Unavailable {
        /// What is in the way.
        why: UnavailableWhy,
    },
    /// There is no such event.
    #[error("there is no such event; `boxoffice events` lists them")]
    EventNotFound,
    /// There is another event under this slug.
    #[error("another event has this id already; choose a different one, or update it")]
    EventExists,
    /// There is no such reservation, or it was forgotten a day after it ended.
    #[error("there is no such reservation of this event")]
    ReservationNotFound,
    /// The reservation is another customer's.
    #[error("this reservation is another customer's")]
    NotYours,
    /// The reservation's id was used for another request.
    #[error("this reservation id was used for another request; a new wish needs a new id")]
    IdConflict,
    /// The event has no sales now: they are closed, not open yet, or over.
    #[error("{}", no_sales(*sales, at.as_deref(), *in_ms))]
    SalesClosed {
        sales: SalesState,
        /// When they open, or when they ended.
        at: Option<Box<ZonedTime>>,
        /// How long it is until they open, in milliseconds.
        in_ms: u64,
    },
    /// The event has no such seats, or sells none of them.
    #[error("no such seat: {}", list(seats))]
    NoSuchSeat { seats: List<SeatLabel> },
    /// It would be more than a limit allows.
    #[error("the limit is {limit}, and {have} are in use")]
    LimitExceeded {
        limit: u64,
        /// How much of it is used already.
        have: u64,
    },
    /// The hold's deadline has passed.
    #[error("the hold has expired; its places were given back")]
    HoldExpired,
    /// The reservation is confirmed; it can only be cancelled.
    #[error("the reservation is confirmed; cancel it to give places back")]
    AlreadyConfirmed,
    /// The reservation's status does not allow it.
    #[error("the reservation is {status}")]
    WrongStatus { status: Status },
    /// Some of the seats are taken.
    #[error("taken: {}", list(seats))]
    SeatsTaken { seats: List<SeatLabel> },
    /// There are not enough free places.
    #[error("sold out: {free} free")]
    SoldOut {
        /// How many there are.
        free: u64,
    },
    /// There are enough free seats, but not adjacent.
    #[error("no such block of adjacent seats; the largest has {largest}")]
    NotTogether {
        /// The most that are adjacent.
        largest: u32,
    },
    /// The event has live reservations; deleting it must be forced.
    #[error("{live} live reservations would end with it; force it, or wait")]
    ReservationsLive { live: u64 },
    /// The event is not at the version that was asked for.
    #[error("the event is at version {current}; look at it again")]
    VersionConflict {
        /// The version it is at.
        current: u64,
    },
    /// The server failed after the request was applied and before it was durable. Only the same
    /// request with the same id tells.
    #[error("the outcome is unknown; send the same request with the same id again")]
    OutcomeUnknown,
    /// The token does not allow it.
    #[error("not allowed: {why}")]
    NotAllowed { why: Text },
    /// The server was not told where to keep backups.
    #[error("this server keeps no backups: start it with --backup-dir FOLDER")]
    NoBackupFolder,
    /// There is one of this name.
    #[error("there is a backup of this name; choose another one")]
    BackupExists,
    /// One at a time.
    #[error("another backup is being made; try again when it is done")]
    BackupRunning,
    /// The backup could not be made. Nothing is left of it, and nothing else was touched.
    #[error("the backup failed: {why}")]
    BackupFailed { why: Text },
    /// The server keeps no such plan.
    #[error("the server keeps no such plan; `boxoffice plan put FILE` brings it")]
    PlanNotFound,
    /// The reservation is not at the revision that was asked for.
    #[error("the reservation is at revision {current}; look at it again")]
    RevisionConflict {
        /// The revision it is at.
        current: u64,
    },
    /// The event does not take place.
    #[error("the event is cancelled")]
    EventCancelled,
    /// The reservation belongs to another order.
    #[error("the reservation belongs to the order {order}")]
    OrderConflict {
        /// The order that it belongs to.
        order: OrderNumber,
    },
    /// There are no tickets of a type in a section.
    #[error("no tickets of the type {ticket_type} are sold in {category}")]
    NotForSale { category: Text, ticket_type: Text },
    /// The places cost more than the request allows.
    #[error("it costs {total} now, in the smallest unit of its currency: more than was allowed")]
    PriceChanged {
        /// What they cost, in minor units.
        total: u64,
    },
}

/// What is in the way of an [`Unavailable`](Refusal::Unavailable) request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum UnavailableWhy {
    /// The disk is nearly full.
    StorageFull,
    /// The disk failed; the server is about to end.
    StorageFailed,
    /// The server is shutting down.
    ShuttingDown,
    /// The server's memory for events, plans or reservations is used up.
    TooMany,
    /// The state file is behind; admission slows to what it can follow.
    Backlog,
    /// The store that several servers share does not answer.
    SharedStore,
}

impl UnavailableWhy {
    const fn explain(self) -> &'static str {
        match self {
            Self::StorageFull => "the server's disk is nearly full",
            Self::StorageFailed => "the server's disk failed",
            Self::ShuttingDown => "the server is shutting down",
            Self::TooMany => "the server holds as many events, plans or reservations as it may",
            Self::Backlog => "the server's state file is behind; try again shortly",
            Self::SharedStore => {
                "the store that the servers share does not answer; try again shortly"
            }
        }
    }
}

impl Refusal {
    /// How many kinds this version of the protocol has: the largest code.
    #[expect(clippy::cast_possible_truncation, reason = "there are some dozens")]
    pub const KINDS: u16 = Self::VARIANTS.len() as u16;

    /// A refusal of a request in which `field` breaks its rule.
    pub fn invalid(field: impl Into<Text>, why: impl Into<Text>) -> Self {
        Self::Invalid { field: field.into(), why: why.into() }
    }

    /// The frozen number of this kind of refusal.
    pub fn code(&self) -> u16 {
        Kind::from(self) as u16 + 1
    }

    /// The name of this kind of refusal, as SPEC.md has it.
    pub fn name(&self) -> &'static str {
        Self::VARIANTS[Kind::from(self) as usize]
    }

    /// The name of the kind of refusal with this code; none where there is no such kind.
    pub fn name_of(code: u16) -> Option<&'static str> {
        Self::VARIANTS.get(usize::from(code).checked_sub(1)?).copied()
    }
}

impl From<InvalidField> for Refusal {
    fn from(error: InvalidField) -> Self {
        Self::invalid(error.field, error.why)
    }
}

impl Refusal {
    /// The operator closed the event's sales.
    pub const CLOSED: Self = Self::SalesClosed { sales: SalesState::Closed, at: None, in_ms: 0 };
}

fn no_sales(sales: SalesState, at: Option<&ZonedTime>, in_ms: u64) -> String {
    match (sales, at) {
        (SalesState::Scheduled, Some(at)) => format!("sales open {at}, in {}", span(in_ms)),
        (SalesState::Ended, Some(at)) => format!("sales ended {at}"),
        (sales, _) => format!("sales are {sales}"),
    }
}

/// About how long it is, for people: `40 s`, `90 min`, `3 h`, `12 days`.
fn span(ms: u64) -> String {
    let units = [("s", 1_000, 120_000), ("min", 60_000, 7_200_000), ("h", 3_600_000, 172_800_000)];
    let fits = units.into_iter().find(|&(_, _, below)| ms < below);
    let (unit, one, _) = fits.unwrap_or(("days", 86_400_000, 0));
    format!("{} {unit}", ms.div_ceil(one).max(1))
}

fn list(seats: &[SeatLabel]) -> String {
    seats.iter().map(SeatLabel::to_string).collect::<Vec<_>>().join(" ")
}
