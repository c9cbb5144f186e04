//! What the protocol's words look like as JSON: one file a resource. Whatever speaks JSON uses
//! these: the HTTP API, its stream, cached views. They know no HTTP.
//!
//! What is answered borrows from the protocol's types. What is asked is parsed into them: a
//! request that was read is valid, and an error names the field by its path.

mod asked;
mod events;
mod new_event;
mod problem;
mod reservations;
pub(crate) mod schema;
mod seats;
mod server;
mod stream;
mod time;
mod update;

pub(crate) use asked::{Asked, parse, parse_query};
pub(crate) use events::{EventRecord, EventsRecord, SavedRecord};
pub(crate) use new_event::NewEvent;
pub(crate) use problem::ProblemRecord;
pub(crate) use reservations::{
    CursorText, Ending, Extension, NewReservation, ReservationRecord, ReservationsRecord,
};
pub(crate) use seats::SeatsRecord;
pub(crate) use server::{ServerRecord, VisitorRecord, stats};
pub(crate) use stream::{ChangeRecord, SeatsNowRecord, SectionNowRecord};
pub(crate) use time::Moment;
pub(crate) use update::EventPatch;

use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reply::Body;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// What a view shows of an event.
pub(crate) fn event_view(event: &EventId, version: u64, body: &Body) -> Vec<u8> {
    match body {
        Body::Event(details) => to_vec(&EventRecord::details(details, version)),
        Body::Seats(map) => to_vec(&SeatsRecord::new(event, version, map)),
        _ => unreachable!("no view of an event shows anything else"),
    }
}

/// What a view of a page of events shows.
pub(crate) fn events_view(version: u64, body: &Body) -> Vec<u8> {
    match body {
        Body::Events { rows, next } => to_vec(&EventsRecord::new(rows, next.as_ref(), version)),
        _ => unreachable!("a page of events is nothing else"),
    }
}

/// The JSON of a value.
pub(crate) fn to_vec(value: &impl Serialize) -> Vec<u8> {
    // Only maps whose keys are no strings, and a `Serialize` that fails, have none.
    serde_json::to_vec(value).expect("every record has JSON")
}

/// Something whose text is its JSON string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
