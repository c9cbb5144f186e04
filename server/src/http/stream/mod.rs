//! `GET /v1/events/{event}/stream`: server-sent events about an event's places.
//!
//! Thousands of `streams` may follow one event, and all of them are sent the same. One task an event,
//! the `broadcaster`, watches it as a TCP connection does and keeps its state in `event_places`. Each
//! change is rendered once (`render`) for the event's `broadcast`, which keeps a short `history`; a
//! `listener` takes from it what its connection has room for. The broadcaster wakes listeners in
//! turns, at a `wake_rate` that leaves most of the time to sales. `open_streams` bounds them. Streams begin
//! with one of the `snapshots`; that of a large event is written on a thread of its own.
//!
//! The broadcaster waits until a change is durable, so no stream is sent one that may be lost. Nothing
//! waits for a slow listener: it takes the kept changes, or a new snapshot.

mod broadcast;
mod broadcaster;
mod event_places;
mod history;
mod listener;
mod open_streams;
mod render;
mod route;
mod snapshots;
mod streams;
#[cfg(test)]
mod tests;
mod wake_rate;

pub(super) use route::routes;
pub(super) use streams::Streams;
