//! The shared way to be durable: every event is decided by its actor over a store that several
//! servers share, instead of under its lock over this server's ledger.
//!
//! - `cluster` finds the shell of an event, and is what listeners ask; `cluster_state` is what all of
//!   its tasks know; a `request` waits there, and
//!   `settled` is how it becomes known what came of it. `way` says which requests take that way.
//! - `event_shell` is the task of one event: it has the [`EventActor`](boxoffice_shared::EventActor),
//!   asks the engine through `engine_calls`, which has the plans that events name `plans_at_hand`, and gives answers. `shown_copy` puts what is durable into
//!   the catalog, for reads and watchers.
//! - `event_index` tells which events there are, from a log of its own that `index_keeper` keeps. An event's own log is the
//!   truth: an index that lacks it is repaired.
//! - `routing` forwards a request to the server that its event prefers; an `asker` is for whom.
//! - `server_lease` says that this server is there (`lease_notice` has what it says), `members` which others are, and which of all an event
//!   prefers: that one records expiries that nothing asked for, and takes snapshots (`snapshotting`).
//! - `figures` has what is counted, `event_memory` has events unloaded that were used least lately.
//! - `upkeep` measures the engine's time, renews the lease, follows what others appended and keeps memory in
//!   its bound. `opening` has what a server reads before it serves.

mod asker;
mod asking;
mod cluster;
mod cluster_state;
mod engine_calls;
mod event_index;
mod event_memory;
mod event_shell;
mod figures;
mod gathered;
mod index_keeper;
mod known_events;
mod lease_keeper;
mod lease_notice;
mod members;
mod opening;
mod plans_at_hand;
mod queue;
mod request;
mod routing;
mod server_lease;
mod settled;
mod shells;
mod shown_copy;
mod snapshotting;
mod ticks;
mod upkeep;
mod way;

pub(crate) use cluster::Cluster;
pub(crate) use cluster_state::{ClusterBounds, StoreHealth};
pub(crate) use event_shell::event_log;
pub(crate) use index_keeper::{encode_index, index_log};
pub(crate) use known_events::IndexEntry;
pub(crate) use opening::{Joined, Joining, Routing, join, kept_key, key_log};
pub(crate) use plans_at_hand::with_plan;
pub(crate) use queue::queue;
pub(crate) use routing::{ClusterSecret, Route};
pub(crate) use server_lease::server_leases;
pub(crate) use settled::{Kept, ReplyTo, Settled, Settlement};
pub(crate) use ticks::every;
pub(crate) use upkeep::event_of;
pub(crate) use way::Way;
