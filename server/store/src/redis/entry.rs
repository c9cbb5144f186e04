//! Batches as entries of a stream, and the end of a log as a value.

use super::values::{array, bytes, text};
use crate::batch::{Batch, BatchId, End, Stored};
use crate::error::StoreError;
use crate::log_id::LogId;
use redis::Value;
use std::sync::Arc;
use twox_hash::XxHash3_64;

/// Versions and times beyond are refused: functions count in floating point.
const LARGEST: u64 = 1 << 53;

/// What one value may have. Redis ends a connection that sends more.
pub(super) const VALUE_BYTES: usize = 512 << 20;

const ID: usize = 16;
const END: usize = 8 + ID;
const HEAD: usize = END + 8 + 1 + ID + 8;

/// # Errors
/// The batch is more than the engine can keep.
pub(super) fn check(batch: &Batch) -> Result<(), StoreError> {
    check_number(batch.last().max(batch.at_ms()))?;
    check_size(batch.body())
}

pub(super) fn check_number(number: u64) -> Result<(), StoreError> {
    match number < LARGEST {
        true => Ok(()),
        false => Err(StoreError::Refused(format!("{number} is no version or time"))),
    }
}

pub(super) fn check_size(value: &[u8]) -> Result<(), StoreError> {
    match value.len() < VALUE_BYTES {
        true => Ok(()),
        false => Err(StoreError::Refused(format!("{} bytes are too many", value.len()))),
    }
}

/// Everything of a batch but its log, its first version and its body: last version and id, time,
/// predecessor (with a 1 before it, or zeros), checksum. Numbers are big-endian.
pub(super) fn head(batch: &Batch) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD);
    head.extend_from_slice(&batch.last().to_be_bytes());
    head.extend_from_slice(&batch.id().0);
    head.extend_from_slice(&batch.at_ms().to_be_bytes());
    head.push(u8::from(batch.predecessor().is_some()));
    head.extend_from_slice(&batch.predecessor().map_or([0; ID], |id| id.0));
    head.extend_from_slice(&batch.checksum().to_be_bytes());
    head
}

/// A batch as the engine has it: `[id, [field, head, field, body]]`.
pub(super) fn stored(log: &LogId, entry: Value) -> Result<Stored, StoreError> {
    let parts = array(entry).and_then(|parts| <[Value; 2]>::try_from(parts).ok());
    let [id, fields] = parts.ok_or_else(strange)?;
    let first = text(id).and_then(|id| id.split_once('-')?.0.parse().ok());
    let first: u64 = first.ok_or_else(strange)?;
    let damaged = || StoreError::Damaged { log: log.clone(), version: first };
    let fields = array(fields).and_then(|fields| <[Value; 4]>::try_from(fields).ok());
    let [_, head, _, body] = fields.ok_or_else(damaged)?;
    let (head, body) = (bytes(head).ok_or_else(damaged)?, bytes(body).ok_or_else(damaged)?);
    let head: [u8; HEAD] = head.try_into().map_err(|_| damaged())?;
    let end = end_in(&head);
    let predecessor = match head[END + 8] {
        0 => None,
        _ => Some(BatchId(part(&head, END + 9))),
    };
    Ok(Stored {
        log: log.clone(),
        first,
        last: end.version,
        id: end.batch,
        predecessor,
        at_ms: u64::from_be_bytes(part(&head, END)),
        body: Some(Arc::from(body)),
        checksum: u64::from_be_bytes(part(&head, END + 9 + ID)),
    })
}

/// The batches that a function told of, in order.
pub(super) fn all_stored(log: &LogId, entries: Value) -> Result<Vec<Stored>, StoreError> {
    let entries = array(entries).ok_or_else(strange)?;
    entries.into_iter().map(|entry| stored(log, entry)).collect()
}

/// Where a log ends as its key has it, with a checksum; empty for an empty log.
pub(super) fn end_value(log: &LogId, end: Option<End>) -> Vec<u8> {
    let Some(end) = end else { return Vec::new() };
    let mut value = end.version.to_be_bytes().to_vec();
    value.extend_from_slice(&end.batch.0);
    value.extend_from_slice(&end_checksum(log, &value).to_be_bytes());
    value
}

/// The end that a key has, verified.
pub(super) fn end_of(log: &LogId, value: &[u8]) -> Result<Option<End>, StoreError> {
    if value.is_empty() {
        return Ok(None);
    }
    let parts = value.split_at_checked(END);
    let version = value.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let is_whole =
        |(end, sum): &(&[u8], &[u8])| end_checksum(log, end).to_be_bytes().as_slice() == *sum;
    match parts.filter(is_whole) {
        Some((end, _)) => Ok(Some(end_in(end))),
        None => Err(StoreError::Damaged { log: log.clone(), version }),
    }
}

fn end_in(bytes: &[u8]) -> End {
    End { version: u64::from_be_bytes(part(bytes, 0)), batch: BatchId(part(bytes, 8)) }
}

fn end_checksum(log: &LogId, end: &[u8]) -> u64 {
    XxHash3_64::oneshot(&[end, log.as_str().as_bytes()].concat())
}

/// A part of a head or of an end, whose length was checked.
fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("it has so many")
}

/// The error where the store has something that this program does not write.
pub(super) fn strange() -> StoreError {
    StoreError::Refused("what the store has was not written by this program".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> LogId {
        LogId::parse("film").expect("a name")
    }

    #[test]
    fn a_batch_is_the_same_after_its_entry() {
        let first = Batch::new(log(), None, BatchId([3; 16]), 4, 99, b"body");
        let second = Batch::new(log(), Some(first.end()), BatchId([5; 16]), 1, 100, b"");
        for batch in [first, second] {
            let [id, body] = [format!("{}-0", batch.first()).as_bytes(), batch.body()]
                .map(|it| Value::BulkString(it.to_vec()));
            let (field, head) = (Value::BulkString(b"h".to_vec()), Value::BulkString(head(&batch)));
            let fields = Value::Array(vec![field.clone(), head, field, body]);
            let read = stored(&log(), Value::Array(vec![id, fields])).expect("it is whole");
            assert_eq!(read.verified(), Ok(Some(batch)));
        }
    }

    #[test]
    fn a_flipped_bit_of_an_end_is_found() {
        let end = End { version: 7, batch: BatchId([9; 16]) };
        let value = end_value(&log(), Some(end));
        assert_eq!(end_of(&log(), &value), Ok(Some(end)));
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let read = end_of(&log(), &flipped);
            assert!(matches!(read, Err(StoreError::Damaged { .. })), "bit {bit}: {read:?}");
        }
    }
}
