//! Turns: every poll of a connection's task is one.
//!
//! Where a single party has connections, each is at turn whenever it likes. With more, a round of
//! the event loop is bounded in time. A connection is parked if its task is woken when the round is
//! used up, or when a party that has used less is waiting. The keeper of the turns picks the next
//! connection after each round, when the event loop has looked for what has arrived.

use super::place::Place;
use super::principal::Party;
use super::schedule::{AccountNumber, Ask, Schedule};
use crate::clock::moment;
use crate::metrics::Metrics;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The duration of all turns in a round, where several parties have connections.
const ROUND: Duration = Duration::from_micros(100);

/// Less time is between two turns of one round; the event loop takes more to poll its sockets.
const BETWEEN_ROUNDS: Duration = Duration::from_micros(5);

/// The turns of a server's connections.
#[derive(Debug)]
pub struct Turns {
    round: Mutex<Round>,
    /// Parties with connections.
    parties: AtomicUsize,
    /// Tells the keeper that a connection is parked.
    parked: Notify,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct Round {
    schedule: Schedule<(Arc<Place>, Waker)>,
    /// The time that the turns of this round have used.
    used: Duration,
    last_end: Instant,
}

/// How a turn was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivenBy {
    /// Asking for it.
    Asking,
    /// Waiting for it: when it ends, the next in the queue is picked.
    Waiting,
}

impl Turns {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        let (schedule, used, last_end) = (Schedule::default(), Duration::ZERO, moment());
        let round = Mutex::new(Round { schedule, used, last_end });
        Self { round, parties: AtomicUsize::new(0), parked: Notify::new(), metrics }
    }

    pub(super) fn enter(&self, party: Party) -> AccountNumber {
        let mut round = self.round.lock();
        let account = round.schedule.enter(party);
        self.parties.store(round.schedule.parties(), Ordering::Relaxed);
        account
    }

    pub(super) fn leave(&self, account: AccountNumber) {
        let mut round = self.round.lock();
        round.schedule.leave(account);
        self.parties.store(round.schedule.parties(), Ordering::Relaxed);
    }

    /// Whether a single party has connections.
    pub(crate) fn is_alone(&self) -> bool {
        self.parties.load(Ordering::Relaxed) <= 1
    }

    /// Begins a turn at the returned time, or parks the connection.
    pub(super) fn begin(
        &self,
        account: AccountNumber,
        place: &Arc<Place>,
        waker: &Waker,
    ) -> Option<Instant> {
        let mut round = self.round.lock();
        let now = moment();
        if now.saturating_duration_since(round.last_end) >= BETWEEN_ROUNDS {
            round.used = Duration::ZERO;
        }
        let is_first = round.schedule.parked() == 0;
        let is_used_up = is_first && round.used >= ROUND;
        if !is_used_up && round.schedule.ask(account) == Ask::AtTurn {
            return Some(now);
        }
        place.park();
        round.schedule.park(account, (Arc::clone(place), waker.clone()));
        drop(round);
        self.metrics.turns_waited.add(1);
        if is_first {
            self.parked.notify_one();
        }
        None
    }

    /// Ends a turn that began then.
    pub(super) fn end(&self, account: AccountNumber, began: Instant, given_by: GivenBy) {
        let mut round = self.round.lock();
        let now = moment();
        let used = now.saturating_duration_since(began);
        round.schedule.charge(account, used);
        round.used += used;
        round.last_end = now;
        let goes_on = given_by == GivenBy::Waiting && round.used < ROUND;
        let next = if goes_on { round.pick() } else { None };
        drop(round);
        if let Some(next) = next {
            next.wake();
        }
    }

    /// Begins rounds, with a turn for each of the threads, for as long as connections are parked.
    pub(crate) async fn keep(&self, threads: usize) -> Infallible {
        loop {
            self.parked.notified().await;
            loop {
                // The event loop polls its sockets meanwhile.
                tokio::task::yield_now().await;
                let picked = self.begin_round(threads);
                if picked.is_empty() {
                    break;
                }
                picked.into_iter().for_each(Waker::wake);
            }
        }
    }

    fn begin_round(&self, threads: usize) -> SmallVec<[Waker; 4]> {
        let mut round = self.round.lock();
        round.used = Duration::ZERO;
        (0..threads).map_while(|_| round.pick()).collect()
    }
}

impl Round {
    /// Gives the next turn to a parked connection, if there is one.
    fn pick(&mut self) -> Option<Waker> {
        while let Some((place, waker)) = self.schedule.next() {
            if place.pick() {
                return Some(waker);
            }
        }
        None
    }
}
