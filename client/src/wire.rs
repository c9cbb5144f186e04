//! One connection: its stream, its buffers and its handshake.

use crate::config::ClientConfig;
use crate::stream::ClientStream;
use crate::tls::TlsFault;
use boxoffice_protocol::frame::{ClientCodec, FrameError, ReplyFrame};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Welcome};
use boxoffice_protocol::request::{Hello, Request};
use bytes::BytesMut;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use thiserror::Error;
use tokio::io::AsyncWrite;
use tokio::time::timeout;
use tokio_util::codec::{Decoder, Encoder};
use tokio_util::io::{poll_read_buf, poll_write_buf};

/// The least space of the input buffer before a read.
const READ_BYTES: usize = 64 * 1024;

/// The reply of a TLS server to plain text: the type of an alert and the version (RFC 8446, section
/// 5.1). No welcome begins like this.
const TLS_ALERT: [u8; 2] = [0x15, 0x03];

/// The beginning of every answer of HTTP/1 (RFC 9112, section 4). No welcome begins like this.
const HTTP_STATUS: &[u8] = b"HTTP/1.";

/// What answers is a server of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("what answers there is HTTP")]
pub(crate) struct SpeaksHttp;

/// A connection, welcomed after [`open`](Self::open).
#[derive(Debug)]
pub(crate) struct Wire {
    stream: ClientStream,
    inbound: BytesMut,
    outbound: BytesMut,
    /// Whether the stream may still buffer bytes.
    unflushed: bool,
}

/// An attempt that failed.
#[derive(Debug)]
pub(crate) enum NotOpen {
    /// The server was not reached, or another program answers there.
    Failed(io::Error),
    /// The server refused the connection.
    Refused(Refusal),
}

/// The direction of transferred bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    Received,
    Sent,
}

impl Wire {
    /// Connects and says hello.
    pub(crate) async fn open(config: &ClientConfig) -> Result<(Self, Welcome), NotOpen> {
        match timeout(config.connect_timeout, Self::shake_hands(config)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(NotOpen::Failed(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no answer within {:?}", config.connect_timeout),
            ))),
        }
    }

    async fn shake_hands(config: &ClientConfig) -> Result<(Self, Welcome), NotOpen> {
        let stream = ClientStream::open(config).await.map_err(NotOpen::Failed)?;
        let (inbound, outbound) = (BytesMut::new(), BytesMut::new());
        let mut wire = Self { stream, inbound, outbound, unflushed: false };
        wire.put(0, &Request::Hello(hello(config)));
        let frame =
            wire.frame().await.map_err(|error| NotOpen::Failed(wire.not_boxoffice(error)))?;
        match frame.reply.body {
            Body::Welcome(welcome) => Ok((wire, *welcome)),
            Body::Refused(refusal) => Err(NotOpen::Refused(refusal)),
            _ => Err(NotOpen::Failed(io::Error::new(
                io::ErrorKind::InvalidData,
                "it answers, but not with a welcome",
            ))),
        }
    }

    /// Queues a request; [`progress`](Self::progress) sends it.
    pub(crate) fn put(&mut self, correlation: u32, request: &Request) {
        ClientCodec
            .encode((correlation, request), &mut self.outbound)
            .expect("encoding into a buffer does no I/O");
    }

    /// The number of queued bytes.
    pub(crate) fn queued(&self) -> usize {
        self.outbound.len()
    }

    /// The next reply, if all of it has arrived.
    pub(crate) fn received(&mut self) -> Result<Option<ReplyFrame>, FrameError> {
        ClientCodec.decode(&mut self.inbound)
    }

    /// Sends queued bytes, and waits until bytes were sent or received. No bytes are lost if the future
    /// is dropped.
    pub(crate) async fn progress(&mut self) -> io::Result<Transfer> {
        self.inbound.reserve(READ_BYTES);
        poll_fn(|context| self.poll_progress(context)).await
    }

    fn poll_progress(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Transfer>> {
        let sent = self.poll_send(context)?.is_ready();
        let stream = Pin::new(&mut self.stream);
        match poll_read_buf(stream, context, &mut self.inbound)? {
            Poll::Ready(0) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Poll::Ready(_) => Poll::Ready(Ok(Transfer::Received)),
            Poll::Pending if sent => Poll::Ready(Ok(Transfer::Sent)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Ready if bytes were sent.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut sent = Poll::Pending;
        if !self.outbound.is_empty() {
            let stream = Pin::new(&mut self.stream);
            match poll_write_buf(stream, context, &mut self.outbound)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(_) => {
                    self.unflushed = true;
                    sent = Poll::Ready(Ok(()));
                }
                Poll::Pending => {}
            }
        }
        if self.unflushed && Pin::new(&mut self.stream).poll_flush(context)?.is_ready() {
            self.unflushed = false;
            sent = Poll::Ready(Ok(()));
        }
        sent
    }

    /// Sends all queued bytes. No bytes are lost if the future is dropped.
    pub(crate) async fn send(&mut self) -> io::Result<()> {
        while !self.outbound.is_empty() || self.unflushed {
            self.progress().await?;
        }
        Ok(())
    }

    /// Waits for the next reply. No bytes are lost if the future is dropped.
    pub(crate) async fn frame(&mut self) -> Result<ReplyFrame, FrameError> {
        loop {
            if let Some(frame) = self.received()? {
                return Ok(frame);
            }
            self.progress().await?;
        }
    }

    /// The error for a reply that is no frame: another program, or a server that requires TLS.
    fn not_boxoffice(&self, error: FrameError) -> io::Error {
        if self.stream.is_plain() && self.inbound.starts_with(&TLS_ALERT) {
            return TlsFault::NeedsTls.into();
        }
        if self.inbound.starts_with(HTTP_STATUS) {
            return io::Error::new(io::ErrorKind::InvalidData, SpeaksHttp);
        }
        match error {
            FrameError::Io(error) => error,
            other => io::Error::new(
                io::ErrorKind::InvalidData,
                format!("what answers there is no Boxoffice server: {other}"),
            ),
        }
    }
}

fn hello(config: &ClientConfig) -> Hello {
    Hello {
        magic: MAGIC,
        protocol_version: PROTOCOL_VERSION,
        token: config.token.clone(),
        client: config.client_name.clone(),
        in_flight: config.in_flight,
    }
}
