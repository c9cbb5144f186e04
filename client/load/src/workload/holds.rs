//! People who hold a seat, think, and then confirm it, give it back, or forget it.

use super::{Asked, Desk, Next, Outcome, Step, Supply, Workload};
use boxoffice_client::protocol::id::ReservationId;
use std::collections::VecDeque;
use std::time::Duration;

/// Of a hundred holds, so many are confirmed.
const CONFIRMED: u32 = 70;
/// Of a hundred holds, so many are released; the others expire.
const RELEASED: u32 = 10;

/// Holds seat after seat; no two hold the same.
#[derive(Debug)]
pub(crate) struct Holds {
    supply: Supply,
    /// How long people think, in nanoseconds.
    think_ns: u64,
    /// Those who think, in the order in which they will have thought.
    thinking: VecDeque<Thought>,
}

/// A hold that somebody thinks about.
#[derive(Debug, Clone, Copy)]
struct Thought {
    until_ns: u64,
    event: u32,
    number: u32,
    id: ReservationId,
    step: Step,
}

impl Holds {
    /// Of these seats; people think for `think`.
    pub(crate) fn new(supply: Supply, think: Duration) -> Self {
        let think_ns = crate::clock::ns(think);
        Self { supply, think_ns, thinking: VecDeque::new() }
    }
}

impl Workload for Holds {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        let first = self.thinking.front();
        if first.is_some_and(|thought| thought.until_ns <= now_ns)
            && let Some(thought) = self.thinking.pop_front()
            && let Some(hall) = self.supply.hall(thought.event)
        {
            return desk.settle(thought.step, hall, thought.number, thought.id);
        }
        match self.supply.take() {
            Some((hall, selection)) => desk.hold(hall, selection, now_ns),
            None => Next::Over,
        }
    }

    fn told(&mut self, desk: &mut Desk, asked: &Asked, outcome: Outcome, now_ns: u64) {
        if asked.step != Step::Hold || outcome == Outcome::Refused {
            return;
        }
        let step = match desk.rng.u32(..100) {
            drawn if drawn < CONFIRMED => Step::Confirm,
            drawn if drawn < CONFIRMED + RELEASED => Step::Release,
            _ => return,
        };
        let Asked { event, number, id, .. } = *asked;
        let until_ns = now_ns.saturating_add(self.think_ns);
        self.thinking.push_back(Thought { until_ns, event, number, id, step });
    }
}
