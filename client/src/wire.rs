//! One TCP connection: its socket, its buffers, and how it begins.

use crate::config::ClientConfig;
use boxoffice_protocol::frame::{ClientCodec, FrameError, ReplyFrame};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Welcome};
use boxoffice_protocol::request::{Hello, Request};
use bytes::BytesMut;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::select;
use tokio::time::timeout;
use tokio_util::codec::{Decoder, Encoder};

/// Room that the input buffer has at least before it is read into.
const READ_BYTES: usize = 64 * 1024;

/// A connection that was welcomed.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    inbound: BytesMut,
    outbound: BytesMut,
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
        let stream = TcpStream::connect(&config.server).await.map_err(NotOpen::Failed)?;
        stream.set_nodelay(true).map_err(NotOpen::Failed)?;
        let mut wire = Self { stream, inbound: BytesMut::new(), outbound: BytesMut::new() };
        wire.put(0, &Request::Hello(hello(config)));
        let frame = wire.frame().await.map_err(|error| NotOpen::Failed(stranger(error)))?;
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
        let (mut reader, mut writer) = self.stream.split();
        select! {
            read = reader.read_buf(&mut self.inbound) => match read? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(Progress::Received),
            },
            sent = writer.write_buf(&mut self.outbound), if !self.outbound.is_empty() => match sent? {
                0 => Err(io::ErrorKind::WriteZero.into()),
                _ => Ok(Progress::Sent),
            },
        }
    }

    /// Sends what is queued. Nothing is lost if the future is dropped.
    pub(crate) async fn send(&mut self) -> io::Result<()> {
        while !self.outbound.is_empty() {
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

/// What answers a hello in another language is no Boxoffice server.
fn stranger(error: FrameError) -> io::Error {
    match error {
        FrameError::Io(error) => error,
        other => io::Error::new(
            io::ErrorKind::InvalidData,
            format!("what answers there is no Boxoffice server: {other}"),
        ),
    }
}
