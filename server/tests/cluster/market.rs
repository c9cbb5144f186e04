//! Buyers at several servers, some of which may be gone, and the check of everything that they were told.

use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Freshness, Request};
use boxoffice_testing::{Raw, event, key, new_id, reserve, seats, until};
use fastrand::Rng;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;

/// Where buyers find servers, and how far they are.
pub(super) struct Market {
    servers: Mutex<Vec<Option<SocketAddr>>>,
    bought: Vec<AtomicU64>,
    /// Counts what is sent and received, over all buyers.
    moments: AtomicU64,
    is_over: AtomicBool,
    /// Counts how often buyers were sent back to their own servers.
    returns: AtomicU64,
}

/// What a buyer was told at last about one purchase.
#[derive(Debug)]
pub(super) struct Told {
    event: &'static str,
    id: ReservationId,
    seat: String,
    is_sold: bool,
    version: u64,
    /// When the request was sent, the last time, and when the answer came.
    sent: u64,
    received: u64,
}

impl Market {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            servers: Mutex::new(vec![None; servers]),
            bought: (0..servers).map(|_| AtomicU64::new(0)).collect(),
            moments: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            returns: AtomicU64::new(0),
        }
    }

    /// A server is there.
    pub(super) fn is_at(&self, server: usize, address: SocketAddr) {
        self.servers.lock()[server] = Some(address);
    }

    /// Sends buyers back to their own servers, which are there again.
    pub(super) fn go_home(&self) {
        self.returns.fetch_add(1, Ordering::AcqRel);
    }

    /// No further purchase begins.
    pub(super) fn close(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    /// Waits until the buyers of each of these servers have made so many further purchases.
    pub(super) async fn until_bought(&self, count: u64, of: impl Fn(usize) -> bool) {
        let bought = |server: usize| self.bought[server].load(Ordering::Acquire);
        let wanted: Vec<_> = (0..self.bought.len())
            .filter(|server| of(*server))
            .map(|server| (server, bought(server) + count))
            .collect();
        let done = || wanted.iter().all(|(server, wanted)| bought(*server) >= *wanted);
        until("buyers go on", done).await;
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::AcqRel)
    }

    /// A connection to a server, or to another one if that is gone.
    async fn connect(&self, home: usize) -> Option<Raw> {
        let servers = self.servers.lock().clone();
        for nth in 0..servers.len() {
            let Some(address) = servers[(home + nth) % servers.len()] else { continue };
            let connected = tokio::time::timeout(PATIENCE, async {
                let mut client = Raw::over(TcpStream::connect(address).await.ok()?);
                client.try_greet().await.then_some(client)
            });
            if let Ok(Some(client)) = connected.await {
                return Some(client);
            }
        }
        None
    }

    /// Buys one random seat after the other until the market closes. Each request is repeated, with the
    /// same id, until what became of it is known.
    pub(super) async fn buy(
        self: Arc<Self>,
        home: usize,
        events: &'static [&'static str],
        seed: u64,
    ) -> Vec<Told> {
        let (mut rng, mut told) = (Rng::with_seed(seed), Vec::new());
        let (mut client, mut returns) = (None, 0);
        while !self.is_over.load(Ordering::Acquire) {
            let now = self.returns.load(Ordering::Acquire);
            if std::mem::replace(&mut returns, now) != now {
                client = None;
            }
            let (event, seat) = (rng.choice(events).expect("there are some"), seat(&mut rng));
            let id = new_id(boxoffice_protocol::time::Timestamp::from_ms(wall_clock_ms()));
            let request = reserve(id, event, "ann", seats(&[&seat]));
            let (sent, reply) = self.ask(&mut client, home, &request).await;
            let received = self.moment();
            let is_sold = match &reply.body {
                Body::Reservation { .. } => true,
                Body::Refused(Refusal::SeatsTaken { .. }) => false,
                other => panic!("{other:?}"),
            };
            let version = reply.version;
            told.push(Told { event, id, seat, is_sold, version, sent, received });
            self.bought[home].fetch_add(1, Ordering::AcqRel);
        }
        told
    }

    async fn ask(&self, client: &mut Option<Raw>, home: usize, request: &Request) -> (u64, Reply) {
        loop {
            if client.is_none() {
                *client = self.connect(home).await;
            }
            let Some(raw) = client else { continue };
            let sent = self.moment();
            // A server that stands still is left for another one, as clients do.
            let asked = tokio::time::timeout(PATIENCE, raw.try_ask(request)).await;
            match asked.ok().flatten() {
                Some(Reply { body: Body::Refused(refusal), .. }) if is_open(&refusal) => {
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "a client waits before it repeats"
                    )]
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Some(reply) => return (sent, reply),
                None => *client = None,
            }
        }
    }

    /// Checks at a server that it has what was told, and that it was told in the order of the versions.
    pub(super) async fn check(&self, server: SocketAddr, events: &[&str], told: &[Told]) {
        let mut client = Raw::connect(server).await;
        for slug in events {
            let of: Vec<_> = told.iter().filter(|it| it.event == *slug).collect();
            let mut taken = BTreeSet::new();
            for it in of.iter().filter(|it| it.is_sold) {
                assert!(taken.insert(&it.seat), "{slug}: {} was sold twice", it.seat);
                let reservation = key(it.id, slug, "ann");
                let found = client.ask(&Request::GetReservation { reservation }).await;
                assert!(matches!(found.body, Body::Reservation { .. }), "{it:?}: {found:?}");
            }
            for it in of.iter().filter(|it| !it.is_sold) {
                assert!(taken.contains(&it.seat), "{slug}: {} was free, and refused", it.seat);
            }
            let id: EventId = event(slug);
            let details = Request::GetEvent { event: id, freshness: Freshness::Fresh };
            let Body::Event(details) = client.ask(&details).await.body else { panic!("details") };
            assert_eq!(details.counts[0].sold, taken.len() as u64, "{slug}: nothing else is sold");
            in_order(slug, &of);
        }
    }
}

/// How long a client waits for one answer before it tries another server.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a refusal leaves open what becomes of the request, or says that it can be sent again.
const fn is_open(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::OutcomeUnknown | Refusal::Unavailable { .. })
}

/// A request that was sent after an answer had come is decided at no older version.
fn in_order(slug: &str, told: &[&Told]) {
    let received: BTreeMap<_, _> = told.iter().map(|it| (it.received, it.version)).collect();
    let mut newest = 0;
    let mut so_far = BTreeMap::new();
    for (moment, version) in received {
        newest = newest.max(version);
        so_far.insert(moment, newest);
    }
    for it in told {
        let known = so_far.range(..it.sent).next_back().map_or(0, |(_, newest)| *newest);
        assert!(it.version >= known, "{slug}: version {known} was known before {it:?}");
    }
}

fn seat(rng: &mut Rng) -> String {
    let row = rng.u8(..60);
    let letter = |number: u8| char::from(b'A' + number);
    let row = match row {
        0..26 => letter(row).to_string(),
        _ => format!("{}{}", letter(row / 26 - 1), letter(row % 26)),
    };
    format!("{row}{}", rng.u32(1..=60))
}

/// The time of the machine, whose engine's time it is.
#[expect(
    clippy::disallowed_methods,
    reason = "the engine is PostgreSQL, which has the wall clock's"
)]
fn wall_clock_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| u64::try_from(now.as_millis()).expect("it is this millennium"))
}
