//! The changes of a batch as bytes: a record each, in the encoding of the wire.

use crate::records::{EndsEarly, put_record, take_record};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_protocol::id::PlanDigest;
use boxoffice_store::Batch;
use bytes::BytesMut;
use thiserror::Error;

/// A batch whose bytes are no changes of its versions. Its checksum was right, so it was written
/// like that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a batch with the right checksum cannot be read: {0}")]
pub struct UnreadableBatch(String);

/// The body of a batch of these changes.
pub(crate) fn encode_changes(changes: &[Recorded]) -> BytesMut {
    let mut body = BytesMut::new();
    for change in changes {
        put_record(&mut body, |body| encode(change, body));
    }
    body
}

/// The changes of a batch, one for each of its versions.
///
/// # Errors
/// The body is something else.
pub fn decode_changes(batch: &Batch) -> Result<Vec<Recorded>, UnreadableBatch> {
    let mut rest = batch.body();
    let mut changes = Vec::new();
    while !rest.is_empty() {
        let early = |error: EndsEarly| UnreadableBatch(error.to_string());
        let change = decode::<Recorded>(take_record(&mut rest).map_err(early)?);
        changes.push(change.map_err(|malformed| UnreadableBatch(malformed.to_string()))?);
    }
    let versions = changes.iter().map(|change| change.version);
    if !versions.eq(batch.first()..=batch.last()) {
        return Err(UnreadableBatch("its changes have other versions".to_owned()));
    }
    Ok(changes)
}

/// The plans that the creations among these batches name, which have to be at hand when they are
/// followed. An event's creation is the first change of its batch.
pub fn plans_of_batches(batches: &[Batch]) -> Vec<PlanDigest> {
    let first = |batch: &Batch| decode::<Recorded>(take_record(&mut batch.body()).ok()?).ok();
    let plan = |recorded: Recorded| match recorded.change {
        Change::Created(spec) => spec.plan,
        _ => None,
    };
    batches.iter().filter_map(|batch| first(batch).and_then(plan)).collect()
}
