//! Records in a row: of each its length (u32, little endian), then its bytes.

use bytes::{Buf, BufMut, BytesMut};
use thiserror::Error;

const LENGTH_BYTES: usize = 4;

/// Bytes that end within a record.
#[derive(Debug, Error)]
#[error("it ends early")]
pub(crate) struct EndsEarly;

/// Appends what `write` appends, as a record.
pub(crate) fn put_record(bytes: &mut BytesMut, write: impl FnOnce(&mut BytesMut)) {
    let begin = bytes.len();
    bytes.put_u32_le(0);
    write(bytes);
    let length = bytes.len() - begin - LENGTH_BYTES;
    let length = u32::try_from(length).expect("a record is shorter than 4 GiB");
    bytes[begin..begin + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
}

/// Takes the next record off the bytes.
pub(crate) fn take_record<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], EndsEarly> {
    let length = rest.try_get_u32_le().map_err(|_| EndsEarly)? as usize;
    let (record, behind) = rest.split_at_checked(length).ok_or(EndsEarly)?;
    *rest = behind;
    Ok(record)
}
