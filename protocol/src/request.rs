//! What a client can ask.

use crate::event::{EventSpec, EventUpdate};
use crate::id::{
    BackupName, BookingCode, ClientName, CustomerId, EventId, OrderNumber, PlanDigest,
    ReservationId, Token,
};
use crate::limits::MAX_PAGE_ROWS;
use crate::plan_part::PlanPart;
use crate::reply::Cursor;
use crate::reservation::{Keep, Selection};
use crate::text::{InvalidField, invalid};
use crate::time::Timestamp;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, VariantArray, VariantNames};

/// A request. Its first byte on the wire is the variant's place in this list; variants are only
/// ever appended.
///
/// Every request may be sent again: the same request never has a second effect.
///
/// The names of what it is about are kept in a `T`: in a `&str` they lie where the request was read.
#[derive(
    Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize, EnumDiscriminants,
)]
#[bincode(encode_bounds = "T: AsRef<str>", borrow_decode_bounds = "T: From<&'__de str>")]
#[serde(bound(serialize = "T: AsRef<str>", deserialize = "T: for<'a> From<&'a str>"))]
#[strum_discriminants(name(RequestKind), derive(Hash, VariantArray, VariantNames))]
#[strum_discriminants(
    doc = "A request without its fields. Its number is its first byte on the wire."
)]
pub enum Request<T = CompactString> {
    /// The first request of every connection.
    Hello(Hello),
    /// Are you there? Answered by `Pong`; keeps an idle connection open.
    Ping,
    /// A page of the events, in the order of their ids.
    ListEvents {
        /// Begin after this one.
        after: Option<EventId<T>>,
        /// At most so many rows.
        limit: PageLimit,
        /// Whether a cached page will do.
        freshness: Freshness,
    },
    GetEvent {
        event: EventId<T>,
        /// Whether a cached answer will do.
        freshness: Freshness,
    },
    /// The state of every seat of an event.
    Seats {
        event: EventId<T>,
        /// Whether a cached answer will do.
        freshness: Freshness,
    },
    /// Creates an event; the same one again answers as before.
    CreateEvent {
        event: EventId<T>,
        spec: Box<EventSpec>,
    },
    /// Changes an event's terms.
    UpdateEvent {
        event: EventId<T>,
        /// Only if it is still at this version.
        if_version: Option<u64>,
        /// What shall be otherwise.
        update: Box<EventUpdate>,
    },
    DeleteEvent {
        event: EventId<T>,
        /// What to do with live reservations.
        force: Force,
    },
    /// Holds places until a deadline.
    Hold {
        /// Chosen by the client, new for every new wish, the same when it sends again.
        id: ReservationId,
        event: EventId<T>,
        customer: CustomerId<T>,
        selection: Selection,
        /// For how many milliseconds; the server's default if left out.
        ttl_ms: Option<u64>,
        /// The order that it belongs to, if that is known already.
        order: Option<OrderNumber<T>>,
    },
    /// Holds and confirms in one step.
    Reserve {
        /// Chosen by the client, new for every new wish, the same when it sends again.
        id: ReservationId,
        event: EventId<T>,
        customer: CustomerId<T>,
        selection: Selection,
        /// The order that it belongs to, if that is known already.
        order: Option<OrderNumber<T>>,
    },
    /// Makes a held reservation confirmed.
    Confirm {
        reservation: ReservationKey<T>,
        /// Only these places, the others let go; all of them if left out.
        keep: Option<Keep>,
        /// What becomes of a hold that expired before.
        expired: IfExpired,
    },
    /// Lets a held reservation go.
    Release {
        reservation: ReservationKey<T>,
        /// But not these places; none kept if left out.
        keep: Option<Keep>,
    },
    /// Holds a held reservation at least until a time. Never shortens it.
    Extend {
        reservation: ReservationKey<T>,
        /// Until when, in the server's time.
        until: Timestamp,
    },
    /// Gives a confirmed reservation back.
    Cancel {
        reservation: ReservationKey<T>,
        /// But not these places; none kept if left out.
        keep: Option<Keep>,
    },
    /// What a reservation is now.
    GetReservation {
        reservation: ReservationKey<T>,
    },
    /// A page of reservations, ended ones too while they are remembered.
    ListReservations {
        /// Only of this event.
        event: Option<EventId<T>>,
        /// Only of this customer.
        customer: Option<CustomerId<T>>,
        /// Only those with this booking code: one as a rule, but there may be several.
        code: Option<BookingCode>,
        /// Only those of this order.
        order: Option<OrderNumber<T>>,
        /// Begin after this one: the `next` of the page before.
        after: Option<Cursor>,
        /// At most so many rows.
        limit: PageLimit,
    },
    /// Sends a snapshot and then every change of a place, until `Unwatch` or the event's end.
    Watch {
        event: EventId<T>,
        /// The version the client already knows: goes on from there, without a snapshot, if the
        /// server still can.
        from_version: Option<u64>,
    },
    Unwatch {
        event: EventId<T>,
    },
    /// How the server is doing.
    Stats,
    /// Makes a backup of everything that is durable now, where the server keeps its backups.
    Backup {
        /// What it shall be called; nothing has this name yet.
        name: BackupName,
    },
    /// Lets a hold end soon unless it is extended: its customer may have left, or be on the way
    /// back.
    Leave {
        reservation: ReservationKey<T>,
        /// The deadline that the hold has; with any other nothing changes.
        if_expires_at: Timestamp,
    },
    /// Brings a part of a plan. The plan is kept once its last part has come.
    PutPlan {
        digest: PlanDigest,
        /// The bytes before this part.
        offset: u32,
        /// Empty: nothing more comes.
        bytes: PlanPart,
    },
    /// A part of a plan that the server keeps.
    GetPlan {
        digest: PlanDigest,
        /// The bytes before the part.
        offset: u32,
    },
    /// Gives a held or confirmed reservation to another customer.
    Transfer {
        reservation: ReservationKey<T>,
        /// The revision that it has; with any other nothing changes.
        if_revision: u64,
        /// The customer that has it from then on.
        to: CustomerId<T>,
    },
    /// Says which order a held or confirmed reservation belongs to. It belongs to one for ever.
    SetOrder {
        reservation: ReservationKey<T>,
        order: OrderNumber<T>,
    },
    /// Makes all held reservations of an order confirmed, or none.
    ConfirmOrder {
        event: EventId<T>,
        order: OrderNumber<T>,
    },
    /// Gives a held or confirmed reservation other places, all of them or none.
    Exchange {
        reservation: ReservationKey<T>,
        /// The revision that it has; with any other nothing changes.
        if_revision: u64,
        /// All that it has from then on. The best places are for new reservations only.
        to: Selection,
    },
}

impl<T> Request<T> {
    /// What it asks for, without the particulars.
    pub fn kind(&self) -> RequestKind {
        self.into()
    }

    /// The event that it names.
    pub fn event(&self) -> Option<&EventId<T>> {
        match self {
            Self::GetEvent { event, .. }
            | Self::Seats { event, .. }
            | Self::CreateEvent { event, .. }
            | Self::UpdateEvent { event, .. }
            | Self::DeleteEvent { event, .. }
            | Self::Hold { event, .. }
            | Self::Reserve { event, .. }
            | Self::Watch { event, .. }
            | Self::ConfirmOrder { event, .. }
            | Self::Unwatch { event } => Some(event),
            Self::ListReservations { event, .. } => event.as_ref(),
            _ => self.key().map(|key| &key.event),
        }
    }

    /// The customer that it names.
    pub fn customer(&self) -> Option<&CustomerId<T>> {
        match self {
            Self::Hold { customer, .. } | Self::Reserve { customer, .. } => Some(customer),
            Self::ListReservations { customer, .. } => customer.as_ref(),
            _ => self.key().map(|key| &key.customer),
        }
    }

    /// The reservation that it is about.
    pub fn reservation(&self) -> Option<ReservationId> {
        match self {
            Self::Hold { id, .. } | Self::Reserve { id, .. } => Some(*id),
            _ => self.key().map(|key| key.id),
        }
    }

    fn key(&self) -> Option<&ReservationKey<T>> {
        match self {
            Self::Confirm { reservation, .. }
            | Self::Release { reservation, .. }
            | Self::Extend { reservation, .. }
            | Self::Leave { reservation, .. }
            | Self::Transfer { reservation, .. }
            | Self::Exchange { reservation, .. }
            | Self::SetOrder { reservation, .. }
            | Self::Cancel { reservation, .. }
            | Self::GetReservation { reservation } => Some(reservation),
            _ => None,
        }
    }
}

impl RequestKind {
    /// All of them, by their numbers.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// Its name, as SPEC.md has it.
    pub const fn name(self) -> &'static str {
        <Self as VariantNames>::VARIANTS[self as usize]
    }
}

/// How a connection begins. Its layout is the same in every version of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Hello {
    pub magic: [u8; 4],
    /// The version of the protocol that the client will speak.
    pub protocol_version: u16,
    /// Who is asking, where the server wants to know.
    pub token: Option<Token>,
    /// What the client calls itself.
    pub client: ClientName,
    /// How many requests it would like to have in flight; 0 for the default.
    pub in_flight: u32,
}

/// Names a reservation and says who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
#[bincode(encode_bounds = "T: AsRef<str>", borrow_decode_bounds = "T: From<&'__de str>")]
#[serde(bound(serialize = "T: AsRef<str>", deserialize = "T: for<'a> From<&'a str>"))]
pub struct ReservationKey<T = CompactString> {
    pub event: EventId<T>,
    pub id: ReservationId,
    pub customer: CustomerId<T>,
}

/// Whether an answer may come from the cache.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize,
)]
pub enum Freshness {
    /// It may be as old as the server's `views.max_age`; it says how old.
    #[default]
    Cached,
    /// It must show the event as it is.
    Fresh,
}

/// What a confirm does if the hold has expired.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IfExpired {
    /// Refuse.
    #[default]
    Refuse,
    /// Confirm it all the same if its places are free, or forfeit it.
    Reinstate,
}

/// Whether a deletion may end reservations.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize,
)]
pub enum Force {
    /// Refuse while there are live ones.
    #[default]
    No,
    /// They end with the event.
    Yes,
}

/// How many rows of a list: 1 to [`MAX_PAGE_ROWS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PageLimit(u32);

impl PageLimit {
    pub const MAX: Self = Self(MAX_PAGE_ROWS);

    /// Takes a number within the bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names them.
    pub fn new(rows: u32) -> Result<Self, InvalidField> {
        if (1..=MAX_PAGE_ROWS).contains(&rows) {
            Ok(Self(rows))
        } else {
            Err(InvalidField::new(
                "limit",
                format!("a page has 1 to {MAX_PAGE_ROWS} rows, not {rows}"),
            ))
        }
    }

    pub const fn as_u32(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for PageLimit {
    type Error = InvalidField;

    fn try_from(rows: u32) -> Result<Self, InvalidField> {
        Self::new(rows)
    }
}

impl From<PageLimit> for u32 {
    fn from(limit: PageLimit) -> Self {
        limit.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for PageLimit {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::new(u32::borrow_decode(decoder)?).map_err(invalid)
    }
}
