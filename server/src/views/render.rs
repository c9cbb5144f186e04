//! Views as JSON, the bodies of HTTP's answers.

use boxoffice_protocol::id::EventId;
use boxoffice_protocol::json::{EventRecord, EventsRecord, SeatMapRecord, to_vec};
use boxoffice_protocol::reply::Body;

/// An event or its seat map.
pub(super) fn event(event: &EventId, version: u64, body: &Body) -> Vec<u8> {
    match body {
        Body::Event(details) => to_vec(&EventRecord::new(details, version)),
        Body::Seats(map) => to_vec(&SeatMapRecord::new(event, version, map)),
        _ => unreachable!("a view of an event is its details or its seat map"),
    }
}

/// A page of events.
pub(super) fn events(version: u64, body: &Body) -> Vec<u8> {
    match body {
        Body::Events { rows, next } => to_vec(&EventsRecord::new(rows, next.as_ref(), version)),
        _ => unreachable!("a view of the list is a page of events"),
    }
}
