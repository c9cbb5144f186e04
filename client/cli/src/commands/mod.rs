//! The commands, one file a group. All but `bench`, and `plan` with a file, run on a client that is connected.

mod batch;
mod bench;
mod booking;
mod context;
mod dispatch;
mod event;
mod event_file;
mod kept_plan;
mod list;
mod plan;
mod planned_event;
mod seats;
mod server;
mod watch;

pub(crate) use bench::bench;
pub(crate) use context::run as context;
pub(crate) use dispatch::{in_flight, interrupted, run};
pub(crate) use kept_plan::hall_of;
pub(crate) use plan::plan;
