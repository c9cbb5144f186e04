//! The engine of a trial: the one in memory, with a standby that has what was acknowledged.

use crate::engine_answers::READ_LIMIT;
use crate::store_call::StoreCall;
use boxoffice_store::{Batch, End, LogId, Memory, Outcome, Pending, Read, Store, StoreError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What the engine says to a [`StoreCall`].
#[derive(Debug)]
pub(super) enum EngineAnswer {
    Append(Result<Outcome, StoreError>),
    End(Result<Option<End>, StoreError>),
    Read(Result<Read, StoreError>),
    Write(Result<(), StoreError>),
    Pause,
}

/// An engine with one standby. An append is seen by all once it is made, and is on the standby when
/// it is acknowledged; one whose wait is cut off is only seen.
#[derive(Debug)]
pub(super) struct ReplicatedEngine {
    memory: Memory,
    log: LogId,
    durable: Option<End>,
}

impl ReplicatedEngine {
    pub(super) fn new(log: LogId, now_ms: u64) -> Self {
        Self { memory: Memory::new(now_ms), log, durable: None }
    }

    pub(super) fn advance(&self, ms: u64) {
        self.memory.advance(Duration::from_millis(ms));
    }

    /// Where the log ends, as the engine says it now.
    pub(super) fn visible(&self) -> Option<End> {
        let ends = now(self.memory.ends(vec![self.log.clone()])).expect("it answers");
        ends.into_iter().next().flatten()
    }

    /// Where the log ends at least, whatever fails.
    pub(super) const fn durable(&self) -> Option<End> {
        self.durable
    }

    /// Does what a server asks; with `is_cut`, without the wait for the standby.
    pub(super) fn answer(&mut self, call: &StoreCall, is_cut: bool) -> EngineAnswer {
        match call {
            StoreCall::Append { batch, .. } => EngineAnswer::Append(self.append(batch, is_cut)),
            StoreCall::End => EngineAnswer::End(Ok(self.visible())),
            StoreCall::Read { after } => {
                EngineAnswer::Read(now(self.memory.read(&self.log, *after, READ_LIMIT)))
            }
            StoreCall::Write { .. } if is_cut => {
                EngineAnswer::Write(Err(StoreError::Unavailable("the wait was cut".to_owned())))
            }
            StoreCall::Write { .. } => {
                self.replicate();
                EngineAnswer::Write(Ok(()))
            }
            StoreCall::Pause => EngineAnswer::Pause,
        }
    }

    fn append(&mut self, batch: &Batch, is_cut: bool) -> Result<Outcome, StoreError> {
        let before = self.visible();
        let mut pending = self.memory.append(vec![batch.clone()]);
        let outcome = now(pending.pop().expect("an answer for a batch"))?;
        if self.visible() == before {
            return Ok(outcome);
        }
        if is_cut {
            return Ok(Outcome::Unknown("the wait for the standby was cut".to_owned()));
        }
        self.replicate();
        Ok(outcome)
    }

    fn replicate(&mut self) {
        self.memory.replicate();
        self.durable = self.visible();
    }

    /// The standby goes on alone.
    pub(super) fn fail_over(&self) {
        self.memory.fail_over();
    }

    pub(super) fn all(&self) -> Vec<Batch> {
        match now(self.memory.read(&self.log, 0, usize::MAX)).expect("it answers") {
            Read::Batches(batches) => batches,
            read => panic!("all of it is read: {read:?}"),
        }
    }
}

/// The answer of an engine that answers at once.
fn now<T>(mut pending: Pending<T>) -> Result<T, StoreError> {
    match pending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the engine in memory answers at once"),
    }
}
