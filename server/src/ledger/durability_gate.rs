//! How far the ledger is durable. Answers wait here until their position is.

use super::position::Position;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;
use tokio::sync::Notify;

/// A write barrier failed; nothing can be acknowledged any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ledger has failed; nothing can be acknowledged any more")]
pub struct LedgerFailed;

/// The durable position: `durable <= recorded`. It only grows until the ledger fails, and then never
/// moves again, whatever becomes durable after that.
#[derive(Debug)]
pub(super) struct DurabilityGate {
    /// With [`FAILED`], it is greater than any position that could be put in its place.
    durable: AtomicU64,
    moved: Notify,
}

/// The bit that says that the ledger has failed. No position has it.
const FAILED: u64 = 1 << 63;

impl DurabilityGate {
    pub(super) fn new(durable: u64) -> Self {
        Self { durable: AtomicU64::new(durable), moved: Notify::new() }
    }

    pub(super) fn durable(&self) -> Position {
        Position(self.durable.load(Ordering::Acquire) & !FAILED)
    }

    /// Everything up to `position` is durable. Without effect once the ledger has failed.
    pub(super) fn settle(&self, position: Position) {
        self.durable.fetch_max(position.0, Ordering::AcqRel);
        self.moved.notify_waiters();
    }

    /// As [`settle`](Self::settle), for a position that no answer can be waiting for yet.
    pub(super) fn settle_at_once(&self, position: Position) {
        self.durable.fetch_max(position.0, Ordering::AcqRel);
    }

    pub(super) fn fail(&self) {
        self.durable.fetch_or(FAILED, Ordering::AcqRel);
        self.moved.notify_waiters();
    }

    pub(super) fn is_failed(&self) -> bool {
        self.durable.load(Ordering::Acquire) & FAILED != 0
    }

    pub(super) async fn reached(&self, position: Position) -> Result<(), LedgerFailed> {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.durable() >= position {
                return Ok(());
            }
            if self.is_failed() {
                return Err(LedgerFailed);
            }
            moved.await;
        }
    }
}

/// Fails the gate when it is dropped, unless it was told that all is well: an end by an error or a
/// panic must not leave answers waiting.
#[derive(Debug)]
pub(super) struct FailUnlessWell {
    gate: Arc<DurabilityGate>,
    all_is_well: bool,
}

impl FailUnlessWell {
    pub(super) fn new(gate: Arc<DurabilityGate>) -> Self {
        Self { gate, all_is_well: false }
    }

    pub(super) fn all_is_well(&mut self) {
        self.all_is_well = true;
    }
}

impl Drop for FailUnlessWell {
    fn drop(&mut self) {
        if !self.all_is_well {
            self.gate.fail();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_durable_after_a_failure() {
        let gate = DurabilityGate::new(1);
        gate.settle(Position(3));
        gate.settle(Position(2));
        assert_eq!((gate.durable(), gate.is_failed()), (Position(3), false));
        gate.fail();
        gate.settle(Position(4));
        gate.settle_at_once(Position(5));
        assert_eq!((gate.durable(), gate.is_failed()), (Position(3), true));
    }
}
