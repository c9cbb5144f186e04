//! Batches as documents.

use super::keys;
use crate::batch::{Batch, BatchId, End, Stored};
use crate::error::StoreError;
use crate::log_id::LogId;
use mongodb::bson::error::Error;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, Document, doc};

/// The body of one batch: a document has 16 MiB at most.
const BODY_BYTES: usize = (16 << 20) - (64 << 10);

/// Where a log begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// With its first version.
    WithFirst,
    /// With this batch: what came before was trimmed where it is copied from.
    Here,
}

/// A number as the database has it.
pub(super) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number)
        .map_err(|_| StoreError::Refused(format!("{number} is no version or time")))
}

pub(super) fn binary(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

/// The document of a batch. `end` finds it by its last version; `begins` is the log's name in the
/// document that a log begins with, and in no other.
///
/// # Errors
/// A number or the body is beyond what the database can keep.
pub(super) fn document(batch: &Batch, begins: Begins) -> Result<Document, StoreError> {
    let (log, body) = (batch.log(), batch.body());
    if body.len() > BODY_BYTES {
        let why = format!(
            "a batch of {} bytes is more than a document of MongoDB may have: {BODY_BYTES}",
            body.len()
        );
        return Err(StoreError::Refused(why));
    }
    let mut document = doc! {
        "_id": keys::of(log, batch.first()),
        "end": keys::of(log, batch.last()),
        "log": log.as_str(),
        "first": signed(batch.first())?,
        "last": signed(batch.last())?,
        "id": binary(&batch.id().0),
        "at_ms": signed(batch.at_ms())?,
        "checksum": batch.checksum().cast_signed(),
        "body": binary(body),
    };
    if let Some(predecessor) = batch.predecessor() {
        document.insert("predecessor", binary(&predecessor.0));
    }
    if batch.predecessor().is_none() || begins == Begins::Here {
        document.insert("begins", log.as_str());
    }
    Ok(document)
}

/// The batch of a document.
pub(super) fn stored(document: &Document) -> Result<Stored, StoreError> {
    let (log, first) = (log(document, "log")?, number(document, "first")?);
    let is_there = |field: &str| document.contains_key(field);
    let predecessor = is_there("predecessor").then(|| id(document, "predecessor", &log, first));
    let body = is_there("body").then(|| bytes(document, "body"));
    Ok(Stored {
        first,
        last: number(document, "last")?,
        id: id(document, "id", &log, first)?,
        predecessor: predecessor.transpose()?,
        at_ms: number(document, "at_ms")?,
        body: body.transpose()?.map(Into::into),
        checksum: signed_number(document, "checksum")?.cast_unsigned(),
        log,
    })
}

/// The end that a document tells by its log, last version and id.
pub(super) fn end(document: &Document) -> Result<(LogId, End), StoreError> {
    let (log, version) = (log(document, "log")?, number(document, "last")?);
    let batch = id(document, "id", &log, version)?;
    Ok((log, End { version, batch }))
}

pub(super) fn log(document: &Document, field: &str) -> Result<LogId, StoreError> {
    LogId::parse(text(document, field)?).map_err(|error| StoreError::Refused(error.to_string()))
}

pub(super) fn text<'a>(document: &'a Document, field: &str) -> Result<&'a str, StoreError> {
    document.get_str(field).map_err(|error| unreadable(field, &error))
}

pub(super) fn bytes<'a>(document: &'a Document, field: &str) -> Result<&'a [u8], StoreError> {
    let bytes = document.get_binary_generic(field);
    bytes.map(Vec::as_slice).map_err(|error| unreadable(field, &error))
}

pub(super) fn number(document: &Document, field: &str) -> Result<u64, StoreError> {
    let number = signed_number(document, field)?;
    u64::try_from(number).map_err(|_| StoreError::Refused(not_as_written(field, "negative")))
}

/// A number, however many bytes the database has given it.
pub(super) fn signed_number(document: &Document, field: &str) -> Result<i64, StoreError> {
    match document.get(field) {
        Some(Bson::Int64(number)) => Ok(*number),
        Some(Bson::Int32(number)) => Ok(i64::from(*number)),
        Some(_) => Err(StoreError::Refused(not_as_written(field, "no number"))),
        None => Err(StoreError::Refused(not_as_written(field, "missing"))),
    }
}

pub(super) fn id(
    document: &Document,
    field: &str,
    log: &LogId,
    version: u64,
) -> Result<BatchId, StoreError> {
    let damaged = |_| StoreError::Damaged { log: log.clone(), version };
    bytes(document, field)?.try_into().map(BatchId).map_err(damaged)
}

fn unreadable(field: &str, error: &Error) -> StoreError {
    StoreError::Refused(not_as_written(field, &error.to_string()))
}

fn not_as_written(field: &str, why: &str) -> String {
    format!("a document of the store is not as it was written: {field} is {why}")
}
