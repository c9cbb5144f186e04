//! Prefetch: requests that arrived together wait for memory together.
//!
//! The customer of a reservation is one of millions, and finding it is mostly waiting for memory.
//! Where many reservations have arrived, the processor can wait for several at once if it learns of
//! them before the first is decided. This has no other effect: the bytes are unverified here, and
//! are read and decided in their turn.

use crate::catalog::Catalog;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request_view::{NewReservationView, new_reservations};
use smallvec::SmallVec;

/// Requests that are looked ahead, about as many as a processor can wait for at once.
pub(super) const PREFETCHED: usize = 16;

/// Fewer requests are not worth it.
const WORTH: usize = 4;

/// Prefetches the customers of the next requests in `input`, if they are for the same event.
pub(super) fn prefetch(input: &[u8], catalog: &Catalog) {
    let mut new = new_reservations(input).take(PREFETCHED);
    let Some(NewReservationView { event, customer, .. }) = new.next() else { return };
    let mut customers = SmallVec::<[&[u8]; PREFETCHED]>::new();
    customers.push(customer);
    customers.extend(new.take_while(|next| next.event == event).map(|next| next.customer));
    if customers.len() < WORTH {
        return;
    }
    let id = str::from_utf8(event).ok().and_then(|event| EventId::parse(event).ok());
    if let Some(event) = id.and_then(|id| catalog.find(id.borrowed())) {
        event.prefetch(&customers);
    }
}
