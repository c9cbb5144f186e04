//! What the tests share: a server on a free port, and a client that says exactly what it is told.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod backups;
pub mod browser;
pub mod cli;
pub mod house;
pub mod http;
pub mod looking;
pub mod openmetrics;
pub mod process;
pub mod reserved_port;
pub mod season;
pub mod shoppers;
pub mod skip;
pub mod small_disk;
pub mod sse;
pub mod strace;
pub mod tls;
pub mod tokens;
pub mod visits;
pub mod wall_clock;
pub mod webdriver;

use boxoffice_client::{Client, ClientConfig};
use boxoffice_protocol::event::{Currency, EventSpec, Layout, SectionSpec, Sections};
use boxoffice_protocol::frame::{ClientCodec, ReplyFrame};
use boxoffice_protocol::id::{
    ClientName, CustomerId, EventId, EventName, ReservationId, SectionName, Token,
};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Freshness, Hello, Request, ReservationKey};
use boxoffice_protocol::reservation::{PlaceCount, SeatLabels, Selection, Together};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use bytes::BytesMut;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::codec::{Decoder, Encoder};

/// Nothing in a test takes this long unless it hangs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// When the manual clocks of tests start: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_ms(1_767_225_600_000);

/// Settings for tests: free ports, a clock that is moved by hand.
pub fn config() -> Config {
    Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        http_listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        clock: Some(Clock::manual(START)),
        ..Config::default()
    }
}

/// Where this run's random choices begin: printed, and taken from `BOXOFFICE_SEED` to replay it.
pub fn seed() -> u64 {
    let given = std::env::var("BOXOFFICE_SEED").ok();
    let given = given.map(|seed| seed.parse().expect("BOXOFFICE_SEED is a number"));
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("BOXOFFICE_SEED={seed}");
    seed
}

/// A server with test settings.
pub async fn server() -> Server {
    start(config()).await
}

/// A server with these settings.
pub async fn start(config: Config) -> Server {
    Server::start(config).await.expect("a free port")
}

/// A client of the library.
pub async fn client(server: &Server) -> Client {
    client_at(server.address()).await
}

/// A client of the server at this address.
pub async fn client_at(address: SocketAddr) -> Client {
    let config = ClientConfig { server: address.to_string(), ..Default::default() };
    Client::connect(config).await.expect("the server is there")
}

/// An id that no other call returns, made at `time`.
pub fn new_id(time: Timestamp) -> ReservationId {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    ReservationId::new(time, random)
}

pub fn event(slug: &str) -> EventId {
    EventId::parse(slug).expect("a slug")
}

pub fn customer(name: &str) -> CustomerId {
    CustomerId::parse(name).expect("a customer")
}

pub fn seats(labels: &[&str]) -> Selection {
    let labels = labels.iter().map(|label| label.parse().expect("a label"));
    Selection::Seats(SeatLabels::new(labels).expect("some seats"))
}

pub fn best(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a number of places");
    Selection::Best { places, section: None, together: Together::IfPossible }
}

pub fn standing(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a number of places");
    Selection::Standing { places, section: None }
}

pub fn section(name: &str, price: u64, layout: Layout) -> SectionSpec {
    SectionSpec { name: SectionName::parse(name).expect("a word"), price, layout }
}

/// An event of these sections.
pub fn spec(sections: Vec<SectionSpec>) -> EventSpec {
    EventSpec {
        name: EventName::parse("A test").expect("a name"),
        starts_at: Timestamp::from_ms(START.as_ms() + 86_400_000),
        currency: Currency::EUR,
        max_per_customer: None,
        sections: Sections::new(sections).expect("within the bounds"),
    }
}

/// An event with one seated section of `rows` by `seats`.
pub fn film(rows: u16, seats: u16) -> EventSpec {
    spec(vec![section("stalls", 4_500, Layout::grid(rows, seats))])
}

/// An event with one standing section.
pub fn concert(capacity: u32) -> EventSpec {
    spec(vec![section("floor", 3_000, Layout::Standing { capacity })])
}

pub fn hello() -> Request {
    hello_with(None)
}

/// A hello that shows this token.
pub fn hello_with(token: Option<&Token>) -> Request {
    Request::Hello(Hello {
        magic: MAGIC,
        protocol_version: PROTOCOL_VERSION,
        token: token.cloned(),
        client: ClientName::parse("test").expect("a name"),
        in_flight: 0,
    })
}

pub fn create(id: &str, spec: EventSpec) -> Request {
    Request::CreateEvent { event: event(id), spec: Box::new(spec) }
}

pub fn reserve(id: ReservationId, of: &str, who: &str, selection: Selection) -> Request {
    Request::Reserve { id, event: event(of), customer: customer(who), selection }
}

pub fn hold(id: ReservationId, of: &str, who: &str, selection: Selection) -> Request {
    Request::Hold { id, event: event(of), customer: customer(who), selection, ttl_ms: None }
}

pub fn key(id: ReservationId, of: &str, who: &str) -> ReservationKey {
    ReservationKey { event: event(of), id, customer: customer(who) }
}

pub fn seat_map(of: &str) -> Request {
    Request::Seats { event: event(of), freshness: Freshness::Fresh }
}

/// A connection that sends bytes and requests as they are given, and reads replies one by one.
pub struct Raw<S = TcpStream> {
    pub stream: S,
    input: BytesMut,
    next: u32,
}

impl Raw {
    /// Connects and says nothing.
    pub async fn silent(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        Self::over(stream)
    }

    /// Talks over a connection that is there already.
    pub fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a TCP stream");
        Self::around(stream)
    }

    /// Connects and shakes hands.
    pub async fn connect(server: &Server) -> Self {
        let mut raw = Self::silent(server.address()).await;
        raw.greet().await;
        raw
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Raw<S> {
    /// Talks over anything that carries bytes.
    pub fn around(stream: S) -> Self {
        Self { stream, input: BytesMut::new(), next: 0 }
    }

    /// Shakes hands.
    pub async fn greet(&mut self) {
        let reply = self.ask(&hello()).await;
        assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
    }

    /// Sends bytes.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the server reads");
    }

    /// Sends a request and returns its correlation id.
    pub async fn send(&mut self, request: &Request) -> u32 {
        let (correlation, bytes) = self.encode(request);
        self.send_bytes(&bytes).await;
        correlation
    }

    /// A request's frame, and its correlation id.
    pub fn encode(&mut self, request: &Request) -> (u32, BytesMut) {
        self.next += 1;
        let mut bytes = BytesMut::new();
        ClientCodec.encode((self.next, request), &mut bytes).expect("requests encode");
        (self.next, bytes)
    }

    /// The next reply; none if the server has closed the connection.
    pub async fn receive(&mut self) -> Option<ReplyFrame> {
        let receive = async {
            loop {
                if let Some(frame) = ClientCodec.decode(&mut self.input).expect("replies decode") {
                    return Some(frame);
                }
                match self.stream.read_buf(&mut self.input).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, receive).await.expect("an answer in time")
    }

    /// Sends a request and returns its reply, which has to be the next.
    pub async fn ask(&mut self, request: &Request) -> Reply {
        let correlation = self.send(request).await;
        let frame = self.receive().await.expect("the connection stays open");
        assert_eq!(frame.correlation, correlation, "{frame:?}");
        frame.reply
    }

    /// The refusal that a request gets.
    pub async fn refused(&mut self, request: &Request) -> Refusal {
        match self.ask(request).await.body {
            Body::Refused(refusal) => refusal,
            other => panic!("{request:?} was answered {other:?}"),
        }
    }

    /// Returns once the server has closed the connection; what it still says is returned.
    pub async fn closed(&mut self) -> Vec<ReplyFrame> {
        let mut said = Vec::new();
        while let Some(frame) = self.receive().await {
            said.push(frame);
        }
        said
    }
}

/// Returns once `done` says so; a server's counters move a moment after its replies.
pub async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let wait = async {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// Rows of reservations in the state file.
pub fn reservation_rows(data: &Path) -> u64 {
    let rows = rusqlite::Connection::open(data.join("boxoffice.db")).expect("it is there");
    let count = "SELECT count(*) FROM reservations";
    rows.query_row(count, [], |row| row.get::<_, i64>(0)).expect("it is whole").unsigned_abs()
}
