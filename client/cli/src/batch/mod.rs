//! Files of reservations: thousands of them, each booked exactly once, however often a run is
//! killed and begun again.
//!
//! A run reads its input twice. The first time it gives every row an id ([`plan`]) and writes that
//! into the results file ([`results`]), durably, before anything is sent; a later run finds the ids
//! there and sees that the input is still the one that was planned. The second time it sends the
//! rows that have no outcome ([`send`]), always with their id, so that the server books none twice.
//! The input ([`input`]) is never held whole; of a row, its hash and id are (40 bytes).
//!
//! A row may be planned and then not be answered for more than a day. Its id is then too old for
//! the server to take as a new one. It is sent all the same: if its reservation was made and lives,
//! the server says so; if not, it refuses the id, and applies nothing. The row is then *stale*:
//! whether it was never booked, or was booked and given back long ago, only people can tell, so it
//! gets a new id only when a run is told to ([`Replan`]).

mod input;
mod job;
mod plan;
mod results;
mod run;
mod send;
mod summary;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod fakes;

pub(crate) use input::BadRow;
pub(crate) use job::{BatchError, BatchJob, BatchObserver, Replan};
pub(crate) use results::RowCounts;
pub(crate) use run::{BatchReport, BatchRun};
pub(crate) use summary::BatchSummary;
