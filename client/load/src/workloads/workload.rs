//! A workload as its thread sees it: it makes requests, and learns their outcomes.

use super::request_maker::RequestMaker;
use super::sent_request::{NextRequest, SentRequest, StepOutcome};

/// The source of one thread's requests.
pub(crate) trait Workload: Send {
    /// The request to send at `now_ns`.
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest;

    /// One of its requests was answered.
    fn answered(
        &mut self,
        requests: &mut RequestMaker,
        sent: &SentRequest,
        outcome: StepOutcome,
        now_ns: u64,
    ) {
        let _ = (requests, sent, outcome, now_ns);
    }

    /// Whether the events are in the state that the run measures. Nothing is measured before.
    fn is_ready(&self) -> bool {
        true
    }
}
