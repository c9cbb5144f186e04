//! The figures that the server counts. `Stats` and `/metrics` read them.
//!
//! Events of every request are counted in the `ThreadCounters` of the thread that serves it, rarer
//! ones in a [`Counter`] that all threads share, durations and sizes in a [`Histogram`].

mod commits;
mod connections;
mod counter;
mod histogram;
mod process;
mod server_metrics;
mod thread_counters;

pub use commits::Commits;
pub(crate) use connections::ConnectionSummary;
pub use connections::{Closed, Connections, LoginFailure};
pub use counter::Counter;
pub use histogram::{Histogram, HistogramCounts};
pub(crate) use process::ProcessFigures;
pub use server_metrics::Metrics;
pub(crate) use thread_counters::LaneNumber;
pub use thread_counters::Listener;
