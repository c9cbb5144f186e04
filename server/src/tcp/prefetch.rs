//! What comes next: requests that arrived together wait for memory together.
//!
//! Whom a reservation is for is somewhere in millions of customers, and finding out is mostly
//! waiting for memory. Where many reservations have arrived, the processor can wait for several at
//! once, if it is told of them before it decides the first. It is told, and nothing else happens:
//! what is seen here was not judged, and is read and decided in its turn.

use crate::catalog::Catalog;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request_view::{NewReservationView, new_reservations};
use smallvec::SmallVec;

/// How many requests are looked ahead. A processor waits for about so many at once.
pub(super) const PREFETCHED: usize = 16;

/// Fewer are not worth it.
const WORTH: usize = 4;

/// Says whom the next requests of `input` are for, if they are for the same event.
pub(super) fn prefetch(input: &[u8], catalog: &Catalog) {
    let mut new = new_reservations(input).take(PREFETCHED);
    let Some(NewReservationView { event, customer }) = new.next() else { return };
    let mut customers = SmallVec::<[&[u8]; PREFETCHED]>::new();
    customers.push(customer);
    customers.extend(new.take_while(|next| next.event == event).map(|next| next.customer));
    if customers.len() < WORTH {
        return;
    }
    let id = str::from_utf8(event).ok().and_then(|event| EventId::parse(event).ok());
    if let Some(event) = id.and_then(|id| catalog.find(&id)) {
        event.foresee(&customers);
    }
}
