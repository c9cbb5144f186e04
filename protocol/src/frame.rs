//! The bytes of a connection: length, correlation id, and the message as bincode's derives write it.
//! The golden vectors hold them, and whatever replaces bincode, to the same bytes.
//!
//! ```text
//! ┌──────────────┬─────────────────────┬────────────────────────┐
//! │ length u32 LE│ correlation u32 LE  │ message (bincode)      │
//! └──────────────┴─────────────────────┴────────────────────────┘
//!                 ◀────────── length bytes ───────────▶
//! ```
//!
//! Messages are encoded straight into the connection's buffer and decoded where they lie. bincode has
//! no limit of its own here: `list` says why none is needed.

use crate::limits::{MAX_REPLY_FRAME_BYTES, MAX_REQUEST_FRAME_BYTES, SUPPORTED_VERSIONS};
use crate::refusal::Refusal;
use crate::reply::{Body, Reply};
use crate::request::{Request, RequestKind};
use bincode::config::{self, Configuration};
use bincode::de::read::{BorrowReader, Reader};
use bincode::de::{Decoder as _, DecoderImpl};
use bincode::enc::EncoderImpl;
use bincode::enc::write::Writer;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::ops::DerefMut;
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
    Malformed { why: String },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Bytes that are not the message they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {why}")]
pub struct Malformed {
    /// Which part: a field's name, or `frame`.
    pub field: String,
    pub why: String,
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::invalid(malformed.field, malformed.why)
    }
}

impl From<Malformed> for FrameError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed { why: malformed.to_string() }
    }
}

/// A buffer that frames are appended to: their length is known when they end. A `Vec` takes the fewest
/// instructions.
pub trait FrameBuffer: BufMut + DerefMut<Target = [u8]> {}

impl<B: BufMut + DerefMut<Target = [u8]>> FrameBuffer for B {}

/// A frame as a server gets it. The frame itself was well formed; the request in it may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFrame {
    pub correlation: u32,
    /// The request, or what to answer instead.
    pub request: Result<Request, Refusal>,
}

/// A frame as a client gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyFrame {
    /// The correlation id of the request that it answers.
    pub correlation: u32,
    pub reply: Reply,
}

/// A server's end of a connection: decodes requests, encodes replies.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServerCodec;

impl Decoder for ServerCodec {
    type Item = RequestFrame;
    type Error = FrameError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<RequestFrame>, FrameError> {
        let read = read_request(src, |correlation, request| RequestFrame {
            correlation,
            request: request.cloned(),
        })?;
        Ok(read.map(|(frame, bytes)| {
            src.advance(bytes);
            frame
        }))
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
        let reply = decode(&src[LENGTH_BYTES + CORRELATION_BYTES..end])?;
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

/// Lends the first request of `src` to `answer`, and returns the bytes of its frame beside what that
/// says; nothing if the frame is not there as a whole. The request is decoded where it lies and never
/// moved: it is large. As a `Request<&str>` it lends its names from `src`.
///
/// # Errors
/// [`FrameError`] as of the codec.
#[inline(always)]
pub fn read_request<'a, S: From<&'a str>, T>(
    src: &'a [u8],
    answer: impl FnOnce(u32, Result<&Request<S>, Refusal>) -> T,
) -> Result<Option<(T, usize)>, FrameError> {
    let Some(frame) = complete_frame(src, MAX_REQUEST_FRAME_BYTES)? else { return Ok(None) };
    let CompleteFrame { correlation, message } = frame;
    let mut decoder = decoder(message);
    let decoded = Request::borrow_decode(&mut decoder);
    let request = match decoded {
        _ if !is_known(message) => Err(unknown(message)),
        Ok(ref request) if decoder.reader().0.is_empty() => Ok(request),
        Ok(_) => Err(left_over(decoder.reader().0.len()).into()),
        Err(error) => Err(malformed(error).into()),
    };
    let answered = answer(correlation, request);
    Ok(Some((answered, frame.bytes())))
}

/// Writes a reply's frame.
pub fn put_reply(dst: &mut impl FrameBuffer, correlation: u32, reply: &Reply) {
    put_frame(dst, correlation, |dst| encode(reply, dst));
}

/// Writes a reply's frame around a body that is encoded already: see [`encode_body`].
pub fn put_encoded_reply(
    dst: &mut impl FrameBuffer,
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
pub fn encode<T: Encode>(message: &T, dst: &mut impl BufMut) {
    let mut encoder = EncoderImpl::new(Buffer(dst), config::standard());
    message.encode(&mut encoder).expect("a buffer takes whatever is written");
}

/// Reads a message that fills `bytes` exactly.
///
/// # Errors
/// [`Malformed`] names the field that breaks its rule, or says how the frame is wrong.
pub fn decode<'a, T: BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    let mut decoder = decoder(bytes);
    match T::borrow_decode(&mut decoder) {
        Ok(message) if decoder.reader().0.is_empty() => Ok(message),
        Ok(_) => Err(left_over(decoder.reader().0.len())),
        Err(error) => Err(malformed(error)),
    }
}

/// Reads a message that `bytes` begin with, and returns what is behind it.
pub(crate) fn decode_first<'a, T: BorrowDecode<'a, ()>>(
    bytes: &'a [u8],
) -> Result<(T, &'a [u8]), Malformed> {
    let mut decoder = decoder(bytes);
    let message = T::borrow_decode(&mut decoder).map_err(malformed)?;
    Ok((message, decoder.reader().0))
}

/// Without a limit of bincode's: nothing here makes room for a length that it was told.
fn decoder(bytes: &[u8]) -> DecoderImpl<Rest<'_>, Configuration, ()> {
    DecoderImpl::new(Rest(bytes), config::standard(), ())
}

struct Buffer<'a, B>(&'a mut B);

impl<B: BufMut> Writer for Buffer<'_, B> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0.put_slice(bytes);
        Ok(())
    }
}

/// What bincode has not read yet.
struct Rest<'a>(&'a [u8]);

impl Reader for Rest<'_> {
    #[inline(always)]
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), DecodeError> {
        bytes.copy_from_slice(self.take_bytes(bytes.len())?);
        Ok(())
    }

    #[inline]
    fn peek_read(&mut self, length: usize) -> Option<&[u8]> {
        self.0.get(..length)
    }

    #[inline]
    fn consume(&mut self, length: usize) {
        self.0 = self.0.get(length..).unwrap_or_default();
    }
}

impl<'a> BorrowReader<'a> for Rest<'a> {
    #[inline(always)]
    fn take_bytes(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let Some((bytes, rest)) = self.0.split_at_checked(length) else {
            return Err(DecodeError::UnexpectedEnd { additional: length - self.0.len() });
        };
        self.0 = rest;
        Ok(bytes)
    }
}

#[cold]
fn left_over(bytes: usize) -> Malformed {
    Malformed { field: "frame".into(), why: format!("{bytes} bytes are left after the message") }
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
#[derive(Debug, Clone, Copy)]
pub struct CompleteFrame<'a> {
    pub correlation: u32,
    /// The encoded message.
    pub message: &'a [u8],
}

impl CompleteFrame<'_> {
    /// Bytes of the whole frame.
    pub const fn bytes(&self) -> usize {
        LENGTH_BYTES + CORRELATION_BYTES + self.message.len()
    }
}

/// The first frame of `src`, if it is there as a whole.
///
/// # Errors
/// [`FrameError`] where its length is more than `limit`, or less than every frame's.
pub fn complete_frame(src: &[u8], limit: usize) -> Result<Option<CompleteFrame<'_>>, FrameError> {
    let end = frame_end(src, limit)?;
    Ok(end.map(|end| CompleteFrame {
        correlation: correlation(src),
        message: &src[LENGTH_BYTES + CORRELATION_BYTES..end],
    }))
}

/// Whether the first byte is the number of a request.
fn is_known(message: &[u8]) -> bool {
    message.first().is_some_and(|&tag| usize::from(tag) < RequestKind::ALL.len())
}

#[cold]
fn unknown(message: &[u8]) -> Refusal {
    let tag = message.first().copied().unwrap_or_default();
    Refusal::Unsupported {
        what: format!("request {tag}").into(),
        versions: SUPPORTED_VERSIONS.to_vec().into(),
    }
}

/// Writes a frame around the message that `message` appends.
///
/// # Panics
/// The message has 4 GiB.
pub fn put_frame<B: FrameBuffer>(dst: &mut B, correlation: u32, message: impl FnOnce(&mut B)) {
    let start = dst.len();
    dst.put_u32_le(0);
    dst.put_u32_le(correlation);
    message(dst);
    let length = u32::try_from(dst.len() - start - LENGTH_BYTES)
        .expect("messages are bounded far below 4 GiB");
    dst[start..start + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
}

#[cold]
fn malformed(error: DecodeError) -> Malformed {
    let frame = |why: &str| Malformed { field: "frame".into(), why: why.to_owned() };
    match error {
        // Our own types report `field: why`, as bincode carries nothing but text.
        DecodeError::OtherString(text) => match text.split_once(": ") {
            Some((field, why)) => Malformed { field: field.into(), why: why.to_owned() },
            None => frame(&text),
        },
        DecodeError::UnexpectedEnd { additional } => {
            frame(&format!("ends {additional} bytes or more before its message does"))
        }
        DecodeError::UnexpectedVariant { type_name, .. } if type_name.contains("Option<") => {
            frame("an option in it is neither there (1) nor not (0)")
        }
        DecodeError::UnexpectedVariant { type_name, found, .. } => Malformed {
            field: "request".into(),
            why: format!("{} has no number {found}", type_name.rsplit("::").next().unwrap_or("it")),
        },
        // The one number of the protocol that must not be zero.
        DecodeError::NonZeroTypeIsZero { .. } => Malformed {
            field: "max_per_customer".into(),
            why: "must be at least 1, or left out".into(),
        },
        DecodeError::InvalidIntegerType { .. } => {
            frame("an integer in it is too large for its field")
        }
        other => frame(&other.to_string()),
    }
}
