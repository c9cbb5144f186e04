//! A connection as one that takes turns: its place in the schedule, and its present turn.

use super::place::Place;
use super::principal::Party;
use super::schedule::AccountNumber;
use super::turns::{GivenBy, Turns};
use crate::clock::moment;
use parking_lot::Mutex;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// The duration at which a turn ends, as soon as its request is answered.
const TURN: Duration = Duration::from_micros(100);

/// Takes turns for a connection.
#[derive(Debug)]
pub(crate) struct TurnTaker {
    turns: Arc<Turns>,
    place: Arc<Place>,
    occupant: Mutex<Occupant>,
}

#[derive(Debug)]
struct Occupant {
    party: Party,
    account: AccountNumber,
    /// When the present turn began. A connection that is alone does not look at the clock.
    began: Option<Instant>,
}

/// A turn that has begun, and the time of it if that is charged.
type Begun = Option<(Instant, GivenBy)>;

impl TurnTaker {
    /// Takes turns for a connection of this party.
    pub(crate) fn new(turns: &Arc<Turns>, party: Party) -> Self {
        let account = turns.enter(party.clone());
        let occupant = Mutex::new(Occupant { party, account, began: None });
        Self { turns: Arc::clone(turns), place: Arc::default(), occupant }
    }

    /// Polls a connection's future to its end, when the connection is at turn.
    pub(crate) async fn poll_at_turn<F: Future>(&self, future: F) -> F::Output {
        let mut future = Box::pin(future);
        poll_fn(|context| {
            let begun = ready!(self.poll_begin(context));
            let result = future.as_mut().poll(context);
            self.end(begun);
            result
        })
        .await
    }

    fn poll_begin(&self, context: &mut Context<'_>) -> Poll<Begun> {
        let mut occupant = self.occupant.lock();
        occupant.began = None;
        let begun = if self.place.is_parked() {
            return Poll::Pending;
        } else if self.place.is_picked() {
            self.place.leave();
            Some((moment(), GivenBy::Waiting))
        } else if self.turns.is_alone() {
            None
        } else {
            let asked = self.turns.begin(occupant.account, &self.place, context.waker());
            let Some(now) = asked else { return Poll::Pending };
            Some((now, GivenBy::Asking))
        };
        occupant.began = begun.map(|(now, _)| now);
        Poll::Ready(begun)
    }

    fn end(&self, begun: Begun) {
        if let Some((began, given_by)) = begun {
            self.turns.end(self.occupant.lock().account, began, given_by);
        }
    }

    /// Says that the connection is of this party from now on.
    pub(crate) fn belong_to(&self, party: Party) {
        let mut occupant = self.occupant.lock();
        if occupant.party != party {
            let before = occupant.account;
            occupant.account = self.turns.enter(party.clone());
            occupant.party = party;
            self.turns.leave(before);
        }
    }

    /// Whether the present turn has lasted as long as a turn may.
    pub(crate) fn is_turn_over(&self, now: Instant) -> bool {
        let mut occupant = self.occupant.lock();
        now >= *occupant.began.get_or_insert(now) + TURN
    }

    /// Ends the present turn if it has lasted long enough, and returns when the next one began.
    pub(crate) async fn turn(&self) -> Instant {
        let now = moment();
        if !self.is_turn_over(now) {
            return now;
        }
        tokio::task::yield_now().await;
        moment()
    }
}

impl Drop for TurnTaker {
    fn drop(&mut self) {
        self.place.leave();
        self.turns.leave(self.occupant.lock().account);
    }
}
