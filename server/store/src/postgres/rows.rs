//! Rows as batches.

use crate::batch::{BatchId, End, Stored};
use crate::error::StoreError;
use crate::log_id::LogId;
use tokio_postgres::Row;

/// A number as the database has it.
pub(super) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number)
        .map_err(|_| StoreError::Refused(format!("{number} is no version or time")))
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn unreadable(error: &tokio_postgres::Error) -> StoreError {
    StoreError::Refused(format!("a row of the store is not as the schema says: {error}"))
}

/// A column of a row.
pub(super) fn column<'a, T>(row: &'a Row, index: usize) -> Result<T, StoreError>
where
    T: tokio_postgres::types::FromSql<'a>,
{
    row.try_get(index).map_err(|error| unreadable(&error))
}

pub(super) fn log(row: &Row, index: usize) -> Result<LogId, StoreError> {
    LogId::parse(column(row, index)?).map_err(|error| StoreError::Refused(error.to_string()))
}

pub(super) fn id(bytes: &[u8], log: &LogId, version: u64) -> Result<BatchId, StoreError> {
    let damaged = |_| StoreError::Damaged { log: log.clone(), version };
    bytes.try_into().map(BatchId).map_err(damaged)
}

pub(super) fn stored(row: &Row) -> Result<Stored, StoreError> {
    stored_from(row, 0)
}

/// A batch whose columns begin here.
pub(super) fn stored_from(row: &Row, at: usize) -> Result<Stored, StoreError> {
    let (log, first) = (log(row, at)?, unsigned(column(row, at + 1)?));
    let predecessor: Option<&[u8]> = column(row, at + 4)?;
    let predecessor = predecessor.map(|bytes| id(bytes, &log, first)).transpose()?;
    let body: Option<&[u8]> = column(row, at + 6)?;
    Ok(Stored {
        first,
        last: unsigned(column(row, at + 2)?),
        id: id(column(row, at + 3)?, &log, first)?,
        predecessor,
        at_ms: unsigned(column(row, at + 5)?),
        body: body.map(Into::into),
        checksum: column::<i64>(row, at + 7)?.cast_unsigned(),
        log,
    })
}

/// The end that a row of log, version and id tells.
pub(super) fn end(row: &Row) -> Result<(LogId, End), StoreError> {
    let (log, version) = (log(row, 0)?, unsigned(column(row, 1)?));
    let batch = id(column(row, 2)?, &log, version)?;
    Ok((log, End { version, batch }))
}
