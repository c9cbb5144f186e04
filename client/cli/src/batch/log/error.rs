//! A log that cannot be used, and records that cannot be read.

use super::record::LogRecord;
use std::io;
use thiserror::Error;

/// The log cannot be used.
#[derive(Debug, Error)]
pub(crate) enum LogError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("another run of this batch is using it; wait for that one, or end it")]
    InUse,
    #[error("is not the log of a batch; name another one with --log")]
    NotLog,
    #[error(
        "line {line} is not a record of a batch; restore the file, or, if nothing of this batch was sent yet, delete it"
    )]
    Damaged { line: u64 },
}

/// A record of the file; none if it is damaged.
pub(super) fn read_back(record: csv::Result<LogRecord>) -> Result<Option<LogRecord>, LogError> {
    match record {
        Err(error) if error.is_io_error() => Err(LogError::Io(error.into())),
        record => Ok(record.ok()),
    }
}
