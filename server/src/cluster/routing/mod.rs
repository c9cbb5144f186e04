//! Requests go to their event's preferred server, over a connection that two servers keep.
//!
//! That serves speed only: any server may decide any request. So a request is forwarded once at most, one
//! that was not sent is decided where it came, and one that was sent and has no answer has an unknown outcome.
//!
//! - `secret` is what all servers are given; `sealed` has frames that nothing without it can make, and
//!   `handshake` begins a connection of them.
//! - `forwarded` is a request on its way: what was admitted, for whom, and until when.
//! - `links` finds the connection to a server; `link` keeps one, and `pending` has what was sent on it.
//! - `receiving` accepts such connections; `party_queues` has what comes on one decided,
//!   in turns of its principals.

mod forwarded;
mod handshake;
mod link;
mod links;
mod party_queues;
mod pending;
mod receiving;
mod sealed;
mod secret;

pub(super) use link::keep_all;
pub(crate) use links::Route;
pub(super) use links::{Forward, Links};
pub(super) use receiving::receive;
pub(crate) use secret::ClusterSecret;
