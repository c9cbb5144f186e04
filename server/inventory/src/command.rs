//! The commands to an event, and the configured bounds on holds and on what one customer has.

use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::id::{CustomerId, OrderNumber, ReservationId};
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::{Keep, Selection};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// Bounds on holds, from the server's configuration.
#[derive(Debug, Clone, Copy)]
pub struct HoldRules {
    /// How long a hold lasts that says nothing.
    pub default: Duration,
    pub min: Duration,
    /// The longest, and the furthest from now that an extension reaches.
    pub max: Duration,
    /// How long a hold can live with all its extensions.
    pub life: Duration,
    /// Live places that one customer may have whatever is left; it may have as many as are free if
    /// that is more. A live place cannot be taken back, so the bound falls before there are none.
    /// Without it there is no such bound.
    pub assured_places: Option<u32>,
    /// Whether each text of a new reservation names one seat. Then the texts, counted before
    /// it is decided, are as many as its seats.
    pub one_seat_a_text: bool,
    /// Whether the sales window binds the party. Otherwise the event's start bounds its holds.
    pub window: bool,
    /// Whether there are events for the party that are not published.
    pub sees_drafts: bool,
}

/// A transfer, as it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Transfer<'a> {
    pub id: ReservationId,
    /// The customer that has the reservation.
    pub from: CustomerId<&'a str>,
    /// Only if the reservation is at this revision.
    pub if_revision: u64,
    /// The customer that shall have it.
    pub to: CustomerId<&'a str>,
}

/// An exchange, as it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    pub id: ReservationId,
    pub customer: CustomerId<&'a str>,
    /// Only if the reservation is at this revision.
    pub if_revision: u64,
    /// All places that it shall have.
    pub to: &'a Selection,
}

/// A command to an event.
#[derive(Debug, Clone, Copy)]
pub enum Command<'a> {
    Hold {
        /// The new reservation's id.
        id: ReservationId,
        /// Tells the same request from another one.
        fingerprint: u64,
        customer: CustomerId<&'a str>,
        selection: &'a Selection,
        /// For how long; [`HoldRules::default`] if left out.
        ttl: Option<Duration>,
        order: Option<OrderNumber<&'a str>>,
    },
    /// Hold and confirm places.
    Reserve {
        /// The new reservation's id.
        id: ReservationId,
        /// Tells the same request from another one.
        fingerprint: u64,
        customer: CustomerId<&'a str>,
        selection: &'a Selection,
        order: Option<OrderNumber<&'a str>>,
    },
    /// Confirm a held reservation.
    Confirm {
        id: ReservationId,
        customer: CustomerId<&'a str>,
        /// Only these places; all if left out.
        keep: Option<&'a Keep>,
        /// What becomes of a hold that expired before.
        expired: IfExpired,
    },
    /// Let a held reservation go.
    Release {
        id: ReservationId,
        customer: CustomerId<&'a str>,
        /// But not these places; none kept if left out.
        keep: Option<&'a Keep>,
    },
    /// Hold a held reservation at least until a time.
    Extend {
        id: ReservationId,
        customer: CustomerId<&'a str>,
        until: Timestamp,
    },
    /// Let a hold end soon that has exactly this deadline.
    Leave {
        id: ReservationId,
        customer: CustomerId<&'a str>,
        if_expires_at: Timestamp,
    },
    Transfer(Transfer<'a>),
    /// Have other places.
    Exchange(Exchange<'a>),
    /// Have a reservation belong to an order.
    SetOrder {
        id: ReservationId,
        customer: CustomerId<&'a str>,
        order: OrderNumber<&'a str>,
    },
    /// Confirm all held reservations of an order.
    ConfirmOrder {
        order: OrderNumber<&'a str>,
    },
    /// Give a confirmed reservation back.
    Cancel {
        id: ReservationId,
        customer: CustomerId<&'a str>,
        /// But not these places; none kept if left out.
        keep: Option<&'a Keep>,
    },
    /// Look a reservation up. If it is a hold that is due, its expiry is recorded first.
    Get {
        id: ReservationId,
        customer: CustomerId<&'a str>,
    },
    /// Change the event's terms.
    Update {
        /// Only if the event is at this version.
        if_version: Option<u64>,
        update: &'a EventUpdate,
    },
    Delete {
        /// Whether to do it while there are live reservations.
        force: Force,
    },
}

impl<'a> Command<'a> {
    /// The reservation that it is about and the customer that has it if all goes well; none for a
    /// command about the event or an order.
    pub const fn reservation(&self) -> Option<(ReservationId, CustomerId<&'a str>)> {
        match *self {
            Self::Hold { id, customer, .. }
            | Self::Reserve { id, customer, .. }
            | Self::Confirm { id, customer, .. }
            | Self::Release { id, customer, .. }
            | Self::Extend { id, customer, .. }
            | Self::Leave { id, customer, .. }
            | Self::Cancel { id, customer, .. }
            | Self::SetOrder { id, customer, .. }
            | Self::Get { id, customer }
            | Self::Transfer(Transfer { id, to: customer, .. })
            | Self::Exchange(Exchange { id, customer, .. }) => Some((id, customer)),
            Self::ConfirmOrder { .. } | Self::Update { .. } | Self::Delete { .. } => None,
        }
    }
}
