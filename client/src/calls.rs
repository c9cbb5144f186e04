//! Every request as a method, with the answer that belongs to it.

use crate::client::Client;
use crate::error::ClientError;
use crate::pages::{EventPages, ReservationFilter, ReservationPages};
use crate::watch::Watch;
use boxoffice_protocol::event::{EventDetails, EventSpec, EventSummary, EventUpdate, SeatMap};
use boxoffice_protocol::id::{BackupName, CustomerId, EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply, Stat};
use boxoffice_protocol::request::{Force, Freshness, Request, ReservationKey};
use boxoffice_protocol::reservation::{Keep, Reservation, Selection};
use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

/// Something that was looked at, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    /// What it looked like.
    pub value: T,
    /// At which version.
    pub version: u64,
    /// How old the view is; zero unless it came from the server's cache.
    pub age: Duration,
}

/// An event after a request to create, update or delete it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Whether this request did it.
    pub effect: Effect,
    /// The event's version.
    pub version: u64,
}

/// A reservation after a request about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// As it is now.
    pub reservation: Reservation,
    /// Whether this request did it.
    pub effect: Effect,
    /// The event's version.
    pub version: u64,
}

/// A backup that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// How many changes the server had recorded with the last one that is in it.
    pub position: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Every method is one request, tried as [`call`](Self::call) describes, with its errors.
impl Client {
    /// All events, in the order of their ids.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn events(&self) -> Result<Vec<EventSummary>, ClientError> {
        let mut pages = EventPages::new(self.clone(), Freshness::Cached);
        let mut events = Vec::new();
        while let Some(mut page) = pages.next().await? {
            events.append(&mut page);
        }
        Ok(events)
    }

    /// One event, as it is.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn event(&self, event: &EventId) -> Result<Seen<EventDetails>, ClientError> {
        let request = Request::GetEvent { event: event.clone(), freshness: Freshness::Fresh };
        match self.call(&request).await? {
            Reply { body: Body::Event(details), version, age_ms } => {
                Ok(seen(*details, version, age_ms))
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
    ) -> Result<Seen<SeatMap>, ClientError> {
        match self.call(&Request::Seats { event: event.clone(), freshness }).await? {
            Reply { body: Body::Seats(map), version, age_ms } => Ok(seen(map, version, age_ms)),
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

    /// Changes an event's terms; with `if_version` only if it is still at that version.
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

    /// Holds places; for the server's default time if `ttl` is left out.
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
        self.book(&Request::Reserve { id, event, customer, selection }).await
    }

    /// Confirms a hold, or only what it shall keep.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn confirm(
        &self,
        reservation: &ReservationKey,
        keep: Option<Keep>,
    ) -> Result<Booking, ClientError> {
        self.book(&Request::Confirm { reservation: reservation.clone(), keep }).await
    }

    /// Lets a hold go, but for what it shall keep.
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

    /// Holds for `ttl` from now by the server's time, which is taken once: a repeat after a lost
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

    /// Gives a confirmed reservation back, but for what it shall keep.
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

    /// What a reservation is now.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn reservation(&self, reservation: &ReservationKey) -> Result<Booking, ClientError> {
        self.book(&Request::GetReservation { reservation: reservation.clone() }).await
    }

    /// The reservations that a filter lets through, page by page.
    pub fn reservations(&self, filter: ReservationFilter) -> ReservationPages {
        ReservationPages::new(self.clone(), filter)
    }

    /// Watches an event over a connection of its own, from the beginning or from a version that is
    /// already known.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`], [`ClientError::Tls`] or [`ClientError::Refused`] if that
    /// connection was not made.
    /// What the server says to the watch itself is the first thing that it yields.
    pub async fn watch(
        &self,
        event: EventId,
        from_version: Option<u64>,
    ) -> Result<Watch, ClientError> {
        Watch::open(self.config().clone(), event, from_version).await
    }

    /// Figures about the server.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn stats(&self) -> Result<Vec<Stat>, ClientError> {
        match self.call(&Request::Stats).await? {
            Reply { body: Body::Stats(stats), .. } => Ok(stats.into()),
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// Asks whether the server is there, and what time it is for it.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn ping(&self) -> Result<Timestamp, ClientError> {
        match self.call(&Request::Ping).await? {
            Reply { body: Body::Pong { server_time }, .. } => Ok(server_time),
            other => Err(ClientError::unexpected(&other)),
        }
    }

    /// Has the server make a backup of everything that is durable now, in its own backup folder.
    /// Takes as long as copying its state file does: mind the deadline. The server makes it
    /// although nobody waits for it any more; after a lost connection,
    /// [`BackupRunning`](Refusal::BackupRunning) and [`BackupExists`](Refusal::BackupExists) tell.
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

    async fn book(&self, request: &Request) -> Result<Booking, ClientError> {
        match self.call(request).await? {
            Reply { body: Body::Reservation { reservation, effect }, version, .. } => {
                Ok(Booking { reservation: *reservation, effect, version })
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }
}

fn seen<T>(value: T, version: u64, age_ms: u32) -> Seen<T> {
    Seen { value, version, age: Duration::from_millis(age_ms.into()) }
}

/// Milliseconds as the wire has them; more than it can say is refused as the server would.
fn milliseconds(span: Duration) -> Result<u32, ClientError> {
    u32::try_from(span.as_millis()).map_err(|_| ClientError::Refused {
        refusal: Refusal::invalid("ttl", "is longer than any server holds"),
        version: 0,
    })
}
