//! The bytes: length, correlation id, and the message in bincode. The only module that names
//! bincode, so that it can be replaced; the golden vectors hold whatever replaces it to the bytes.
//! What bincode defines, `encoding` does quicker.
//!
//! ```text
//! ┌──────────────┬─────────────────────┬────────────────────────┐
//! │ length u32 LE│ correlation u32 LE  │ message (bincode)      │
//! └──────────────┴─────────────────────┴────────────────────────┘
//!                 ◀────────── length bytes ───────────▶
//! ```
//!
//! Messages are encoded straight into the connection's buffer and decoded where they lie.

use crate::encoding::{reader::Reader, writer::Writer};
use crate::limits::{MAX_REPLY_FRAME_BYTES, MAX_REQUEST_FRAME_BYTES, SUPPORTED_VERSIONS};
use crate::refusal::Refusal;
use crate::reply::{Body, Reply};
use crate::request::Request;
use bincode::config::{self, Config};
use bincode::error::DecodeError;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio_util::codec::{Decoder, Encoder};

/// Bytes of the length field, which does not count itself.
const LENGTH_BYTES: usize = 4;
/// Bytes of the correlation id, the least that a length can be.
const CORRELATION_BYTES: usize = 4;

/// Why a stream of frames cannot be trusted any further: the connection has to be closed.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The length is more than a frame may have.
    #[error("a frame of {length} bytes; the limit is {limit}")]
    TooLong {
        /// What the frame's header says.
        length: u32,
        /// The most it may say.
        limit: usize,
    },
    /// The length is less than every frame has.
    #[error("a frame of {length} bytes; the shortest message has {}", CORRELATION_BYTES + 1)]
    TooShort {
        /// What the frame's header says.
        length: u32,
    },
    /// The other side sent something that this side does not understand.
    #[error("the peer sent a message that is not of this protocol: {why}")]
    Malformed {
        /// In what way.
        why: String,
    },
    /// The connection failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Bytes that are not the message they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {why}")]
pub struct Malformed {
    /// Which part: a field's name, or `frame`.
    pub field: String,
    /// In what way.
    pub why: String,
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Invalid { field: malformed.field, why: malformed.why }
    }
}

/// A frame as a server gets it. The frame itself was well formed; the request in it may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFrame {
    /// To be echoed.
    pub correlation: u32,
    /// The request, or what to answer instead.
    pub request: Result<Request, Refusal>,
}

/// A frame as a client gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyFrame {
    /// The correlation id of the request that it answers.
    pub correlation: u32,
    /// The answer.
    pub reply: Reply,
}

/// A server's end of a connection: decodes requests, encodes replies.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServerCodec;

impl Decoder for ServerCodec {
    type Item = RequestFrame;
    type Error = FrameError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<RequestFrame>, FrameError> {
        let Some(end) = frame_end(src, MAX_REQUEST_FRAME_BYTES)? else { return Ok(None) };
        let message = &src[LENGTH_BYTES + CORRELATION_BYTES..end];
        let correlation = correlation(src);
        let request = decode_request(message);
        src.advance(end);
        Ok(Some(RequestFrame { correlation, request }))
    }
}

impl Encoder<ReplyFrame> for ServerCodec {
    type Error = FrameError;

    fn encode(&mut self, frame: ReplyFrame, dst: &mut BytesMut) -> Result<(), FrameError> {
        put_reply(dst, frame.correlation, &frame.reply);
        Ok(())
    }
}

/// A client's end of a connection: encodes requests, decodes replies.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientCodec;

impl Decoder for ClientCodec {
    type Item = ReplyFrame;
    type Error = FrameError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<ReplyFrame>, FrameError> {
        let Some(end) = frame_end(src, MAX_REPLY_FRAME_BYTES)? else { return Ok(None) };
        let reply = decode(&src[LENGTH_BYTES + CORRELATION_BYTES..end])
            .map_err(|malformed| FrameError::Malformed { why: malformed.to_string() })?;
        let correlation = correlation(src);
        src.advance(end);
        Ok(Some(ReplyFrame { correlation, reply }))
    }
}

impl Encoder<(u32, &Request)> for ClientCodec {
    type Error = FrameError;

    fn encode(&mut self, frame: (u32, &Request), dst: &mut BytesMut) -> Result<(), FrameError> {
        put_frame(dst, frame.0, |dst| encode(frame.1, dst));
        Ok(())
    }
}

/// Writes a reply's frame.
pub fn put_reply(dst: &mut BytesMut, correlation: u32, reply: &Reply) {
    put_frame(dst, correlation, |dst| encode(reply, dst));
}

/// Writes a reply's frame around a body that is encoded already: see [`encode_body`].
pub fn put_encoded_reply(
    dst: &mut BytesMut,
    correlation: u32,
    version: u64,
    age_ms: u32,
    body: &[u8],
) {
    put_frame(dst, correlation, |dst| {
        encode(&(version, age_ms), dst);
        dst.put_slice(body);
    });
}

/// Encodes a reply's body alone, to be sent many times with [`put_encoded_reply`].
pub fn encode_body(body: &Body) -> Bytes {
    let mut bytes = BytesMut::new();
    encode(body, &mut bytes);
    bytes.freeze()
}

/// Appends a message in the encoding of the wire, without a frame.
pub fn encode<T: Serialize>(message: &T, dst: &mut BytesMut) {
    let start = dst.len();
    message
        .serialize(&mut Writer::new(dst))
        .expect("every type of this crate has kinds of values that the wire has");
    debug_assert_eq!(dst[start..], by_bincode(message), "what bincode writes");
}

fn by_bincode<T: Serialize>(message: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(message, wire::<{ usize::MAX }>())
        .expect("every wire type knows its length")
}

/// Reads a message that fills `bytes` exactly.
///
/// # Errors
/// [`Malformed`] names the field that breaks its rule, or says how the frame is wrong.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    let mut reader = Reader::new(bytes);
    match T::deserialize(&mut reader) {
        Ok(message) if reader.rest().is_empty() => {
            debug_assert!(decode_by_bincode::<T>(bytes).is_ok(), "what bincode reads");
            Ok(message)
        }
        _ => decode_by_bincode(bytes),
    }
}

#[cold]
fn decode_by_bincode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    let (message, read) =
        bincode::serde::borrow_decode_from_slice(bytes, wire::<{ 8 * MAX_REPLY_FRAME_BYTES }>())
            .map_err(malformed)?;
    if read == bytes.len() {
        Ok(message)
    } else {
        let why = format!("{} bytes are left after the message", bytes.len() - read);
        Err(Malformed { field: "frame".into(), why })
    }
}

/// Little endian, integers of variable length, and a limit on what a claimed length may allocate.
/// bincode counts an integer at its full width, up to eight times its bytes on the wire.
const fn wire<const LIMIT: usize>() -> impl Config {
    config::standard().with_limit::<LIMIT>()
}

/// Where the first frame of `src` ends, if it is there as a whole.
fn frame_end(src: &[u8], limit: usize) -> Result<Option<usize>, FrameError> {
    let Some(length) = src.first_chunk::<LENGTH_BYTES>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length);
    let bytes = length as usize;
    if bytes > limit {
        return Err(FrameError::TooLong { length, limit });
    }
    if bytes <= CORRELATION_BYTES {
        return Err(FrameError::TooShort { length });
    }
    let end = LENGTH_BYTES + bytes;
    Ok((src.len() >= end).then_some(end))
}

/// The correlation id of a frame that is there as a whole.
fn correlation(src: &[u8]) -> u32 {
    src[LENGTH_BYTES..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// A frame that is there as a whole.
pub(crate) struct CompleteFrame<'a> {
    pub(crate) correlation: u32,
    pub(crate) message: &'a [u8],
}

/// The first frame of `src`, if it is there as a whole.
pub(crate) fn complete_frame(
    src: &[u8],
    limit: usize,
) -> Result<Option<CompleteFrame<'_>>, FrameError> {
    let end = frame_end(src, limit)?;
    Ok(end.map(|end| CompleteFrame {
        correlation: correlation(src),
        message: &src[LENGTH_BYTES + CORRELATION_BYTES..end],
    }))
}

fn decode_request(message: &[u8]) -> Result<Request, Refusal> {
    match message.first() {
        Some(&tag) if tag >= Request::VARIANTS => Err(Refusal::Unsupported {
            what: format!("request {tag}"),
            versions: SUPPORTED_VERSIONS.to_vec(),
        }),
        _ => Ok(decode(message)?),
    }
}

fn put_frame(dst: &mut BytesMut, correlation: u32, message: impl FnOnce(&mut BytesMut)) {
    let start = dst.len();
    dst.put_u32_le(0);
    dst.put_u32_le(correlation);
    message(dst);
    let length = u32::try_from(dst.len() - start - LENGTH_BYTES)
        .expect("messages are bounded far below 4 GiB");
    dst[start..start + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
}

fn malformed(error: DecodeError) -> Malformed {
    let (field, why) = match error {
        // Our own types report `field: why` through serde, which carries nothing but text.
        DecodeError::OtherString(text) => match text.split_once(": ") {
            Some((field, why)) if !field.contains(' ') => (field.to_owned(), why.to_owned()),
            _ => ("request".to_owned(), text),
        },
        DecodeError::UnexpectedEnd { additional } => {
            ("frame".to_owned(), format!("ends {additional} bytes or more before its message does"))
        }
        DecodeError::LimitExceeded => {
            ("frame".to_owned(), "a length in it is larger than the frame".to_owned())
        }
        DecodeError::UnexpectedVariant { .. } => {
            ("frame".to_owned(), "an option in it is neither there (1) nor not (0)".to_owned())
        }
        DecodeError::InvalidIntegerType { .. } => {
            ("frame".to_owned(), "an integer in it is too large for its field".to_owned())
        }
        other => ("frame".to_owned(), other.to_string()),
    };
    Malformed { field, why }
}
