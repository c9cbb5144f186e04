//! The same request with its names kept in another way: in itself, or lent.

use crate::request::{Request, ReservationKey};

impl<T: AsRef<str>> Request<T> {
    /// The same request, with its names in a `U`.
    pub fn with_names<'a, U: From<&'a str>>(&'a self) -> Request<U> {
        match self {
            Self::Hello(hello) => Request::Hello(hello.clone()),
            Self::Ping => Request::Ping,
            Self::ListEvents { after, limit, freshness } => {
                let after = after.as_ref().map(|after| after.kept());
                Request::ListEvents { after, limit: *limit, freshness: *freshness }
            }
            Self::GetEvent { event, freshness } => {
                Request::GetEvent { event: event.kept(), freshness: *freshness }
            }
            Self::Seats { event, freshness } => {
                Request::Seats { event: event.kept(), freshness: *freshness }
            }
            Self::CreateEvent { event, spec } => {
                Request::CreateEvent { event: event.kept(), spec: spec.clone() }
            }
            Self::UpdateEvent { event, if_version, update } => {
                let (if_version, update) = (*if_version, update.clone());
                Request::UpdateEvent { event: event.kept(), if_version, update }
            }
            Self::DeleteEvent { event, force } => {
                Request::DeleteEvent { event: event.kept(), force: *force }
            }
            Self::Hold { id, event, customer, selection, ttl_ms, order } => Request::Hold {
                id: *id,
                event: event.kept(),
                customer: customer.kept(),
                selection: selection.clone(),
                ttl_ms: *ttl_ms,
                order: order.as_ref().map(|order| order.kept()),
            },
            Self::Reserve { id, event, customer, selection, order } => Request::Reserve {
                id: *id,
                event: event.kept(),
                customer: customer.kept(),
                selection: selection.clone(),
                order: order.as_ref().map(|order| order.kept()),
            },
            Self::Watch { event, from_version } => {
                Request::Watch { event: event.kept(), from_version: *from_version }
            }
            Self::Unwatch { event } => Request::Unwatch { event: event.kept() },
            Self::Stats => Request::Stats,
            Self::Backup { name } => Request::Backup { name: name.clone() },
            Self::PutPlan { digest, offset, bytes } => {
                Request::PutPlan { digest: *digest, offset: *offset, bytes: bytes.clone() }
            }
            Self::GetPlan { digest, offset } => {
                Request::GetPlan { digest: *digest, offset: *offset }
            }
            Self::ListReservations { .. }
            | Self::Confirm { .. }
            | Self::Release { .. }
            | Self::Cancel { .. }
            | Self::Extend { .. }
            | Self::Leave { .. }
            | Self::Transfer { .. }
            | Self::Exchange { .. }
            | Self::SetOrder { .. }
            | Self::ConfirmOrder { .. }
            | Self::GetReservation { .. } => self.about_reservations(),
        }
    }

    fn about_reservations<'a, U: From<&'a str>>(&'a self) -> Request<U> {
        match self {
            Self::Confirm { reservation, keep, expired } => {
                let (reservation, keep) = (reservation.kept(), keep.clone());
                Request::Confirm { reservation, keep, expired: *expired }
            }
            Self::Release { reservation, keep } => {
                Request::Release { reservation: reservation.kept(), keep: keep.clone() }
            }
            Self::Cancel { reservation, keep } => {
                Request::Cancel { reservation: reservation.kept(), keep: keep.clone() }
            }
            Self::Extend { reservation, until } => {
                Request::Extend { reservation: reservation.kept(), until: *until }
            }
            Self::Leave { reservation, if_expires_at } => {
                let if_expires_at = *if_expires_at;
                Request::Leave { reservation: reservation.kept(), if_expires_at }
            }
            Self::Transfer { reservation, if_revision, to } => {
                let (reservation, to) = (reservation.kept(), to.kept());
                Request::Transfer { reservation, if_revision: *if_revision, to }
            }
            Self::Exchange { reservation, if_revision, to } => {
                let (reservation, to) = (reservation.kept(), to.clone());
                Request::Exchange { reservation, if_revision: *if_revision, to }
            }
            Self::ConfirmOrder { event, order } => {
                Request::ConfirmOrder { event: event.kept(), order: order.kept() }
            }
            Self::SetOrder { reservation, order } => {
                Request::SetOrder { reservation: reservation.kept(), order: order.kept() }
            }
            Self::ListReservations { event, customer, code, order, after, limit } => {
                Request::ListReservations {
                    event: event.as_ref().map(|event| event.kept()),
                    customer: customer.as_ref().map(|customer| customer.kept()),
                    code: *code,
                    order: order.as_ref().map(|order| order.kept()),
                    after: after.clone(),
                    limit: *limit,
                }
            }
            Self::GetReservation { reservation } => {
                Request::GetReservation { reservation: reservation.kept() }
            }
            _ => unreachable!("every other request has an arm of its own"),
        }
    }
}

impl<T: AsRef<str>> ReservationKey<T> {
    fn kept<'a, U: From<&'a str>>(&'a self) -> ReservationKey<U> {
        ReservationKey { event: self.event.kept(), id: self.id, customer: self.customer.kept() }
    }
}
