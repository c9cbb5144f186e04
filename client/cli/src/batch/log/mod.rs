//! The log of a batch: a CSV file with a record for every step of every row, which is only appended to.
//!
//! [`record`] is one line, [`promises`] what all lines add up to, [`file`](mod@file) the file with both,
//! [`disk`] its place on the disk.

mod counts;
mod disk;
mod error;
mod file;
mod outcomes;
mod promises;
mod record;

pub(crate) use counts::RowCounts;
#[cfg(test)]
pub(super) use disk::SeekableRead;
pub(super) use disk::{LockedFile, LogDisk, folder_of};
pub(super) use error::LogError;
pub(super) use file::BatchLog;
pub(super) use outcomes::Outcomes;
pub(super) use promises::{Promise, PromiseState};
pub(super) use record::{LogRecord, RowOutcome};
