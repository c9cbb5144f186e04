//! Every kind of request as a method, with its reply.

use crate::client::Client;
use crate::error::ClientError;
use crate::pages::{EventPages, ReservationFilter, ReservationPages};
use crate::watch::EventWatch;
use boxoffice_protocol::event::{EventDetails, EventSpec, EventSummary, EventUpdate, SeatMap};
use boxoffice_protocol::id::{BackupName, CustomerId, EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply, Stat};
use boxoffice_protocol::request::{Force, Freshness, IfExpired, Request, ReservationKey};
use boxoffice_protocol::reservation::{Keep, Reservation, Selection};
use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

/// A view with its version and age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    pub value: T,
    pub version: u64,
    /// The age of the view; zero unless it came from the server's cache.
    pub age: Duration,
}

/// An event after a request to create, update or delete it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Whether this request changed it, or an earlier one.
    pub effect: Effect,
    pub version: u64,
}

/// A reservation after a request about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    pub reservation: Reservation,
    /// Whether this request changed it, or an earlier one.
    pub effect: Effect,
    pub version: u64,
}

/// The reservations of an order after its confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedOrder {
    /// All that it has in the event, as they were made.
    pub reservations: Vec<Reservation>,
    /// Whether this request confirmed them, or an earlier one.
    pub effect: Effect,
    pub version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// The ledger position of its last change.
    pub position: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Every method is one request, retried as [`call`](Self::call) describes.
impl Client {
    /// All events, in the order of their ids.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn events(&self) -> Result<Vec<EventSummary>, ClientError> {
        let mut pages = EventPages::new(self.clone());
        let mut events = Vec::new();
        while let Some(mut page) = pages.next().await? {
            events.append(&mut page);
        }
        Ok(events)
    }

    /// One event, fresh.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn event(&self, event: &EventId) -> Result<Versioned<EventDetails>, ClientError> {
        let request = Request::GetEvent { event: event.clone(), freshness: Freshness::Fresh };
        match self.call(&request).await? {
            Reply { body: Body::Event(details), version, age_ms } => {
                Ok(versioned(*details, version, age_ms))
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// The state of every seat of an event.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn seats(
        &self,
        event: &EventId,
        freshness: Freshness,
    ) -> Result<Versioned<SeatMap>, ClientError> {
        match self.call(&Request::Seats { event: event.clone(), freshness }).await? {
            Reply { body: Body::Seats(map), version, age_ms } => {
                Ok(versioned(map, version, age_ms))
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// Creates an event.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn create_event(
        &self,
        event: &EventId,
        spec: EventSpec,
    ) -> Result<Saved, ClientError> {
        let spec = Box::new(spec);
        self.save(&Request::CreateEvent { event: event.clone(), spec }).await
    }

    /// Changes the terms of an event; with `if_version` only if it is still at that version.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn update_event(
        &self,
        event: &EventId,
        if_version: Option<u64>,
        update: EventUpdate,
    ) -> Result<Saved, ClientError> {
        let (event, update) = (event.clone(), Box::new(update));
        self.save(&Request::UpdateEvent { event, if_version, update }).await
    }

    /// Deletes an event.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn delete_event(&self, event: &EventId, force: Force) -> Result<Saved, ClientError> {
        self.save(&Request::DeleteEvent { event: event.clone(), force }).await
    }

    /// Holds places, for the server's default time without `ttl`.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn hold(
        &self,
        id: ReservationId,
        event: &EventId,
        customer: &CustomerId,
        selection: &Selection,
        ttl: Option<Duration>,
    ) -> Result<Booking, ClientError> {
        let request = Request::Hold {
            id,
            event: event.clone(),
            customer: customer.clone(),
            selection: selection.clone(),
            ttl_ms: ttl.map(milliseconds).transpose()?,
            order: None,
        };
        self.book(&request).await
    }

    /// Holds and confirms places in one step.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn reserve(
        &self,
        id: ReservationId,
        event: &EventId,
        customer: &CustomerId,
        selection: &Selection,
    ) -> Result<Booking, ClientError> {
        let (event, customer) = (event.clone(), customer.clone());
        let selection = selection.clone();
        self.book(&Request::Reserve { id, event, customer, selection, order: None }).await
    }

    /// Confirms a hold, or the part that `keep` names.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn confirm(
        &self,
        reservation: &ReservationKey,
        keep: Option<Keep>,
    ) -> Result<Booking, ClientError> {
        let (reservation, expired) = (reservation.clone(), IfExpired::Refuse);
        self.book(&Request::Confirm { reservation, keep, expired }).await
    }

    /// Confirms a hold that was paid late: all its places, if they are free. Otherwise it is
    /// forfeited, which is `WrongStatus`, now and ever.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn reinstate(&self, reservation: &ReservationKey) -> Result<Booking, ClientError> {
        let (reservation, expired) = (reservation.clone(), IfExpired::Reinstate);
        self.book(&Request::Confirm { reservation, keep: None, expired }).await
    }

    /// Releases a hold, except the part that `keep` names.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn release(
        &self,
        reservation: &ReservationKey,
        keep: Option<Keep>,
    ) -> Result<Booking, ClientError> {
        self.book(&Request::Release { reservation: reservation.clone(), keep }).await
    }

    /// Extends a hold to `ttl` from now. The server's time is taken once, so a repeat after a lost
    /// connection extends no further.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn extend(
        &self,
        reservation: &ReservationKey,
        ttl: Duration,
    ) -> Result<Booking, ClientError> {
        let until = self.server_now().plus(ttl);
        self.book(&Request::Extend { reservation: reservation.clone(), until }).await
    }

    /// Lets a hold end soon, unless it is extended. It does so only if `if_expires_at` is the hold's
    /// deadline: a hold that was extended meanwhile is not left.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn leave(
        &self,
        reservation: &ReservationKey,
        if_expires_at: Timestamp,
    ) -> Result<Booking, ClientError> {
        self.book(&Request::Leave { reservation: reservation.clone(), if_expires_at }).await
    }

    /// Cancels a confirmed reservation, except the part that `keep` names.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn cancel(
        &self,
        reservation: &ReservationKey,
        keep: Option<Keep>,
    ) -> Result<Booking, ClientError> {
        self.book(&Request::Cancel { reservation: reservation.clone(), keep }).await
    }

    /// The present state of a reservation.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn reservation(&self, reservation: &ReservationKey) -> Result<Booking, ClientError> {
        self.book(&Request::GetReservation { reservation: reservation.clone() }).await
    }

    /// The reservations that match a filter, page by page.
    pub fn reservations(&self, filter: ReservationFilter) -> ReservationPages {
        ReservationPages::new(self.clone(), filter)
    }

    /// Watches an event over a connection of its own, from a snapshot on or from a version that is
    /// already known.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`], [`ClientError::Tls`] or [`ClientError::Refused`] if that
    /// connection was not made.
    /// A refusal of the watch itself is the first item that it yields.
    pub async fn watch(
        &self,
        event: EventId,
        from_version: Option<u64>,
    ) -> Result<EventWatch, ClientError> {
        EventWatch::open(self.config().clone(), event, from_version).await
    }

    /// The server's figures.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn stats(&self) -> Result<Vec<Stat>, ClientError> {
        match self.call(&Request::Stats).await? {
            Reply { body: Body::Stats(stats), .. } => Ok(stats.into()),
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// Checks that the server answers, and returns its time.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn ping(&self) -> Result<Timestamp, ClientError> {
        match self.call(&Request::Ping).await? {
            Reply { body: Body::Pong { server_time }, .. } => Ok(server_time),
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// Has the server back up everything that is durable now, into its own backup folder. It takes as
    /// long as a copy of the state file: mind the deadline. The server finishes the backup without its
    /// client; after a lost connection, [`BackupRunning`](Refusal::BackupRunning) and
    /// [`BackupExists`](Refusal::BackupExists) tell its state.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn backup(&self, name: &BackupName) -> Result<BackedUp, ClientError> {
        match self.call(&Request::Backup { name: name.clone() }).await? {
            Reply { body: Body::BackedUp { position, bytes }, .. } => {
                Ok(BackedUp { position, bytes })
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }

    async fn save(&self, request: &Request) -> Result<Saved, ClientError> {
        match self.call(request).await? {
            Reply { body: Body::EventSaved { effect }, version, .. } => {
                Ok(Saved { effect, version })
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// Sends a request about one reservation: a `Hold` or `Reserve` with an order, for example.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn book(&self, request: &Request) -> Result<Booking, ClientError> {
        match self.call(request).await? {
            Reply { body: Body::Reservation { reservation, effect }, version, .. } => {
                Ok(Booking { reservation: *reservation, effect, version })
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }
}

fn versioned<T>(value: T, version: u64, age_ms: u32) -> Versioned<T> {
    Versioned { value, version, age: Duration::from_millis(age_ms.into()) }
}

/// Milliseconds of the wire. A longer span is refused like by the server.
fn milliseconds(span: Duration) -> Result<u64, ClientError> {
    u64::try_from(span.as_millis()).map_err(|_| ClientError::Refused {
        refusal: Refusal::invalid("ttl", "is longer than any server holds"),
        version: 0,
    })
}
