//! Batches: files with thousands of reservations, each booked exactly once, however often a run is
//! killed and started again.
//!
//! A run reads its [`input`] several times. First it is compared with what was promised
//! ([`comparison`]); then every new row gets an id ([`plan`](mod@plan)), durable in the [`log`] before anything is
//! sent. Then the rows without an outcome are sent ([`send`]), always with their id, so the server
//! books none twice. At last the results are written for people, and the failed rows into a file where
//! they can be corrected ([`report`]). Of each row, fingerprints and the id stay in memory (about 100
//! bytes); outcomes are read from the log one by one.
//!
//! A row may stay unanswered for more than a day after it was planned. Its id is then too old to be
//! new for the server, but it is sent all the same. If its reservation was made and lives, the server
//! returns it; otherwise the server refuses the id and applies nothing. The row is then *stale*: it
//! was never booked, or its reservation has ended long ago. Only a person can decide which, so it gets
//! a new id only if the run is told to ([`Replan`]).

mod comparison;
mod failed;
mod input;
mod job;
mod log;
mod plan;
mod report;
mod run;
mod send;
mod summary;

#[cfg(test)]
mod correction_tests;
#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod fakes;
#[cfg(test)]
mod trial;

pub(crate) use failed::FailedFile;
pub(crate) use input::{Assumed, BadRow, InputSource};
pub(crate) use job::{BatchError, BatchJob, BatchObserver, Replan};
pub(crate) use log::RowCounts;
pub(crate) use report::Written;
pub(crate) use run::{BatchReport, BatchRun};
pub(crate) use summary::BatchSummary;
