//! The commands, one file a group. All but `bench` run on a client that is connected.

mod batch;
mod bench;
mod booking;
mod dispatch;
mod event;
mod event_file;
mod list;
mod seats;
mod server;
mod watch;

pub(crate) use bench::bench;
pub(crate) use dispatch::{in_flight, interrupted, run};
