//! The results of a batch: a CSV file with a record for every step of every row.
//!
//! [`record`] is one line, [`file`](mod@file) the file with everything that its lines say, [`disk`] its place
//! on the disk.

mod counts;
mod disk;
mod file;
mod record;

pub(crate) use counts::RowCounts;
pub(super) use disk::{LockedFile, ResultsDisk, folder_of};
pub(super) use file::{BatchResults, ResultsError, RowState};
pub(super) use record::{ResultRecord, RowOutcome};
