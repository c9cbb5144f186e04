//! Requests that were sent to another server and have no answer yet.

use super::links::Forward;
use crate::catalog::{Answer, ShownEvent};
use crate::cluster::cluster_state::ClusterState;
use crate::cluster::settled::{ReplyTo, Settlement};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::time::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// The answer to a request whose deadline has come may take so long: the two servers know the engine's
/// time to a quarter of a second each.
const BEHIND_DEADLINE: Duration = Duration::from_millis(500);

/// What was sent on one connection.
#[derive(Debug, Default)]
pub(super) struct PendingRequests {
    sent: HashMap<u32, UnansweredRequest>,
    correlation: u32,
}

#[derive(Debug)]
struct UnansweredRequest {
    event: EventId,
    until: Timestamp,
    reply: Option<ReplyTo>,
}

impl PendingRequests {
    pub(super) fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }

    /// Counts a request as sent, and returns the number that its answer will have. 0 is none.
    pub(super) fn send(&mut self, forward: &mut Forward) -> u32 {
        loop {
            self.correlation = self.correlation.wrapping_add(1).max(1);
            if !self.sent.contains_key(&self.correlation) {
                break;
            }
        }
        let event = forward.event.clone();
        let until = forward.request.deadline.plus(BEHIND_DEADLINE);
        let reply = forward.request.reply.take();
        self.sent.insert(self.correlation, UnansweredRequest { event, until, reply });
        self.correlation
    }

    /// Passes an answer on. One without a request came too late.
    pub(super) fn answer(&mut self, correlation: u32, reply: Reply, cluster: &ClusterState) {
        let Some(sent) = self.sent.remove(&correlation) else { return };
        // What this server shows of the event may be older: the connection that asked will want what is
        // as new as the answer, which was so at this moment at the latest.
        let at = cluster.clock.now();
        let shown = cluster.catalog.find(sent.event.borrowed());
        let about = shown.map(|event| ShownEvent { serial: event.serial, at });
        let about = about.filter(|_| reply.body != Body::Refused(Refusal::EventNotFound));
        let answer = Answer { version: reply.version, about, ..Answer::plain(reply.body) };
        sent.settle(answer);
    }

    /// Says that the outcome of those is unknown whose time is over.
    pub(super) fn expire(&mut self, now: Timestamp) -> u64 {
        let late = self.sent.extract_if(|_, sent| sent.until <= now);
        late.map(|(_, sent)| sent.leave_open()).count() as u64
    }

    /// Says that the outcome of all is unknown: the connection is gone.
    pub(super) fn leave_open(self) -> u64 {
        self.sent.into_values().map(UnansweredRequest::leave_open).count() as u64
    }
}

impl UnansweredRequest {
    fn leave_open(self) {
        self.settle(Answer::plain(Body::Refused(Refusal::OutcomeUnknown)));
    }

    fn settle(self, answer: Answer) {
        if let Some(reply) = self.reply {
            reply.send(Settlement::Answer(answer));
        }
    }
}
