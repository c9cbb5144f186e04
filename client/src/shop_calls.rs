//! Requests that give a reservation other places, another customer or an order.

use crate::calls::{Booking, ConfirmedOrder};
use crate::client::Client;
use crate::error::ClientError;
use boxoffice_protocol::id::{CustomerId, EventId, OrderNumber};
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Request, ReservationKey};
use boxoffice_protocol::reservation::Selection;

impl Client {
    /// Gives a held or confirmed reservation these places and no others, if it is at this revision. The
    /// best seats are for new reservations only.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn exchange(
        &self,
        reservation: &ReservationKey,
        if_revision: u64,
        to: &Selection,
    ) -> Result<Booking, ClientError> {
        let (reservation, to) = (reservation.clone(), to.clone());
        self.book(&Request::Exchange { reservation, if_revision, to }).await
    }

    /// Gives a held or confirmed reservation to another customer, if it is at this revision.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn transfer(
        &self,
        reservation: &ReservationKey,
        if_revision: u64,
        to: &CustomerId,
    ) -> Result<Booking, ClientError> {
        let (reservation, to) = (reservation.clone(), to.clone());
        self.book(&Request::Transfer { reservation, if_revision, to }).await
    }

    /// Has a held or confirmed reservation belong to an order of the shop, once and for ever.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn set_order(
        &self,
        reservation: &ReservationKey,
        order: &OrderNumber,
    ) -> Result<Booking, ClientError> {
        let (reservation, order) = (reservation.clone(), order.clone());
        self.book(&Request::SetOrder { reservation, order }).await
    }

    /// Confirms all held reservations that an order has in an event, or none.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn confirm_order(
        &self,
        event: &EventId,
        order: &OrderNumber,
    ) -> Result<ConfirmedOrder, ClientError> {
        let (event, order) = (event.clone(), order.clone());
        match self.call(&Request::ConfirmOrder { event, order }).await? {
            Reply { body: Body::OrderConfirmed { reservations, effect }, version, .. } => {
                Ok(ConfirmedOrder { reservations: reservations.into(), effect, version })
            }
            other => Err(ClientError::unexpected(&other)),
        }
    }
}
