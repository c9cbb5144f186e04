//! The binary protocol over TCP.
//!
//! The `service` of the listener gives each connection a `session`, which owns its `socket` and its
//! deadlines. The session drives a `conversation`: a `handshake`, then requests, each with an
//! `answer`. Replies wait in the `output` buffer until they are durable. A conversation also keeps
//! its `watches` and the answers that are `awaited`; `prefetch` warms the memory that the
//! next requests need. Where several servers share a store, requests (`shared_events`) are
//! `deferred` until their event has answered.

mod answer;
mod awaited;
mod conversation;
mod deferred;
mod handshake;
mod output;
mod prefetch;
#[cfg(feature = "simulation")]
mod rehearsal;
mod service;
mod session;
mod shared_events;
mod socket;
mod watches;

pub use conversation::{Conversation, PushWhen, Pushed, TurnEnd};
#[cfg(feature = "simulation")]
pub use rehearsal::Rehearsal;
pub(crate) use service::TcpService;
