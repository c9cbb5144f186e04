//! A client's connection that sends many requests at once, on a thread of its own.

use crate::figures::micros;
use anyhow::{Context, ensure};
use boxoffice_benches::world;
use boxoffice_protocol::frame::{ClientCodec, ReplyFrame};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Hello, Request};
use boxoffice_protocol::reservation::{PlaceCount, Selection};
use boxoffice_protocol::time::Timestamp;
use bytes::BytesMut;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;
use tokio_util::codec::{Decoder, Encoder};

/// Requests that a connection may have in flight.
const IN_FLIGHT: u32 = 1_024;

/// Bytes that are read at once.
const READ: usize = 64 << 10;

/// A small event's rows: only places to stand are asked for.
const SIDE: u16 = 10;

/// A connection that asks for places to stand.
pub(crate) struct Connection {
    pub(crate) requests: Requests,
    pub(crate) replies: Replies,
}

/// What goes out over a connection.
pub(crate) struct Requests {
    stream: TcpStream,
    output: BytesMut,
    /// The correlation id of the last request.
    last: u32,
    event: EventId,
    /// The server's time when the connection began, and when that was.
    server_time: Timestamp,
    begun: Instant,
    random: fastrand::Rng,
    /// The number of the next customer.
    customer: u64,
}

/// What comes back over a connection.
pub(crate) struct Replies {
    stream: TcpStream,
    input: BytesMut,
    buffer: Box<[u8]>,
}

/// A reply, and when it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) at: Instant,
    /// Since its request was sent.
    pub(crate) micros: u32,
    pub(crate) reply: Reply,
}

impl Connection {
    /// Connects; customers of different numbers are different.
    pub(crate) fn open(address: SocketAddr, number: u64) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let input = BytesMut::new();
        let replies = Replies { stream: stream.try_clone()?, input, buffer: vec![0; READ].into() };
        let requests = Requests {
            stream,
            output: BytesMut::new(),
            last: 0,
            event: "event-0".parse()?,
            server_time: Timestamp::default(),
            begun: Instant::now(),
            random: fastrand::Rng::with_seed(number),
            customer: number * 10_000_000,
        };
        let mut connection = Self { requests, replies };
        let hello = Hello {
            magic: MAGIC,
            protocol_version: PROTOCOL_VERSION,
            token: None,
            client: "durability".parse()?,
            in_flight: IN_FLIGHT,
        };
        match connection.ask(&Request::Hello(hello))?.body {
            Body::Welcome(welcome) => connection.requests.server_time = welcome.server_time,
            other => anyhow::bail!("not welcome: {other:?}"),
        }
        Ok(connection)
    }

    /// Creates the event that all connections ask for.
    pub(crate) fn create_event(&mut self) -> anyhow::Result<()> {
        let spec = Box::new(world::spec(SIDE));
        let reply = self.ask(&Request::CreateEvent { event: self.requests.event.clone(), spec })?;
        ensure!(matches!(reply.body, Body::EventSaved { .. }), "no event: {reply:?}");
        Ok(())
    }

    /// Sends a request and waits for its reply.
    pub(crate) fn ask(&mut self, request: &Request) -> anyhow::Result<Reply> {
        self.requests.put(request)?;
        self.requests.send()?;
        Ok(self.replies.next()?.reply)
    }

    /// Sends requests together, and waits for all answers. They come in order, as all requests are
    /// of one event.
    pub(crate) fn exchange(&mut self, requests: &[Request]) -> anyhow::Result<Vec<Answer>> {
        let first = self.requests.last + 1;
        requests.iter().try_for_each(|request| self.requests.put(request))?;
        let sent = Instant::now();
        self.requests.send()?;
        let mut answers = Vec::with_capacity(requests.len());
        for expected in first..=self.requests.last {
            let ReplyFrame { correlation, reply } = self.replies.next()?;
            ensure!(correlation == expected, "a reply came out of order");
            let at = Instant::now();
            answers.push(Answer { at, micros: micros(at - sent), reply });
        }
        Ok(answers)
    }
}

impl Requests {
    /// A wish for one place, of a new customer.
    pub(crate) fn reserve(&mut self) -> Request {
        let (id, customer) = self.next_reservation();
        Request::Reserve {
            id,
            event: self.event.clone(),
            customer,
            selection: standing(),
            order: None,
        }
    }

    /// The same, to be held.
    pub(crate) fn hold(&mut self) -> Request {
        let (id, customer) = self.next_reservation();
        let event = self.event.clone();
        Request::Hold { id, event, customer, selection: standing(), ttl_ms: None, order: None }
    }

    fn next_reservation(&mut self) -> (ReservationId, CustomerId) {
        let random = std::array::from_fn(|_| self.random.u8(..));
        let customer = CustomerId::parse(&format!("cust{:08}", self.customer % 100_000_000));
        self.customer += 1;
        let now = self.server_time.plus(self.begun.elapsed());
        (ReservationId::new(now, random), customer.expect("12 bytes"))
    }

    /// Puts a request to those that are sent next.
    pub(crate) fn put(&mut self, request: &Request) -> anyhow::Result<()> {
        self.last += 1;
        Ok(ClientCodec.encode((self.last, request), &mut self.output)?)
    }

    /// Sends what was put.
    pub(crate) fn send(&mut self) -> anyhow::Result<()> {
        self.stream.write_all(&self.output)?;
        self.output.clear();
        Ok(())
    }
}

impl Replies {
    pub(crate) fn next(&mut self) -> anyhow::Result<ReplyFrame> {
        loop {
            if let Some(frame) = ClientCodec.decode(&mut self.input)? {
                return Ok(frame);
            }
            let read = self.stream.read(&mut self.buffer)?;
            let read = self.buffer.get(..read).filter(|read| !read.is_empty());
            self.input.extend_from_slice(read.context("the server closed the connection")?);
        }
    }
}

fn standing() -> Selection {
    Selection::Standing { places: PlaceCount::ONE, section: None }
}
