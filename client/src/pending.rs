//! The requests that callers wait for: those that were sent, and those that still have to be.

use crate::error::ClientError;
use boxoffice_protocol::frame::ReplyFrame;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Reply;
use boxoffice_protocol::request::Request;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A request and who waits for its answer.
#[derive(Debug)]
pub(crate) struct Pending {
    request: Request,
    answer: oneshot::Sender<Result<Reply, ClientError>>,
    deadline: Instant,
    /// Whether a server may have seen it.
    sent: bool,
}

impl Pending {
    pub(crate) fn new(
        request: Request,
        answer: oneshot::Sender<Result<Reply, ClientError>>,
        deadline: Instant,
    ) -> Self {
        Self { request, answer, deadline, sent: false }
    }

    /// Ends it without an answer; where it may have been applied, its outcome is unknown. A caller
    /// that has gone does not hear it.
    fn fail(self, unsent: impl FnOnce() -> ClientError) {
        let error = if self.sent { ClientError::OutcomeUnknown } else { unsent() };
        self.answer.send(Err(error)).ok();
    }
}

/// All that callers wait for, in the order of their calls: what was sent on this connection was
/// called before what still waits.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    sent: BTreeMap<u32, Pending>,
    waiting: VecDeque<Pending>,
    correlation: u32,
}

impl Requests {
    pub(crate) fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.waiting.is_empty()
    }

    pub(crate) fn none_sent(&self) -> bool {
        self.sent.is_empty()
    }

    /// How many were sent on this connection and not answered.
    pub(crate) fn sent(&self) -> usize {
        self.sent.len()
    }

    /// How many have to be sent.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes calls to be sent after all that are there.
    pub(crate) fn wait(&mut self, calls: impl Iterator<Item = Pending>) {
        self.waiting.extend(calls);
    }

    /// Counts the next one as sent and says what to send. Those whose caller has gone are skipped.
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

    /// Hands a reply to its caller. One that answers nothing is a probe's, or comes for a caller
    /// whose deadline has passed.
    pub(crate) fn answer(&mut self, frame: ReplyFrame) {
        if let Some(pending) = self.sent.remove(&frame.correlation) {
            pending.answer.send(Ok(frame.reply)).ok();
        }
    }

    /// The connection is lost: what was sent has to be sent again, first and in order, unless its
    /// caller has gone.
    pub(crate) fn take_back(&mut self) {
        let sent = std::mem::take(&mut self.sent);
        for pending in sent.into_values().rev() {
            if !pending.answer.is_closed() {
                self.waiting.push_front(pending);
            }
        }
        self.correlation = 0;
    }

    /// What the server answers cannot be understood.
    pub(crate) fn fail_sent(&mut self, why: &str) {
        for pending in std::mem::take(&mut self.sent).into_values() {
            pending.answer.send(Err(ClientError::Protocol(why.to_owned()))).ok();
        }
    }

    /// The server does not let this client in.
    pub(crate) fn refuse_all(&mut self, refusal: &Refusal) {
        for pending in std::mem::take(&mut self.waiting) {
            pending.fail(|| ClientError::Refused { refusal: refusal.clone(), version: 0 });
        }
    }

    /// Ends those whose deadline has passed. The slot of one that was sent is free again, although
    /// the server may still answer it: beyond a deadline the bound may be exceeded by as many.
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
