//! What the protocol's words look like as JSON: one file a resource. Whatever speaks JSON uses
//! these: the HTTP API, its stream, cached views. They know no HTTP.
//!
//! What is answered borrows from the protocol's types. What is asked is parsed into them: a
//! request that was read is valid, and an error names the field by its path.

mod asked;
mod events;
mod problem;
mod reservations;
mod time;

pub(crate) use asked::{Asked, parse, parse_query};
pub(crate) use events::EventRecord;
pub(crate) use problem::ProblemRecord;
pub(crate) use reservations::{NewReservation, ReservationRecord};
pub(crate) use time::Moment;

use boxoffice_protocol::reply::Body;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// What a view shows: an event, its seats, or a page of events.
pub(crate) fn view(version: u64, body: &Body) -> Vec<u8> {
    match body {
        Body::Event(details) => to_vec(&EventRecord::details(details, version)),
        _ => Vec::new(),
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
