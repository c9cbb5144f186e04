//! The bytes of one recorded change in a batch: its length (u32, little endian), then the event's
//! id and the change, both in the encoding of the wire.

use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_protocol::id::EventId;
use bytes::{Buf, BufMut};
use std::io::{self, Write};
use thiserror::Error;

const LENGTH_BYTES: usize = 4;

/// A batch whose bytes are no changes. Its checksum was right, so it was written like that.
#[derive(Debug, Error)]
#[error("a record of it cannot be read: {0}")]
pub(super) struct UnreadableEntry(String);

/// Writes a change. `scratch` is memory to use again and again.
pub(super) fn write(
    out: &mut impl Write,
    scratch: &mut Vec<u8>,
    event: &EventId,
    recorded: &Recorded,
) -> io::Result<()> {
    scratch.clear();
    scratch.put_u32_le(0);
    encode(&(event, recorded), scratch);
    let length = u32::try_from(scratch.len() - LENGTH_BYTES).map_err(io::Error::other)?;
    scratch[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
    out.write_all(scratch)
}

/// The changes of a batch's body.
pub(super) fn read(
    body: &[u8],
) -> impl Iterator<Item = Result<(EventId, Recorded), UnreadableEntry>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = next(&mut rest);
        if entry.is_err() {
            rest = &[];
        }
        Some(entry)
    })
}

fn next(rest: &mut &[u8]) -> Result<(EventId, Recorded), UnreadableEntry> {
    let ends_early = || UnreadableEntry("it ends early".to_owned());
    let length = rest.try_get_u32_le().map_err(|_| ends_early())? as usize;
    let (bytes, behind) = rest.split_at_checked(length).ok_or_else(ends_early)?;
    *rest = behind;
    decode(bytes).map_err(|malformed| UnreadableEntry(malformed.to_string()))
}
