//! Moves everything from one store to another: all logs and snapshots. Leases are not moved: they
//! say who is there now.
//!
//! `copying` copies log by log, in the order of names, and goes on where an earlier try ended; `mark`
//! is the log of the target that says which copy it is of; `check` compares both in the end.

mod bounds;
mod check;
mod copying;
mod error;
mod mark;
mod settled;

pub use copying::{CopyFigures, copy};
pub use error::CopyError;
