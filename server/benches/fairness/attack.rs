//! The attackers, in a process of their own: it tells when it has begun, and goes on until it is
//! killed.

use crate::stage::{ATTACKER, BROKEN, LARGE, LIMITED};
use crate::{many_addresses, polite};
use boxoffice_protocol::frame::ClientCodec;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::limits::MAX_PAGE_ROWS;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_protocol::reservation::Selection;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::{
    Raw, best, connect_from, customer, hello_with, hold, key, new_id, seat_map, standing,
};
use bytes::BytesMut;
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::codec::Encoder as _;

/// Bytes that a connection sends at once.
const AT_ONCE: usize = 8 << 10;

/// Requests that are sent ahead by a client that is about to be gone.
const AHEAD: usize = 800;

/// Between two tries to have another connection or stream.
const RETRY: Duration = Duration::from_millis(20);

/// What attackers do, and where.
#[derive(Debug, Clone, Args)]
pub(crate) struct Attack {
    pub(crate) deed: Deed,
    pub(crate) address: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) token: String,
    pub(crate) connections: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deed {
    /// Hold the best 100 seats and release them.
    BestSeats,
    /// Send the same ahead and be gone.
    BeGone,
    ListReservations,
    ListEvents,
    Seats,
    Pings,
    /// Have as many connections as there are.
    TakeConnections,
    TakeStreams,
    /// Connect and say nothing, from an address of their own or from that of the others.
    BeSilent,
    BeSilentBesides,
    /// Hold places and release them.
    SpendIds,
    /// Hold places from each of many addresses.
    HoldFromManyAddresses,
}

/// Attacks until the process is killed, or its parent ends.
pub(crate) fn run(attack: &Attack) -> anyhow::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let begun = Arc::new(Semaphore::new(0));
        let mut attackers = JoinSet::new();
        for number in 0..attack.connections {
            attackers.spawn(connection(attack.clone(), number, Arc::clone(&begun)));
        }
        let attacking = async {
            begun.acquire_many(attack.connections).await?.forget();
            println!("attacking");
            std::future::pending().await
        };
        tokio::select! {
            ended = attackers.join_next() => anyhow::bail!("an attacker ended: {ended:?}"),
            failed = attacking => failed,
        }
    })
}

/// One connection after the other.
async fn connection(attack: Attack, number: u32, begun: Arc<Semaphore>) {
    let mut first = Some(begun);
    loop {
        let begin = || {
            if let Some(begun) = first.take() {
                begun.add_permits(1);
            }
        };
        once(&attack, number, begin).await;
    }
}

async fn once(attack: &Attack, number: u32, begin: impl FnOnce()) {
    match attack.deed {
        Deed::BeSilent => be_silent([127, 0, 0, 1], attack, begin).await,
        Deed::BeSilentBesides => be_silent([127, 0, 0, 2], attack, begin).await,
        Deed::HoldFromManyAddresses => {
            many_addresses::hold((number, attack.connections), attack.http, begin).await;
        }
        Deed::TakeStreams => take_stream(attack, begin).await,
        Deed::TakeConnections => take_connection(attack, begin).await,
        Deed::BeGone => be_gone(attack, begin).await,
        _ => flood(attack, begin).await,
    }
}

async fn be_silent(from: [u8; 4], attack: &Attack, begin: impl FnOnce()) {
    let mut stream = connect_from(from, attack.address).await;
    begin();
    let _ = stream.read(&mut [0]).await;
}

async fn entered(attack: &Attack) -> Option<(TcpStream, Timestamp)> {
    let token = Token::parse(&attack.token).expect("a token");
    let stream = TcpStream::connect(attack.address).await.ok()?;
    let mut raw = Raw::over(stream);
    let (_, hello) = raw.encode(&hello_with(Some(&token)));
    raw.stream.write_all(&hello).await.ok()?;
    // A server that is busy says so before it is asked, so this is no answer to the `Hello`.
    match raw.receive().await?.reply.body {
        Body::Welcome(welcome) => Some((raw.stream, welcome.server_time)),
        _ => None,
    }
}

async fn take_connection(attack: &Attack, begin: impl FnOnce()) {
    let stream = entered(attack).await;
    begin();
    match stream {
        Some((mut stream, _)) => _ = stream.read(&mut [0]).await,
        None => retry().await,
    }
}

async fn take_stream(attack: &Attack, begin: impl FnOnce()) {
    let Ok(mut stream) = TcpStream::connect(attack.http).await else { return retry().await };
    let (path, token) = (polite::EVENT, &attack.token);
    let head = format!(
        "GET /v1/events/{path}/stream HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    let written = stream.write_all(head.as_bytes()).await;
    begin();
    let mut answer = [0; 12];
    if written.is_err()
        || stream.read_exact(&mut answer).await.is_err()
        || !answer.ends_with(b"200")
    {
        return retry().await;
    }
    read_on(&mut stream).await;
}

#[expect(clippy::disallowed_methods, reason = "an attacker that is turned away tries again later")]
async fn retry() {
    tokio::time::sleep(RETRY).await;
}

async fn be_gone(attack: &Attack, begin: impl FnOnce()) {
    let Some((mut stream, time)) = entered(attack).await else { return retry().await };
    begin();
    let mut requests = Requests::new(attack.deed, time);
    let mut bytes = BytesMut::new();
    (0..AHEAD).for_each(|_| requests.put(&mut bytes));
    // As much as the socket takes.
    let _ = stream.try_write(&bytes);
    let _ = stream.shutdown().await;
}

/// Sends as much as the server takes, and reads the replies without looking at them.
async fn flood(attack: &Attack, begin: impl FnOnce()) {
    let Some((stream, time)) = entered(attack).await else { return retry().await };
    begin();
    let (mut input, mut output) = stream.into_split();
    let mut requests = Requests::new(attack.deed, time);
    let writing = async {
        let mut bytes = BytesMut::new();
        loop {
            bytes.clear();
            while bytes.len() < AT_ONCE {
                requests.put(&mut bytes);
            }
            if output.write_all(&bytes).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(writing, read_on(&mut input));
}

async fn read_on(stream: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = vec![0; 256 << 10];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// The requests of one connection.
struct Requests {
    deed: Deed,
    time: Timestamp,
    welcomed: Instant,
    last: u32,
}

impl Requests {
    fn new(deed: Deed, time: Timestamp) -> Self {
        Self { deed, time, welcomed: Instant::now(), last: 1 }
    }

    /// Puts the next request, or two that belong together.
    fn put(&mut self, bytes: &mut BytesMut) {
        let freshness = Freshness::Fresh;
        let limit = PageLimit::new(MAX_PAGE_ROWS).expect("the largest");
        match self.deed {
            Deed::BestSeats | Deed::BeGone => self.hold_and_release(BROKEN, best(100), bytes),
            Deed::SpendIds => self.hold_and_release(LIMITED, standing(1), bytes),
            Deed::ListReservations => {
                let customer = Some(customer(ATTACKER));
                let list = Request::ListReservations {
                    event: None,
                    customer,
                    code: None,
                    order: None,
                    after: None,
                    limit,
                };
                self.encode(&list, bytes);
            }
            Deed::ListEvents => {
                self.encode(&Request::ListEvents { after: None, limit, freshness }, bytes);
            }
            Deed::Seats => self.encode(&seat_map(LARGE), bytes),
            _ => self.encode(&Request::Ping, bytes),
        }
    }

    fn hold_and_release(&mut self, of: &str, selection: Selection, bytes: &mut BytesMut) {
        let id = new_id(self.time.plus(self.welcomed.elapsed()));
        self.encode(&hold(id, of, ATTACKER, selection), bytes);
        let reservation = key(id, of, ATTACKER);
        self.encode(&Request::Release { reservation, keep: None }, bytes);
    }

    fn encode(&mut self, request: &Request, bytes: &mut BytesMut) {
        self.last += 1;
        ClientCodec.encode((self.last, request), bytes).expect("requests encode");
    }
}
