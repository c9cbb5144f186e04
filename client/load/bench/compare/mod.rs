//! Boxoffice, Redis and PostgreSQL side by side, and the limit of what any of them could do:
//!
//! ```text
//! cargo bench -p boxoffice-load --bench compare -- --rounds 5 --write BENCHMARKS.md
//! ```
//!
//! Starts each server on a free port in a temporary folder, gives it the same work, ends it, and
//! writes tables of medians and ratios. Programs that are not installed are named and left out. It
//! takes minutes, so a bare `cargo bench` only prints its usage.

mod boxoffice;
mod command;
mod comparison;
pub(crate) mod figure;
mod goals;
mod limit;
pub(crate) mod postgres;
mod process;
pub(crate) mod redis;
mod report;
pub(crate) mod results;
mod settings;
pub(crate) mod subject;

pub(crate) use command::main;
