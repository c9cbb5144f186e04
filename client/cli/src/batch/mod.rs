//! Batches: files with thousands of reservations, each booked exactly once, however often a run is
//! killed and started again.
//!
//! A run reads its [`input`] twice. The first time it gives every row an id ([`plan`]) and makes the
//! ids durable in the results file ([`results`]) before it sends anything; a later run finds them
//! there and verifies that the input is still the planned one. The second time it sends the rows
//! without an outcome ([`send`]), always with their id, so the server books none twice. Of each row,
//! only a fingerprint and the id stay in memory (40 bytes). When all rows have an outcome, those that failed are
//! copied into a file where a person can correct them ([`failed`]); their
//! reasons are in memory until then.
//!
//! A row may stay unanswered for more than a day after it was planned. Its id is then too old to be
//! new for the server, but it is sent all the same. If its reservation was made and lives, the server
//! returns it; otherwise the server refuses the id and applies nothing. The row is then *stale*: it
//! was never booked, or its reservation has ended long ago. Only a person can decide which, so it gets
//! a new id only if the run is told to ([`Replan`]).

mod failed;
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

pub(crate) use failed::FailedFile;
pub(crate) use input::{Assumed, BadRow};
pub(crate) use job::{BatchError, BatchJob, BatchObserver, Replan};
pub(crate) use results::RowCounts;
pub(crate) use run::{BatchReport, BatchRun};
pub(crate) use summary::BatchSummary;
