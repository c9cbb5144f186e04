//! The conditional append of a batch, and what became of it.

use super::entry::{all_stored, end_of, end_value, head, strange};
use super::failure::CommandFate;
use super::keys::{self, Bucket};
use super::library;
use super::node::{Request, Told};
use super::values::{array, bytes, number};
use crate::append_queue::Answer;
use crate::batch::{Batch, End};
use crate::error::StoreError;
use crate::outcome::{Outcome, explain};
use crate::store::READ_BYTES;
use redis::Value;

/// Whether an empty log may begin with a batch that has a predecessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    WithFirst,
    Anywhere,
}

pub(super) fn request(batch: &Batch, begins: Begins) -> Request {
    let log = batch.log();
    let bucket = Bucket::of(log);
    let predecessor = batch.predecessor();
    let expected = predecessor.map(|id| End { version: batch.first() - 1, batch: id });
    let keys = [keys::batches(log), keys::end(log), bucket.names()];
    let mut command = library::call("append", &keys);
    command.arg(log.as_str()).arg(end_value(log, expected)).arg(end_value(log, Some(batch.end())));
    command.arg(batch.first()).arg(batch.at_ms()).arg(head(batch)).arg(batch.body());
    command.arg(u8::from(begins == Begins::Anywhere)).arg(READ_BYTES);
    Request::to_write(bucket, command)
}

/// What became of a batch, by what the engine told.
pub(super) fn answer(batch: &Batch, told: Told) -> Answer {
    match told {
        Ok(Value::Okay) => Ok(Outcome::Appended),
        Ok(told) => not_inserted(batch, told),
        Err(failure) if failure.fate == CommandFate::Unknown => Ok(Outcome::Unknown(failure.why)),
        Err(failure) => Err(failure.into()),
    }
}

/// The outcome of a batch that was not inserted: the engine told of its time, the log's end, whether
/// the entries are all, and the entries.
fn not_inserted(batch: &Batch, told: Value) -> Answer {
    let parts = array(told).and_then(|parts| <[Value; 4]>::try_from(parts).ok());
    let [now, end, is_all, entries] = parts.ok_or_else(strange)?;
    let now = number(now).ok_or_else(strange)?;
    let is_all = number(is_all) == Some(1);
    let end = end_of(batch.log(), &bytes(end).ok_or_else(strange)?)?;
    let found = all_stored(batch.log(), entries)?;
    if is_all && found.last().map(|it| it.last) != end.map(|end| end.version) {
        // Entries and end are written together: one of them is not what it was.
        let version = end.map_or(0, |end| end.version);
        return Err(StoreError::Damaged { log: batch.log().clone(), version });
    }
    Ok(match explain(batch, found, now)? {
        Outcome::Beaten { since, is_all: told_all } => {
            Outcome::Beaten { since, is_all: told_all && is_all }
        }
        outcome => outcome,
    })
}
