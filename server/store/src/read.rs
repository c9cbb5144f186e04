//! What a read answers with, from what an engine has.

use crate::batch::Stored;
use crate::error::StoreError;
use crate::store::{READ_BYTES, Read};

/// The answer to a read behind this version. `found` has the next batches, `limit` of them unless
/// there are no more, or the engine stopped behind [`READ_BYTES`].
///
/// # Errors
/// A batch does not have its checksum.
pub(crate) fn read_of(found: Vec<Stored>, after: u64, limit: usize) -> Result<Read, StoreError> {
    if found.first().is_some_and(|next| next.first > after + 1) {
        return Ok(Read::Trimmed);
    }
    let (mut batches, mut bytes, count) = (Vec::new(), 0, found.len());
    for stored in found {
        bytes += stored.body.as_ref().map_or(0, |body| body.len());
        if bytes > READ_BYTES && !batches.is_empty() {
            return Ok(Read::Part(batches));
        }
        match stored.verified()? {
            Some(batch) => batches.push(batch),
            None => return Ok(Read::Trimmed),
        }
    }
    let is_part = count > 0 && (count >= limit || bytes >= READ_BYTES);
    Ok(if is_part { Read::Part(batches) } else { Read::Batches(batches) })
}
