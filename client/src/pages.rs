//! Lists that come in pages.

use crate::client::Client;
use crate::error::ClientError;
use boxoffice_protocol::event::EventSummary;
use boxoffice_protocol::id::{CustomerId, EventId};
use boxoffice_protocol::reply::{Body, Cursor, ReservationRow};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};

/// Which reservations a list has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReservationFilter {
    /// Only of this event.
    pub event: Option<EventId>,
    /// Only of this customer.
    pub customer: Option<CustomerId>,
}

/// Reservations, page by page; see [`Client::reservations`]. The pages together are no snapshot.
#[derive(Debug)]
pub struct ReservationPages {
    client: Client,
    filter: ReservationFilter,
    position: Position<Cursor>,
}

/// How far a list was read.
#[derive(Debug)]
enum Position<T> {
    Begin,
    After(T),
    End,
}

impl<T: Clone> Position<T> {
    /// Where the next page begins; nothing at the end.
    fn after(&self) -> Option<Option<T>> {
        match self {
            Self::Begin => Some(None),
            Self::After(position) => Some(Some(position.clone())),
            Self::End => None,
        }
    }

    fn next(next: Option<T>) -> Self {
        next.map_or(Self::End, Self::After)
    }
}

impl ReservationPages {
    pub(crate) fn new(client: Client, filter: ReservationFilter) -> Self {
        Self { client, filter, position: Position::Begin }
    }

    /// The next page; nothing after the last one. A page may be empty.
    ///
    /// # Errors
    /// See [`Client::call`]. The same page can be asked for again.
    pub async fn next(&mut self) -> Result<Option<Vec<ReservationRow>>, ClientError> {
        let Some(after) = self.position.after() else { return Ok(None) };
        let ReservationFilter { event, customer } = self.filter.clone();
        let request = Request::ListReservations { event, customer, after, limit: PageLimit::MAX };
        let reply = self.client.call(&request).await?;
        match reply.body {
            Body::Reservations { rows, next } => {
                self.position = Position::next(next);
                Ok(Some(rows.into()))
            }
            _ => Err(ClientError::unexpected(&reply)),
        }
    }

    /// Reads the pages that are left.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn all(mut self) -> Result<Vec<ReservationRow>, ClientError> {
        let mut rows = Vec::new();
        while let Some(mut page) = self.next().await? {
            rows.append(&mut page);
        }
        Ok(rows)
    }
}

/// Events, page by page, in the order of their ids.
#[derive(Debug)]
pub(crate) struct EventPages {
    client: Client,
    freshness: Freshness,
    position: Position<EventId>,
}

impl EventPages {
    pub(crate) fn new(client: Client, freshness: Freshness) -> Self {
        Self { client, freshness, position: Position::Begin }
    }

    /// The next page; nothing after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<EventSummary>>, ClientError> {
        let Some(after) = self.position.after() else { return Ok(None) };
        let request =
            Request::ListEvents { after, limit: PageLimit::MAX, freshness: self.freshness };
        let reply = self.client.call(&request).await?;
        match reply.body {
            Body::Events { rows, next } => {
                self.position = Position::next(next);
                Ok(Some(rows.into()))
            }
            _ => Err(ClientError::unexpected(&reply)),
        }
    }
}
