//! The engine of a trial: the one in memory, with a standby that has what was acknowledged.

use crate::loading::SnapshotLoader;
use crate::snapshots::READ_LIMIT;
use crate::store_call::StoreCall;
use boxoffice_store::{
    Batch, End, LogId, Memory, Outcome, Pending, Read, Snapshot, Store, StoreError,
};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What the engine says to a [`StoreCall`].
#[derive(Debug)]
pub(super) enum EngineAnswer {
    Append(Result<Outcome, StoreError>),
    End(Result<Option<End>, StoreError>),
    Snapshot(SnapshotLoader, Result<Option<Snapshot>, StoreError>),
    Read(Result<Read, StoreError>),
    Write(Result<(), StoreError>),
    Pause,
}

/// When the standby has an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standby {
    /// Before it is acknowledged.
    Synchronous,
    /// Some time later.
    Asynchronous,
}

/// An engine with one standby. An append is seen by all once it is made, and is on the standby when
/// it is acknowledged, if that is synchronous; one whose wait is cut off is only seen.
#[derive(Debug)]
pub(super) struct ReplicatedEngine {
    memory: Memory,
    log: LogId,
    standby: Standby,
    durable: Option<End>,
    /// Everything that was appended and not lost, trimmed or not.
    archive: Vec<Batch>,
}

impl ReplicatedEngine {
    pub(super) fn new(log: LogId, now_ms: u64, standby: Standby) -> Self {
        let memory = Memory::new(now_ms);
        Self { memory, log, standby, durable: None, archive: Vec::new() }
    }

    /// A connection for what is done beside the actors.
    pub(super) fn connect(&self) -> Memory {
        self.memory.clone()
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
            StoreCall::Snapshot(loader) => {
                let snapshot = now(self.memory.snapshot(&self.log));
                EngineAnswer::Snapshot(loader.clone(), snapshot)
            }
            StoreCall::Read { after } => {
                EngineAnswer::Read(now(self.memory.read(&self.log, *after, READ_LIMIT)))
            }
            StoreCall::Write { .. } if is_cut => {
                EngineAnswer::Write(Err(StoreError::Unavailable("the wait was cut".to_owned())))
            }
            StoreCall::Write { .. } => {
                self.acknowledge();
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
        self.archive.push(batch.clone());
        if is_cut {
            return Ok(Outcome::Unknown("the wait for the standby was cut".to_owned()));
        }
        self.acknowledge();
        Ok(outcome)
    }

    fn acknowledge(&mut self) {
        match self.standby {
            Standby::Synchronous => self.replicate(),
            Standby::Asynchronous => self.durable = self.visible(),
        }
    }

    /// The standby has all that there is.
    pub(super) fn replicate(&mut self) {
        self.memory.replicate();
        self.durable = self.visible();
    }

    /// The standby goes on alone.
    pub(super) fn fail_over(&mut self) {
        self.memory.fail_over();
        let end = self.visible();
        self.archive.retain(|batch| end.is_some_and(|end| batch.last() <= end.version));
        if self.standby == Standby::Asynchronous {
            self.durable = end;
        }
    }

    /// Everything that the log has had.
    pub(super) fn all(&self) -> &[Batch] {
        &self.archive
    }
}

/// The answer of an engine that answers at once.
fn now<T>(mut pending: Pending<T>) -> Result<T, StoreError> {
    match pending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the engine in memory answers at once"),
    }
}
