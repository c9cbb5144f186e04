//! The load generator of Boxoffice, as a library: it makes load, measures and verifies it.
//!
//! - [`workloads`] decide which requests are sent, `generator` sends them from its threads.
//! - [`run()`] is a run from its first event to its [`result`]; `settings` say how hard it works, an
//!   `observer` watches it.
//! - `history` records the exchanges, and `verify` checks them against each other and the server.
//! - [`figures`], [`findings`], [`report`] and [`compare`] show results. They return text, a
//!   [`table`] or a page; printing is left to the program.

#![forbid(unsafe_code)]

mod clock;
pub mod compare;
mod error;
pub mod escape;
mod events;
mod fairness;
pub mod figures;
pub mod format;
mod generator;
mod history;
pub mod machine;
mod observer;
pub mod report;
pub mod result;
mod run;
mod settings;
pub mod statistics;
mod summary;
pub mod table;
mod verify;
pub mod workloads;

pub use error::LoadError;
pub use generator::connection::Target;
pub use generator::live::{LiveCounts, LiveStatus};
pub use observer::{LoadObserver, LoadPhase};
pub use run::{FinishedRun, RunEnd, run};
pub use settings::{DEFAULT_VERIFY_LIMIT, EventsAfter, LoadSettings, RunLength};
pub use verify::findings;
