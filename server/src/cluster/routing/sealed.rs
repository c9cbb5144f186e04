//! A connection of sealed frames: those of the wire, each with a seal that only a server with the secret can
//! make, for this connection, this direction and this place in it.

use super::secret::ClusterSecret;
use boxoffice_protocol::frame::{FrameError, complete_frame, put_frame};
use boxoffice_protocol::limits::MAX_REPLY_FRAME_BYTES;
use bytes::{Buf, BufMut, BytesMut};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::io;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Half of an HMAC is as good as any guess needs it (RFC 2104, section 5).
const SEAL_BYTES: usize = 16;

/// The least space of the input buffer before a read.
const READ_BYTES: usize = 64 << 10;

/// Why a connection between servers ended.
#[derive(Debug, Error)]
pub(super) enum PeerError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("it does not have the same secret, or someone is in between")]
    Seal,
    #[error("it is another version of Boxoffice")]
    Version,
    #[error("what it sent is no message of a server: {0}")]
    Message(String),
    #[error("it is silent")]
    Silent,
    #[error("its lease has ended")]
    Gone,
}

/// One direction of a connection.
pub(super) struct Seals {
    key: Hmac<Sha256>,
    number: u64,
}

/// A connection and its buffers.
pub(super) struct SealedStream {
    pub(super) stream: TcpStream,
    pub(super) inbound: BytesMut,
    pub(super) outbound: BytesMut,
    sent: Seals,
    received: Seals,
}

impl Seals {
    /// `nonces` are random bytes of both sides, so that nothing of one connection counts on another.
    pub(super) fn new(secret: &ClusterSecret, direction: &[u8], nonces: [&[u8]; 2]) -> Self {
        Self { key: secret.key(direction, &nonces), number: 0 }
    }

    fn next(&mut self, correlation: u32, message: &[u8]) -> Hmac<Sha256> {
        let mut seal = self.key.clone();
        seal.update(&self.number.to_le_bytes());
        seal.update(&correlation.to_le_bytes());
        seal.update(message);
        self.number += 1;
        seal
    }
}

impl SealedStream {
    pub(super) fn new(
        stream: TcpStream,
        (inbound, outbound): (BytesMut, BytesMut),
        (sent, received): (Seals, Seals),
    ) -> Self {
        Self { stream, inbound, outbound, sent, received }
    }

    /// Queues a message; [`progress`](Self::progress) sends it.
    pub(super) fn put(&mut self, correlation: u32, message: impl FnOnce(&mut BytesMut)) {
        let sent = &mut self.sent;
        put_frame(&mut self.outbound, correlation, |out| {
            let begin = out.len();
            message(out);
            let seal = sent.next(correlation, &out[begin..]).finalize().into_bytes();
            out.put_slice(&seal[..SEAL_BYTES]);
        });
    }

    /// Lends the next message, if all of it has arrived.
    pub(super) fn received<T>(
        &mut self,
        take: impl FnOnce(u32, &[u8]) -> Result<T, PeerError>,
    ) -> Result<Option<T>, PeerError> {
        let Some(frame) = complete_frame(&self.inbound, MAX_REPLY_FRAME_BYTES + SEAL_BYTES)? else {
            return Ok(None);
        };
        let (correlation, bytes) = (frame.correlation, frame.bytes());
        let length = frame.message.len().checked_sub(SEAL_BYTES).ok_or(PeerError::Seal)?;
        let (message, seal) = frame.message.split_at(length);
        let expected = self.received.next(correlation, message);
        expected.verify_truncated_left(seal).map_err(|_| PeerError::Seal)?;
        let taken = take(correlation, message)?;
        self.inbound.advance(bytes);
        Ok(Some(taken))
    }

    /// Waits until bytes were sent or received. No bytes are lost if the future is dropped.
    pub(super) async fn progress(&mut self) -> io::Result<()> {
        self.inbound.reserve(READ_BYTES);
        let (mut reader, mut writer) = self.stream.split();
        tokio::select! {
            read = reader.read_buf(&mut self.inbound) => match read? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(()),
            },
            sent = writer.write_buf(&mut self.outbound), if !self.outbound.is_empty() => sent.map(drop),
        }
    }
}
