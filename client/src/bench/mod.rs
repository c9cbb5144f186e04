//! The load generator: `boxoffice bench`.
//!
//! - [`workload`] says what is asked, [`pacing`] when. Both are pure.
//! - [`worker`] is a thread: one epoll loop over its [`lines`], each a [`connection`] with the
//!   [`slots`] of what it waits for. Its [`asker`] joins workload, pace and [`tally`].
//! - [`crew`] is all threads; [`run`] is what happens from the first event to the table.

mod args;
mod asker;
mod clock;
mod connection;
mod cpu;
mod crew;
mod error;
mod events;
mod exchange;
mod find_max;
mod history;
mod lines;
mod live;
mod pacing;
mod progress;
mod record;
mod result;
mod run;
mod slots;
mod summary;
mod table;
mod tally;
mod timer;
#[allow(dead_code, unused_imports)]
mod verify;
mod worker;
mod workload;

pub(crate) use args::BenchArgs;
pub(crate) use error::BenchError;
pub(crate) use run::run;
