//! Holds: each seat is held, and after a time confirmed, released or forgotten.

use super::request_maker::RequestMaker;
use super::seats::SeatSupply;
use super::sent_request::{NextRequest, SentRequest, StepOutcome, WorkloadStep};
use super::workload::Workload;
use boxoffice_client::protocol::id::ReservationId;
use std::collections::VecDeque;
use std::time::Duration;

/// Percentage of the holds that are confirmed.
const CONFIRMED: u32 = 70;
/// Percentage of the holds that are released. The rest expires.
const RELEASED: u32 = 10;

/// Holds seat after seat, each once.
#[derive(Debug)]
pub(crate) struct HoldsWorkload {
    supply: SeatSupply,
    think_ns: u64,
    /// In the order of their times.
    deciding: VecDeque<PendingDecision>,
}

/// A hold whose next step comes at a later time.
#[derive(Debug, Clone, Copy)]
struct PendingDecision {
    until_ns: u64,
    event: u32,
    number: u32,
    id: ReservationId,
    step: WorkloadStep,
}

impl HoldsWorkload {
    /// The next step comes `think` after the hold.
    pub(crate) fn new(supply: SeatSupply, think: Duration) -> Self {
        let think_ns = crate::clock::ns(think);
        Self { supply, think_ns, deciding: VecDeque::new() }
    }
}

impl Workload for HoldsWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        let first = self.deciding.front();
        if first.is_some_and(|decision| decision.until_ns <= now_ns)
            && let Some(decision) = self.deciding.pop_front()
            && let Some(venue) = self.supply.venue(decision.event)
        {
            return requests.settle(decision.step, venue, decision.number, decision.id);
        }
        match self.supply.take() {
            Some((venue, selection)) => requests.hold(venue, selection, now_ns),
            None => NextRequest::Over,
        }
    }

    fn answered(
        &mut self,
        requests: &mut RequestMaker,
        sent: &SentRequest,
        outcome: StepOutcome,
        now_ns: u64,
    ) {
        if sent.step != WorkloadStep::Hold || outcome == StepOutcome::Refused {
            return;
        }
        let step = match requests.rng.u32(..100) {
            drawn if drawn < CONFIRMED => WorkloadStep::Confirm,
            drawn if drawn < CONFIRMED + RELEASED => WorkloadStep::Release,
            _ => return,
        };
        let SentRequest { event, number, id, .. } = *sent;
        let until_ns = now_ns.saturating_add(self.think_ns);
        self.deciding.push_back(PendingDecision { until_ns, event, number, id, step });
    }
}
