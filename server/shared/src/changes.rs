//! The changes of a batch as bytes: of each its length (u32, little endian), then itself in the
//! encoding of the wire.

use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_store::Batch;
use bytes::{Buf, BufMut, BytesMut};
use thiserror::Error;

const LENGTH_BYTES: usize = 4;

/// A batch whose bytes are no changes of its versions. Its checksum was right, so it was written
/// like that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a batch with the right checksum cannot be read: {0}")]
pub struct UnreadableBatch(String);

/// The body of a batch of these changes.
pub(crate) fn encode_changes(changes: &[Recorded]) -> BytesMut {
    let mut body = BytesMut::new();
    for change in changes {
        let begin = body.len();
        body.put_u32_le(0);
        encode(change, &mut body);
        let length = u32::try_from(body.len() - begin - LENGTH_BYTES).expect("a change is short");
        body[begin..begin + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
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
        let ends_early = || UnreadableBatch("it ends early".to_owned());
        let length = rest.try_get_u32_le().map_err(|_| ends_early())? as usize;
        let (bytes, behind) = rest.split_at_checked(length).ok_or_else(ends_early)?;
        let change = decode::<Recorded>(bytes);
        changes.push(change.map_err(|malformed| UnreadableBatch(malformed.to_string()))?);
        rest = behind;
    }
    let versions = changes.iter().map(|change| change.version);
    if !versions.eq(batch.first()..=batch.last()) {
        return Err(UnreadableBatch("its changes have other versions".to_owned()));
    }
    Ok(changes)
}
