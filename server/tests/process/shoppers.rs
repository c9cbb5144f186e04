//! Customers that buy, confirm and give back until the server is gone. They remember every answer:
//! an acknowledged reservation has to be there from then on, another one once or not at all.

use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{IfExpired, Request};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::Process;
use boxoffice_testing::{Raw, hold, key, new_id, reserve, seat_map, standing};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;

/// The event that they shop at.
pub(super) const EVENT: &str = "concert";
/// Its places: more than are ever taken.
pub(super) const CAPACITY: u32 = 1_000_000;
/// Arguments with which no hold expires while a test runs.
pub(super) const LONG_HOLDS: [&str; 2] = ["--hold-default", "30m"];
/// Questions of an audit that are in flight together: fewer than a server admits.
const AT_ONCE: usize = 64;

/// What a shopper knows of one reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It was acknowledged with this status.
    As(Status),
    /// It was asked to be this, and no answer came, or one that does not know; before, it was
    /// acknowledged with that, if at all.
    Unknown { asked: Status, before: Option<Status> },
}

/// A customer, and all that they know.
#[derive(Debug)]
pub(super) struct Shopper {
    name: String,
    book: HashMap<ReservationId, Known>,
    random: fastrand::Rng,
    /// How often the answer was that the outcome is unknown.
    pub(super) unknown: usize,
    /// How often the answer was that the server cannot.
    pub(super) unavailable: usize,
}

/// A request, and the status that it leads to.
struct Wish {
    id: ReservationId,
    request: Request,
    status: Status,
    before: Option<Status>,
}

/// Some shoppers, of names of their own.
pub(super) fn shoppers(number: usize, random: &mut fastrand::Rng) -> Vec<Shopper> {
    let shopper = |number| Shopper {
        name: format!("customer-{number}"),
        book: HashMap::new(),
        random: random.fork(),
        unknown: 0,
        unavailable: 0,
    };
    (0..number).map(shopper).collect()
}

pub(super) struct Shopping {
    shoppers: JoinSet<Shopper>,
    acknowledged: Arc<AtomicUsize>,
}

impl Shopping {
    /// Requests that the server has acknowledged to all of them together.
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until all their connections have broken.
    pub(super) async fn ended(self) -> Vec<Shopper> {
        self.shoppers.join_all().await
    }
}

/// Has them shop, each over a connection of its own, until those break.
pub(super) async fn shop(process: &Process, shoppers: Vec<Shopper>) -> Shopping {
    let (mut shopping, acknowledged) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
    for mut shopper in shoppers {
        let (client, now) = Raw::welcomed(process.address).await;
        let acknowledged = Arc::clone(&acknowledged);
        shopping.spawn(async move {
            shopper.shop(client, now, &acknowledged).await;
            shopper
        });
    }
    Shopping { shoppers: shopping, acknowledged }
}

/// Sees that the server has all that they know of, and counts as they do.
pub(super) async fn audit(process: &Process, shoppers: &mut [Shopper]) {
    let (mut client, _) = Raw::welcomed(process.address).await;
    for shopper in shoppers.iter_mut() {
        shopper.audit(&mut client).await;
    }
    let number = |status| shoppers.iter().map(|shopper| shopper.number(status)).sum();
    let Body::Seats(map) = client.ask(&seat_map(EVENT)).await.body else { panic!("a map") };
    let counts = map.sections[0].counts;
    let known: (u64, u64) = (number(Status::Held), number(Status::Confirmed));
    assert_eq!((counts.held, counts.sold), known);
    assert_eq!(counts.capacity(), u64::from(CAPACITY));
}

impl Shopper {
    /// Reservations that it knows of.
    pub(super) fn known(&self) -> usize {
        self.book.len()
    }

    fn number(&self, status: Status) -> u64 {
        self.book.values().filter(|known| **known == Known::As(status)).count() as u64
    }

    /// Reserves, holds, confirms, releases and cancels until the connection breaks; a few at a time.
    async fn shop(&mut self, mut client: Raw, now: Timestamp, acknowledged: &AtomicUsize) {
        loop {
            let wishes = self.random.usize(1..8);
            match self.turn(&mut client, now, wishes).await {
                Some(answers) => acknowledged.fetch_add(answers, Ordering::Relaxed),
                None => return,
            };
        }
    }

    /// The same `turns` times, over a connection that stays, and all of it acknowledged.
    pub(super) async fn shop_a_little(&mut self, client: &mut Raw, now: Timestamp, turns: usize) {
        let before = self.unknown + self.unavailable;
        for _ in 0..turns {
            self.turn(client, now, 1).await.expect("the connection stays");
        }
        assert_eq!(self.unknown + self.unavailable, before);
    }

    /// Sends some wishes and takes the answers. Returns the number of acknowledgements, or none if
    /// the connection breaks.
    async fn turn(&mut self, client: &mut Raw, now: Timestamp, wishes: usize) -> Option<usize> {
        let mut asked = HashMap::new();
        for _ in 0..wishes {
            let wish = self.wish(now);
            if asked.values().any(|other: &Wish| other.id == wish.id) {
                continue;
            }
            let (correlation, bytes) = client.encode(&wish.request);
            let Wish { id, status, before, .. } = wish;
            self.book.insert(id, Known::Unknown { asked: status, before });
            asked.insert(correlation, wish);
            client.stream.write_all(&bytes).await.ok()?;
        }
        let (doubts, mut acknowledgements) = (self.unknown, 0);
        for _ in 0..asked.len() {
            let frame = client.receive().await?;
            let acknowledged = self.take(&asked[&frame.correlation], frame.reply.body);
            assert!(!acknowledged || self.unknown == doubts, "acknowledged after a failure");
            acknowledgements += usize::from(acknowledged);
        }
        Some(acknowledgements)
    }

    /// Learns from an answer; says whether it is an acknowledgement.
    fn take(&mut self, wish: &Wish, answer: Body) -> bool {
        match answer {
            Body::Reservation { reservation, .. } => {
                assert_eq!((reservation.id, reservation.status), (wish.id, wish.status));
                self.book.insert(wish.id, Known::As(wish.status));
                return true;
            }
            Body::Refused(Refusal::OutcomeUnknown) => self.unknown += 1,
            Body::Refused(Refusal::Unavailable { .. }) => {
                // That always means: not applied.
                self.unavailable += 1;
                match wish.before {
                    Some(status) => self.book.insert(wish.id, Known::As(status)),
                    None => self.book.remove(&wish.id),
                };
            }
            other => panic!("{:?} was answered {other:?}", wish.request),
        }
        false
    }

    fn wish(&mut self, now: Timestamp) -> Wish {
        let known = self.random.usize(..self.book.len().max(1));
        let known = self.book.iter().nth(known).map(|(id, known)| (*id, *known));
        let once_more = self.random.bool();
        let (id, status, before) = match known {
            Some((id, Known::As(Status::Held))) if once_more => {
                (id, Status::Confirmed, Some(Status::Held))
            }
            Some((id, Known::As(Status::Held))) => (id, Status::Released, Some(Status::Held)),
            Some((id, Known::As(Status::Confirmed))) if once_more => {
                (id, Status::Cancelled, Some(Status::Confirmed))
            }
            _ if self.random.bool() => (new_id(now), Status::Held, None),
            _ => (new_id(now), Status::Confirmed, None),
        };
        let reservation = key(id, EVENT, &self.name);
        let request = match (status, before) {
            (Status::Released, _) => Request::Release { reservation, keep: None },
            (Status::Cancelled, _) => Request::Cancel { reservation, keep: None },
            (_, Some(_)) => {
                Request::Confirm { reservation, keep: None, expired: IfExpired::Refuse }
            }
            (status, None) => self.begin(id, status),
        };
        Wish { id, request, status, before }
    }

    fn begin(&self, id: ReservationId, status: Status) -> Request {
        let begin = if status == Status::Confirmed { reserve } else { hold };
        begin(id, EVENT, &self.name, standing(1))
    }

    /// Asks the server for each reservation. An acknowledged one still has its status; a missing one
    /// is asked for twice more, with one effect.
    async fn audit(&mut self, client: &mut Raw) {
        let ids: Vec<_> = self.book.keys().copied().collect();
        for ids in ids.chunks(AT_ONCE) {
            let mut asked = HashMap::new();
            for &id in ids {
                let look = Request::GetReservation { reservation: key(id, EVENT, &self.name) };
                asked.insert(client.send(&look).await, id);
            }
            for _ in ids {
                let frame = client.receive().await.expect("the server is there");
                self.compare(asked[&frame.correlation], frame.reply.body);
            }
        }
        let lost = self.book.iter().filter_map(|(id, known)| match known {
            Known::Unknown { asked, .. } => Some((*id, *asked)),
            Known::As(_) => None,
        });
        for (id, asked) in lost.collect::<Vec<_>>() {
            let again = self.begin(id, asked);
            for effect in [Effect::Applied, Effect::Unchanged] {
                let answer = client.ask(&again).await.body;
                let Body::Reservation { effect: found, .. } = answer else {
                    panic!("{again:?} was answered {answer:?}")
                };
                assert_eq!(found, effect, "a retry has one effect");
            }
            self.book.insert(id, Known::As(asked));
        }
    }

    /// Compares its knowledge of a reservation with the server's answer.
    fn compare(&mut self, id: ReservationId, answer: Body) {
        let found = match answer {
            Body::Reservation { reservation, .. } => Some(reservation.status),
            Body::Refused(Refusal::ReservationNotFound) => None,
            other => panic!("{other:?}"),
        };
        match self.book[&id] {
            Known::As(status) => assert_eq!(found, Some(status), "{id} was acknowledged"),
            Known::Unknown { asked, before } => {
                let known = format!("{id} was {before:?} and should be {asked:?}");
                assert!(found == Some(asked) || found == before, "{known}, and is {found:?}");
            }
        }
        if let Some(status) = found {
            self.book.insert(id, Known::As(status));
        }
    }
}
