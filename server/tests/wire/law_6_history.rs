//! Law 6: every reply says its version, so that a whole history can be checked in one pass.
//!
//! Many clients at once hold, reserve, confirm, release, cancel and look, while time goes on and
//! holds expire; one watches. The watcher's changes, in the order of their versions, are the
//! history; every reply has to agree with it at its own version, and versions with real time.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

use crate::kinds::start;
use boxoffice_protocol::event::{PlaceState, SeatMap, Sections};
use boxoffice_protocol::id::{LetteredSeat, ReservationId, SeatLabel};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::{Force, IfExpired, Request};
use boxoffice_protocol::reservation::{Places, Status};
use boxoffice_server::Server;
use boxoffice_testing::{
    Raw, best, create, customer, event, film, hold, key, new_id, reserve, seat_map, seats, seed,
    until,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const ROWS: u16 = 4;
const SEATS: u16 = 8;
const CLIENTS: u64 = 8;
const EVENT: &str = "rush";

/// Every seat's state, by label.
type Map = HashMap<String, PlaceState>;

/// The whole history of an event, as a watcher saw it.
struct History {
    /// The states at each version, the first being `first`.
    states: Vec<Map>,
    first: u64,
}

impl History {
    fn at(&self, version: u64) -> &Map {
        let index = usize::try_from(version - self.first).expect("a version of this history");
        self.states.get(index).unwrap_or_else(|| panic!("no version {version} in the history"))
    }
}

/// Watches until the event is deleted, and returns its history.
async fn watch(mut connection: Raw, sections: Sections) -> History {
    let correlation =
        connection.send(&Request::Watch { event: event(EVENT), from_version: None }).await;
    let mut history: Option<History> = None;
    loop {
        let frame = connection.receive().await.expect("the watch goes on");
        assert_eq!(frame.correlation, correlation);
        let at = frame.reply.version;
        match frame.reply.body {
            Body::Snapshot(map) => {
                assert!(history.is_none(), "the watcher was fast enough for one snapshot to do");
                history = Some(History { states: vec![states(&map, &sections)], first: at });
            }
            Body::PlacesChanged(changed) => {
                let history = history.as_mut().expect("the snapshot comes first");
                let mut next = history.states.last().expect("there is one").clone();
                assert_eq!(
                    at,
                    history.first + history.states.len() as u64,
                    "a hole in the history"
                );
                for now in &changed.seats {
                    for seat in &now.seats {
                        next.insert(sections.label(*seat).to_string(), now.state);
                    }
                }
                check_counts(&next, &changed.counts);
                history.states.push(next);
            }
            Body::WatchEnded => return history.expect("the snapshot comes first"),
            other => panic!("{other:?}"),
        }
    }
}

fn check_counts(states: &Map, counts: &[(u8, boxoffice_protocol::event::Counts)]) {
    let number = |state| states.values().filter(|&&other| other == state).count() as u64;
    for (_, counts) in counts {
        let found = (number(PlaceState::Free), number(PlaceState::Held), number(PlaceState::Sold));
        assert_eq!(found, (counts.free, counts.held, counts.sold));
    }
}

fn states(map: &SeatMap, sections: &Sections) -> Map {
    let mut states = Map::new();
    let packed = &map.sections[0].states;
    for index in 0..ROWS * SEATS {
        let label = SeatLabel::from(LetteredSeat::new(index / SEATS, index % SEATS));
        let seat = sections.seat(&label).expect("a seat of the film");
        let state = packed.state(index.into()).expect("a state for every seat");
        states.insert(sections.label(seat).to_string(), state);
    }
    states
}

/// A request and its reply, with the newest version that any client had seen before.
struct Exchange {
    request: Request,
    reply: Reply,
    floor: u64,
}

struct Shopper {
    connection: Raw,
    name: String,
    random: fastrand::Rng,
    mine: Vec<ReservationId>,
    told: Arc<AtomicU64>,
}

impl Shopper {
    fn wish(&mut self, now: boxoffice_protocol::time::Timestamp) -> Request {
        let who = self.name.clone();
        let label = format!(
            "{}{}",
            ["A", "B", "C", "D"][self.random.u64(..4) as usize],
            self.random.u64(..8) + 1
        );
        let id = new_id(now);
        let which = self.random.usize(..self.mine.len().max(1));
        let known = self.mine.get(which).copied();
        let wish = self.random.u64(..10);
        if wish < 4 {
            self.mine.push(id);
        }
        let about = key(known.unwrap_or(id), EVENT, &who);
        match wish {
            0 | 1 => hold(id, EVENT, &who, seats(&[&label])),
            2 => hold(id, EVENT, &who, best(1 + wish as u32)),
            3 => reserve(id, EVENT, &who, seats(&[&label])),
            4 => Request::Confirm { reservation: about, keep: None, expired: IfExpired::Refuse },
            5 => Request::Release { reservation: about, keep: None },
            6 | 7 => Request::Cancel { reservation: about, keep: None },
            8 => Request::GetReservation { reservation: about },
            _ => seat_map(EVENT),
        }
    }

    async fn shop(
        mut self,
        server: Arc<Server>,
        clock: boxoffice_server::clock::Clock,
        requests: usize,
    ) -> Vec<Exchange> {
        let mut exchanges = Vec::new();
        for _ in 0..requests {
            let request = self.wish(clock.now());
            let floor = self.told.load(Ordering::SeqCst);
            let reply = self.connection.ask(&request).await;
            self.told.fetch_max(reply.version, Ordering::SeqCst);
            exchanges.push(Exchange { request, reply, floor });
            if self.random.u64(..8) == 0 {
                clock.advance(Duration::from_secs(self.random.u64(..40)));
            }
        }
        drop(server);
        exchanges
    }
}

fn check(exchange: &Exchange, history: &History, sections: &Sections) {
    let Exchange { request, reply, floor } = exchange;
    assert!(reply.version >= *floor, "{reply:?} is older than {floor}, which was told before");
    let now = history.at(reply.version);
    match &reply.body {
        Body::Reservation { reservation, effect } => {
            assert_eq!(reservation.event, event(EVENT));
            let Places::Seats(labels) = &reservation.places else { panic!("{reservation:?}") };
            let state = match reservation.status {
                Status::Held => PlaceState::Held,
                Status::Confirmed => PlaceState::Sold,
                _ => return,
            };
            for label in labels {
                assert_eq!(now[&label.to_string()], state, "{request:?} got {reply:?}");
            }
            let is_new = matches!(request, Request::Hold { .. } | Request::Reserve { .. });
            if is_new && *effect == Effect::Applied {
                let before = history.at(reply.version - 1);
                for label in labels {
                    assert_eq!(
                        before[&label.to_string()],
                        PlaceState::Free,
                        "sold twice: {reply:?}"
                    );
                }
            }
        }
        Body::Refused(Refusal::SeatsTaken { seats }) => {
            for label in seats {
                assert_ne!(
                    now[&label.to_string()],
                    PlaceState::Free,
                    "{label} was free: {reply:?}"
                );
            }
        }
        Body::Refused(Refusal::SoldOut { free }) => {
            let found = now.values().filter(|&&state| state == PlaceState::Free).count();
            assert_eq!(*free, found as u64);
        }
        Body::Seats(map) => assert_eq!(&states(map, sections), now),
        Body::Refused(_) => {}
        other => panic!("{request:?} got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn law_6_every_reply_agrees_with_the_history_at_its_version() {
    let seed = seed();
    let requests = if cfg!(debug_assertions) { 400 } else { 10_000 };
    let config = crate::common::config();
    let server = Arc::new(start(config).await);
    let clock = server.clock().clone();
    let spec = film(ROWS, SEATS);
    let sections = spec.sections.clone();
    let mut first = Raw::connect(server.address()).await;
    first.ask(&create(EVENT, spec)).await;
    let watcher = Raw::connect(server.address()).await;
    let watching = tokio::spawn(watch(watcher, sections.clone()));
    until("somebody watches", || server.metrics().watches.value() == 1).await;
    let told = Arc::new(AtomicU64::new(0));
    let mut shoppers = Vec::new();
    for number in 1..=CLIENTS {
        let shopper = Shopper {
            connection: Raw::connect(server.address()).await,
            name: customer(&format!("customer-{number}")).to_string(),
            random: fastrand::Rng::with_seed(seed.wrapping_add(number)),
            mine: Vec::new(),
            told: Arc::clone(&told),
        };
        shoppers.push(tokio::spawn(shopper.shop(Arc::clone(&server), clock.clone(), requests)));
    }
    let mut exchanges = Vec::new();
    for shopper in shoppers {
        exchanges.extend(shopper.await.expect("a shopper does not panic"));
    }
    first.ask(&Request::DeleteEvent { event: event(EVENT), force: Force::Yes }).await;
    let history = watching.await.expect("the watcher does not panic");
    assert!(history.states.len() > 100, "not much happened");
    for exchange in &exchanges {
        check(exchange, &history, &sections);
    }
    server.catalog().invariants();
}
