//! The pending calls: sent requests without a reply, and requests that wait to be sent.

use crate::error::ClientError;
use boxoffice_protocol::frame::ReplyFrame;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Reply;
use boxoffice_protocol::request::Request;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A request, and the channel to its caller.
#[derive(Debug)]
pub(crate) struct PendingCall {
    request: Request,
    answer: oneshot::Sender<Result<Reply, ClientError>>,
    deadline: Instant,
    /// Whether a server may have received it.
    sent: bool,
}

impl PendingCall {
    pub(crate) fn new(
        request: Request,
        answer: oneshot::Sender<Result<Reply, ClientError>>,
        deadline: Instant,
    ) -> Self {
        Self { request, answer, deadline, sent: false }
    }

    /// Ends the call without an answer: with an unknown outcome if the request may have been applied.
    fn fail(self, unsent: impl FnOnce() -> ClientError) {
        let error = if self.sent { ClientError::OutcomeUnknown } else { unsent() };
        self.answer.send(Err(error)).ok();
    }
}

/// In the order of the calls: all sent requests of this connection were called before the waiting
/// ones.
#[derive(Debug, Default)]
pub(crate) struct PendingCalls {
    sent: BTreeMap<u32, PendingCall>,
    waiting: VecDeque<PendingCall>,
    correlation: u32,
}

impl PendingCalls {
    pub(crate) fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.waiting.is_empty()
    }

    pub(crate) fn none_sent(&self) -> bool {
        self.sent.is_empty()
    }

    /// The number of requests in flight.
    pub(crate) fn sent(&self) -> usize {
        self.sent.len()
    }

    /// The number of requests that wait to be sent.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Appends calls to the waiting ones.
    pub(crate) fn wait(&mut self, calls: impl Iterator<Item = PendingCall>) {
        self.waiting.extend(calls);
    }

    /// Marks the next request as sent and returns it. Calls that were dropped are skipped.
    pub(crate) fn send_next(&mut self) -> Option<(u32, &Request)> {
        loop {
            let mut pending = self.waiting.pop_front()?;
            if !pending.answer.is_closed() {
                pending.sent = true;
                let correlation = self.spare();
                let pending = self.sent.entry(correlation).insert_entry(pending).into_mut();
                return Some((correlation, &pending.request));
            }
        }
    }

    /// A correlation id that no request in flight has.
    pub(crate) fn spare(&mut self) -> u32 {
        loop {
            self.correlation = self.correlation.wrapping_add(1);
            if !self.sent.contains_key(&self.correlation) {
                return self.correlation;
            }
        }
    }

    /// Passes a reply to its caller. A reply without a call belongs to a probe, or to a call whose
    /// deadline has passed.
    pub(crate) fn answer(&mut self, frame: ReplyFrame) {
        if let Some(pending) = self.sent.remove(&frame.correlation) {
            pending.answer.send(Ok(frame.reply)).ok();
        }
    }

    /// After a lost connection: the sent requests wait again, first and in order, except those of
    /// dropped calls.
    pub(crate) fn take_back(&mut self) {
        let sent = std::mem::take(&mut self.sent);
        for pending in sent.into_values().rev() {
            if !pending.answer.is_closed() {
                self.waiting.push_front(pending);
            }
        }
        self.correlation = 0;
    }

    /// Fails the sent requests: their replies cannot be decoded.
    pub(crate) fn fail_sent(&mut self, why: &str) {
        for pending in std::mem::take(&mut self.sent).into_values() {
            pending.answer.send(Err(ClientError::Protocol(why.to_owned()))).ok();
        }
    }

    /// Fails all calls: the server refuses this client.
    pub(crate) fn refuse_all(&mut self, refusal: &Refusal) {
        for pending in std::mem::take(&mut self.waiting) {
            pending.fail(|| ClientError::Refused { refusal: refusal.clone(), version: 0 });
        }
    }

    /// Ends calls whose deadline has passed. The slot of a sent request becomes free although the server
    /// may still answer it, so the bound of requests in flight may be exceeded by as many.
    pub(crate) fn expire(&mut self, now: Instant, unsent: impl Fn() -> ClientError) {
        while let Some(first) = self.sent.first_entry() {
            if first.get().deadline > now {
                break;
            }
            first.remove().fail(&unsent);
        }
        while self.waiting.front().is_some_and(|first| first.deadline <= now) {
            if let Some(first) = self.waiting.pop_front() {
                first.fail(&unsent);
            }
        }
    }
}
