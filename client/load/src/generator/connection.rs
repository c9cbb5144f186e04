//! One non-blocking connection of the generator, with its buffers.

use crate::error::LoadError;
use boxoffice_client::protocol::frame::{ClientCodec, FrameError};
use boxoffice_client::protocol::id::{ClientName, Token};
use boxoffice_client::protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_client::protocol::reply::Body;
use boxoffice_client::protocol::reply_view::ReplyView;
use boxoffice_client::protocol::request::{Hello, Request};
use bytes::{Buf, BytesMut};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::ops::{Add, Sub};
use std::time::Duration;
use tokio_util::codec::{Decoder, Encoder};

/// The first size of the read buffer; it grows with the frames.
const READ_BYTES: usize = 64 * 1024;

/// How to reach the server.
#[derive(Debug, Clone)]
pub struct Target {
    pub server: String,
    /// The token of the principal that the run acts for.
    pub token: Option<Token>,
    /// How long connecting, and then each reply, may take.
    pub timeout: Duration,
}

/// A welcomed connection. It writes and reads in batches.
#[derive(Debug)]
pub(crate) struct LoadConnection {
    pub(crate) stream: mio::net::TcpStream,
    pub(crate) outbound: BytesMut,
    inbound: Inbound,
    /// Bytes since it was opened.
    pub(crate) traffic: Traffic,
}

/// Bytes over one or more connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub(crate) sent: u64,
    pub(crate) received: u64,
}

impl Add for Traffic {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self { sent: self.sent + more.sent, received: self.received + more.received }
    }
}

impl Sub for Traffic {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { sent: self.sent - before.sent, received: self.received - before.received }
    }
}

/// What the socket still has after a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SocketState {
    Drained,
    /// Perhaps more: the buffer was too small.
    MaybeMore,
}

impl LoadConnection {
    /// Connects and says hello, within the target's timeout.
    pub(crate) fn open(target: &Target, number: usize, pipeline: u32) -> Result<Self, LoadError> {
        let failed =
            |error| LoadError::Connect { connection: number, server: target.server.clone(), error };
        let mut stream = connect(target).map_err(failed)?;
        let mut outbound = BytesMut::new();
        let reply = shake_hands(&mut stream, target, pipeline, &mut outbound).map_err(failed)?;
        let welcome = match reply {
            Body::Welcome(welcome) => welcome,
            Body::Refused(refusal) => {
                return Err(LoadError::Refused { connection: number, refusal });
            }
            _ => return Err(failed(not_boxoffice("its first answer is no welcome"))),
        };
        if welcome.in_flight < pipeline {
            return Err(LoadError::Pipeline { allowed: welcome.in_flight });
        }
        stream.set_read_timeout(None).map_err(failed)?;
        stream.set_nonblocking(true).map_err(failed)?;
        let stream = mio::net::TcpStream::from_std(stream);
        let (inbound, traffic) = (Inbound::default(), Traffic::default());
        Ok(Self { stream, outbound, inbound, traffic })
    }

    /// Queues a request; [`flush`](Self::flush) writes it.
    pub(crate) fn put(&mut self, correlation: u32, request: &Request) {
        ClientCodec
            .encode((correlation, request), &mut self.outbound)
            .expect("encoding into a buffer does no I/O");
    }

    /// Writes as much of the queue as the socket takes.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while !self.outbound.is_empty() {
            match self.stream.write(&self.outbound) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.traffic.sent += written as u64;
                    if written == self.outbound.len() {
                        self.outbound.clear();
                    } else {
                        self.outbound.advance(written);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once into the buffer.
    pub(crate) fn read(&mut self) -> io::Result<SocketState> {
        loop {
            let room = self.inbound.room();
            match self.stream.read(room) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    // A short read means that the socket is empty: epoll(7).
                    let source = if read < room.len() {
                        SocketState::Drained
                    } else {
                        SocketState::MaybeMore
                    };
                    self.inbound.end += read;
                    self.traffic.received += read as u64;
                    return Ok(source);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Ok(SocketState::Drained);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Passes every whole reply in the buffer to `show`, in order.
    pub(crate) fn replies(
        &mut self,
        mut show: impl FnMut(&ReplyView<'_>) -> Result<(), FrameError>,
    ) -> Result<(), FrameError> {
        let Inbound { bytes, begin, end } = &mut self.inbound;
        while let Some(reply) = ReplyView::first(&bytes[*begin..*end])? {
            show(&reply)?;
            *begin += reply.frame_bytes;
        }
        Ok(())
    }
}

fn connect(target: &Target) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in target.server.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, target.timeout) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(target.timeout))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn shake_hands(
    stream: &mut TcpStream,
    target: &Target,
    pipeline: u32,
    buffer: &mut BytesMut,
) -> io::Result<Body> {
    let hello = Hello {
        magic: MAGIC,
        protocol_version: PROTOCOL_VERSION,
        token: target.token.clone(),
        client: ClientName::parse("boxoffice-bench").expect("visible ASCII"),
        in_flight: pipeline,
    };
    let mut codec = ClientCodec;
    codec
        .encode((0, &Request::Hello(hello)), buffer)
        .map_err(|error| not_boxoffice(&error.to_string()))?;
    stream.write_all(buffer)?;
    buffer.clear();
    loop {
        let frame = codec.decode(buffer).map_err(|error| not_boxoffice(&error.to_string()))?;
        if let Some(frame) = frame {
            return Ok(frame.reply.body);
        }
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => buffer.extend_from_slice(&chunk[..read]),
        }
    }
}

fn not_boxoffice(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("no Boxoffice server answers there: {why}"))
}

/// The read buffer; `begin..end` is not decoded yet.
#[derive(Debug, Default)]
struct Inbound {
    bytes: Vec<u8>,
    begin: usize,
    end: usize,
}

impl Inbound {
    /// The space behind `end`, never empty.
    fn room(&mut self) -> &mut [u8] {
        self.bytes.copy_within(self.begin..self.end, 0);
        self.end -= self.begin;
        self.begin = 0;
        if self.end == self.bytes.len() {
            // A frame does not fit. Its length is bounded, so this buffer is too.
            self.bytes.resize((2 * self.end).max(READ_BYTES), 0);
        }
        &mut self.bytes[self.end..]
    }
}
