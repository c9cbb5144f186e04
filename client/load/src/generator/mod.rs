//! The threads that make load: each is one epoll loop over its connections.
//!
//! - [`threads`] opens the connections, divides them, runs trials and adds up.
//! - [`thread`] is the loop; [`connections`] are its sockets with their requests in flight.
//! - [`caller`] takes requests from the workload at the pace of [`pacing`], and gives replies to the
//!   [`counters`] and the [`recorder`].
//! - [`find_max`] searches the highest rate that meets an objective.

mod caller;
pub(crate) mod connection;
mod connections;
pub(crate) mod counters;
mod cpu;
pub(crate) mod find_max;
mod in_flight;
pub(crate) mod live;
pub(crate) mod pacing;
mod recorder;
mod thread;
pub(crate) mod threads;
mod timer;
