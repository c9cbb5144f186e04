//! The command that a request gives to its event.

use super::fingerprint::{Fingerprints, ReservationKind};
use boxoffice_inventory::{Command, Exchange, Transfer};
use boxoffice_protocol::id::OrderNumber;
use boxoffice_protocol::request::{Request, ReservationKey};
use std::time::Duration;

impl Fingerprints {
    /// The command of a request that an event decides; none for one that it does not, and for its
    /// creation.
    #[inline(always)]
    pub fn command<'a, T: AsRef<str>>(&self, request: &'a Request<T>) -> Option<Command<'a>> {
        Some(match request {
            Request::Hold { id, customer, selection, ttl_ms, order, .. } => {
                let (id, customer) = (*id, customer.borrowed());
                let order = order.as_ref().map(OrderNumber::borrowed);
                let ttl = ttl_ms.map(Duration::from_millis);
                let fingerprint = self.of(ReservationKind::Hold(ttl), customer, selection, order);
                Command::Hold { id, fingerprint, customer, selection, ttl, order }
            }
            Request::Reserve { id, customer, selection, order, .. } => {
                let (id, customer) = (*id, customer.borrowed());
                let order = order.as_ref().map(OrderNumber::borrowed);
                let fingerprint = self.of(ReservationKind::Reserve, customer, selection, order);
                Command::Reserve { id, fingerprint, customer, selection, order }
            }
            Request::Confirm {
                reservation: ReservationKey { id, customer, .. },
                keep,
                expired,
            } => {
                let (id, customer, keep) = (*id, customer.borrowed(), keep.as_ref());
                Command::Confirm { id, customer, keep, expired: *expired }
            }
            Request::Release { reservation: ReservationKey { id, customer, .. }, keep } => {
                Command::Release { id: *id, customer: customer.borrowed(), keep: keep.as_ref() }
            }
            Request::Cancel { reservation: ReservationKey { id, customer, .. }, keep } => {
                Command::Cancel { id: *id, customer: customer.borrowed(), keep: keep.as_ref() }
            }
            Request::Extend { reservation: ReservationKey { id, customer, .. }, until } => {
                Command::Extend { id: *id, customer: customer.borrowed(), until: *until }
            }
            Request::Leave { reservation: ReservationKey { id, customer, .. }, if_expires_at } => {
                let (id, if_expires_at) = (*id, *if_expires_at);
                Command::Leave { id, customer: customer.borrowed(), if_expires_at }
            }
            Request::Transfer { reservation, if_revision, to } => Command::Transfer(Transfer {
                id: reservation.id,
                from: reservation.customer.borrowed(),
                if_revision: *if_revision,
                to: to.borrowed(),
            }),
            Request::Exchange { reservation, if_revision, to } => Command::Exchange(Exchange {
                id: reservation.id,
                customer: reservation.customer.borrowed(),
                if_revision: *if_revision,
                to,
            }),
            Request::SetOrder { reservation, order } => Command::SetOrder {
                id: reservation.id,
                customer: reservation.customer.borrowed(),
                order: order.borrowed(),
            },
            Request::ConfirmOrder { order, .. } => {
                Command::ConfirmOrder { order: order.borrowed() }
            }
            Request::GetReservation { reservation: ReservationKey { id, customer, .. } } => {
                Command::Get { id: *id, customer: customer.borrowed() }
            }
            Request::UpdateEvent { if_version, update, .. } => {
                Command::Update { if_version: *if_version, update }
            }
            Request::DeleteEvent { force, .. } => Command::Delete { force: *force },
            _ => return None,
        })
    }
}
