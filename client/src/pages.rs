//! Lists, page by page.

use crate::client::Client;
use crate::error::ClientError;
use boxoffice_protocol::event::EventSummary;
use boxoffice_protocol::id::{BookingCode, CustomerId, EventId, OrderNumber};
use boxoffice_protocol::reply::{Body, Cursor, ReservationRow};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};

/// The reservations of a list: those that match all given fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReservationFilter {
    pub event: Option<EventId>,
    pub customer: Option<CustomerId>,
    /// The booking code; several reservations may have it.
    pub code: Option<BookingCode>,
    /// The shop's own number of the sale.
    pub order: Option<OrderNumber>,
}

/// Reservations, page by page, from [`Client::reservations`]. The pages together are no snapshot.
#[derive(Debug)]
pub struct ReservationPages {
    client: Client,
    filter: ReservationFilter,
    next_page: NextPage<Cursor>,
}

/// The position in a list.
#[derive(Debug)]
enum NextPage<T> {
    Begin,
    After(T),
    End,
}

impl<T: Clone + Ord> NextPage<T> {
    /// The key behind which the next page begins; none at the end.
    fn after(&self) -> Option<Option<T>> {
        match self {
            Self::Begin => Some(None),
            Self::After(next_page) => Some(Some(next_page.clone())),
            Self::End => None,
        }
    }

    /// Moves to the page behind `next`, which has to be behind this one: the list has an end.
    fn move_to(&mut self, next: Option<T>) -> Result<(), ClientError> {
        let grows = match (&*self, &next) {
            (Self::After(last), Some(next)) => next > last,
            _ => true,
        };
        if !grows {
            return Err(ClientError::endless());
        }
        *self = next.map_or(Self::End, Self::After);
        Ok(())
    }
}

impl ReservationPages {
    pub(crate) fn new(client: Client, filter: ReservationFilter) -> Self {
        Self { client, filter, next_page: NextPage::Begin }
    }

    /// The next page; none after the last one. A page may be empty.
    ///
    /// # Errors
    /// See [`Client::call`]. The same page can be asked for again.
    pub async fn next(&mut self) -> Result<Option<Vec<ReservationRow>>, ClientError> {
        let Some(after) = self.next_page.after() else { return Ok(None) };
        let ReservationFilter { event, customer, code, order } = self.filter.clone();
        let request = Request::ListReservations {
            event,
            customer,
            code,
            order,
            after,
            limit: PageLimit::MAX,
        };
        let reply = self.client.call(&request).await?;
        match reply.body {
            Body::Reservations { rows, next } => {
                self.next_page.move_to(next)?;
                Ok(Some(rows.into()))
            }
            _ => Err(ClientError::unexpected(&reply)),
        }
    }

    /// Reads the remaining pages.
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
    next_page: NextPage<EventId>,
}

impl EventPages {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, next_page: NextPage::Begin }
    }

    /// The next page; none after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<EventSummary>>, ClientError> {
        let Some(after) = self.next_page.after() else { return Ok(None) };
        let freshness = Freshness::Cached;
        let request = Request::ListEvents { after, limit: PageLimit::MAX, freshness };
        let reply = self.client.call(&request).await?;
        match reply.body {
            Body::Events { rows, next } => {
                self.next_page.move_to(next)?;
                Ok(Some(rows.into()))
            }
            _ => Err(ClientError::unexpected(&reply)),
        }
    }
}
