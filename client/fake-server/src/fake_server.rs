//! A listening server and the peers that connect to it.

use boxoffice_protocol::event::Currency;
use boxoffice_protocol::frame::{ReplyFrame, ServerCodec};
use boxoffice_protocol::id::{BookingCode, CustomerId, EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply, Welcome};
use boxoffice_protocol::request::{Hello, Request};
use boxoffice_protocol::reservation::{Places, Reservation, Status};
use boxoffice_protocol::time::Timestamp;
use bytes::BytesMut;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::{Decoder, Encoder};

/// The time of every fake server: 2026-12-24T12:00:00Z.
pub const SERVER_TIME: Timestamp = Timestamp::from_ms(1_798_113_600_000);

pub struct FakeServer {
    listener: TcpListener,
    /// What a peer is welcomed with.
    pub in_flight: u32,
}

/// The server's end of one connection.
pub struct Peer {
    stream: TcpStream,
    inbound: BytesMut,
}

impl FakeServer {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self { listener, in_flight: 16 }
    }

    /// Its host and port.
    pub fn address(&self) -> String {
        self.listener.local_addr().expect("it listens").to_string()
    }

    /// Accepts a connection and welcomes it.
    pub async fn welcome(&self) -> Peer {
        let (mut peer, _, correlation) = self.hello().await;
        peer.reply(correlation, 0, Body::Welcome(Box::new(welcome(self.in_flight)))).await;
        peer
    }

    /// Accepts a connection and refuses it.
    pub async fn refuse(&self, refusal: Refusal) {
        let (mut peer, _, correlation) = self.hello().await;
        peer.reply(correlation, 0, Body::Refused(refusal)).await;
    }

    /// Accepts a connection and reads its hello.
    pub async fn hello(&self) -> (Peer, Hello, u32) {
        let mut peer = self.accept().await;
        match peer.request().await {
            (correlation, Request::Hello(hello)) => (peer, hello, correlation),
            (_, other) => panic!("a connection began with {other:?}"),
        }
    }

    pub async fn accept(&self) -> Peer {
        let (stream, _) = self.listener.accept().await.expect("a connection");
        Peer { stream, inbound: BytesMut::new() }
    }
}

impl Peer {
    /// The next request, whatever it takes.
    pub async fn request(&mut self) -> (u32, Request) {
        self.request_or_end().await.expect("the client has not closed the connection")
    }

    /// The next request; none when the client has closed the connection.
    pub async fn request_or_end(&mut self) -> Option<(u32, Request)> {
        loop {
            if let Some(frame) = ServerCodec.decode(&mut self.inbound).expect("a frame") {
                return Some((frame.correlation, frame.request.expect("a request")));
            }
            if self.stream.read_buf(&mut self.inbound).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// The next request, if it is there already.
    pub fn request_now(&mut self) -> Option<(u32, Request)> {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(self.request()).poll(&mut context) {
            Poll::Ready(request) => Some(request),
            Poll::Pending => None,
        }
    }

    /// Waits until the client has closed the connection.
    pub async fn closed(&mut self) {
        while self.stream.read_buf(&mut self.inbound).await.is_ok_and(|read| read > 0) {}
    }

    pub async fn reply(&mut self, correlation: u32, version: u64, body: Body) {
        self.try_reply(correlation, version, body).await.expect("the client reads");
    }

    /// Replies to a client that may be gone.
    pub async fn try_reply(
        &mut self,
        correlation: u32,
        version: u64,
        body: Body,
    ) -> io::Result<()> {
        let reply = Reply { version, age_ms: 0, body };
        let mut bytes = BytesMut::new();
        ServerCodec.encode(ReplyFrame { correlation, reply }, &mut bytes).expect("a frame");
        self.stream.write_all(&bytes).await
    }

    pub async fn refuse(&mut self, correlation: u32, version: u64, refusal: Refusal) {
        self.reply(correlation, version, Body::Refused(refusal)).await;
    }

    /// Sends bytes as they are.
    pub async fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the client reads");
    }

    /// Answers the next request, which must be a ping.
    pub async fn pong(&mut self) {
        let (correlation, request) = self.request().await;
        assert_eq!(request, Request::Ping);
        self.reply(correlation, 0, Body::Pong { server_time: SERVER_TIME }).await;
    }

    /// Answers the next request, which must be about a new reservation: it is held or confirmed.
    pub async fn book(&mut self, version: u64) -> Request {
        let (correlation, request) = self.request().await;
        self.reply(correlation, version, booked(&request)).await;
        request
    }
}

/// What a fake server says of itself.
pub fn welcome(in_flight: u32) -> Welcome {
    Welcome {
        protocol_version: 1,
        server: "fake/1".to_owned().into(),
        server_time: SERVER_TIME,
        in_flight,
        hold_default_ms: 120_000,
        hold_min_ms: 1_000,
        hold_max_ms: 1_800_000,
        hold_life_ms: 7_200_000,
        customer: None,
    }
}

/// The answer to a request that makes or confirms a reservation.
pub fn booked(request: &Request) -> Body {
    let (id, event, customer, status) = match request.clone() {
        Request::Hold { id, event, customer, .. } => (id, event, customer, Status::Held),
        Request::Reserve { id, event, customer, .. } => (id, event, customer, Status::Confirmed),
        Request::Confirm { reservation: key, .. } => {
            (key.id, key.event, key.customer, Status::Confirmed)
        }
        Request::Extend { reservation: key, .. } => (key.id, key.event, key.customer, Status::Held),
        other => panic!("{other:?} books nothing"),
    };
    let reservation = Box::new(reservation(id, event, customer, status));
    Body::Reservation { reservation, effect: Effect::Applied }
}

/// A reservation of the seats A1 and A2, for two minutes.
pub fn reservation(
    id: ReservationId,
    event: EventId,
    customer: CustomerId,
    status: Status,
) -> Reservation {
    let seats = ["A1", "A2"].map(|label| label.parse().expect("a seat"));
    Reservation {
        id,
        code: BookingCode::of_hash(1),
        event,
        customer,
        status,
        places: Places::Seats(seats.into_iter().collect()),
        total: 9_000,
        currency: Currency::EUR,
        created_at: SERVER_TIME,
        expires_at: SERVER_TIME.plus(Duration::from_secs(120)),
        revision: 0,
        order: None,
        tickets: Vec::new().into(),
    }
}
