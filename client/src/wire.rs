//! One connection: its stream, its buffers, and how it begins.

use crate::config::ClientConfig;
use crate::stream::Stream;
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
use tokio::io::AsyncWrite;
use tokio::time::timeout;
use tokio_util::codec::{Decoder, Encoder};
use tokio_util::io::{poll_read_buf, poll_write_buf};

/// Room that the input buffer has at least before it is read into.
const READ_BYTES: usize = 64 * 1024;

/// How a TLS server answers plain text: an alert's type and the version (RFC 8446, section 5.1).
/// A reply can begin like that too, but not one that is a welcome.
const TLS_ALERT: [u8; 2] = [0x15, 0x03];

/// A connection that was welcomed.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: Stream,
    inbound: BytesMut,
    outbound: BytesMut,
    /// Whether the stream has bytes that it took and may not have sent.
    unflushed: bool,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum NotOpen {
    /// The server was not reached, or something else answers there.
    Failed(io::Error),
    /// The server said no.
    Refused(Refusal),
}

/// What a connection did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Bytes came in.
    Received,
    /// Bytes went out.
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
        let stream = Stream::open(config).await.map_err(NotOpen::Failed)?;
        let (inbound, outbound) = (BytesMut::new(), BytesMut::new());
        let mut wire = Self { stream, inbound, outbound, unflushed: false };
        wire.put(0, &Request::Hello(hello(config)));
        let frame = wire.frame().await.map_err(|error| NotOpen::Failed(wire.stranger(error)))?;
        match frame.reply.body {
            Body::Welcome(welcome) => Ok((wire, welcome)),
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

    /// Bytes that are queued.
    pub(crate) fn queued(&self) -> usize {
        self.outbound.len()
    }

    /// The next reply, if it is there as a whole.
    pub(crate) fn received(&mut self) -> Result<Option<ReplyFrame>, FrameError> {
        ClientCodec.decode(&mut self.inbound)
    }

    /// Sends what is queued and waits until something was sent or came in. Nothing is lost if the
    /// future is dropped.
    pub(crate) async fn progress(&mut self) -> io::Result<Progress> {
        self.inbound.reserve(READ_BYTES);
        poll_fn(|context| self.poll_progress(context)).await
    }

    fn poll_progress(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Progress>> {
        let sent = self.poll_send(context)?.is_ready();
        let stream = Pin::new(&mut self.stream);
        match poll_read_buf(stream, context, &mut self.inbound)? {
            Poll::Ready(0) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Poll::Ready(_) => Poll::Ready(Ok(Progress::Received)),
            Poll::Pending if sent => Poll::Ready(Ok(Progress::Sent)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Ready if something was sent.
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

    /// Sends what is queued. Nothing is lost if the future is dropped.
    pub(crate) async fn send(&mut self) -> io::Result<()> {
        while !self.outbound.is_empty() || self.unflushed {
            self.progress().await?;
        }
        Ok(())
    }

    /// Waits for the next reply. Nothing is lost if the future is dropped.
    pub(crate) async fn frame(&mut self) -> Result<ReplyFrame, FrameError> {
        loop {
            if let Some(frame) = self.received()? {
                return Ok(frame);
            }
            self.progress().await?;
        }
    }

    /// What answers a hello in another language is no Boxoffice server, or one behind TLS.
    fn stranger(&self, error: FrameError) -> io::Error {
        if self.stream.is_plain() && self.inbound.starts_with(&TLS_ALERT) {
            return TlsFault::NeedsTls.into();
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
