//! Moves everything to a store from another one, or from anything that can be read as one: all logs
//! and snapshots. Leases are not moved: they say which servers are there now.
//!
//! `copying` copies log by log of a `source`, in the order of names, and goes on where an earlier try
//! ended; `mark` is the log of the target that says which copy it is of; `check` compares both in
//! the end.

mod bounds;
mod check;
mod copying;
mod error;
mod mark;
mod settled;
mod source;

pub use copying::{CopyFigures, copy};
pub use error::CopyError;
pub use mark::is_unfinished;
pub use source::CopySource;
