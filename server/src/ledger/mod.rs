//! What makes changes durable.
//!
//! A change is recorded before it is applied; it has a [`Position`] then, and whoever answers a
//! request that depends on it waits until that position is durable. This ledger keeps changes in
//! memory only: a position is durable as soon as it is taken.

use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::UnavailableWhy;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use thiserror::Error;
use tokio::sync::Notify;

/// A place in the ledger: how many changes were recorded up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position(u64);

impl Position {
    /// The number of changes up to here.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// A write barrier failed; nothing can be acknowledged any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ledger has failed; nothing can be acknowledged any more")]
pub struct LedgerFailed;

/// When a recorded change counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// At once: the changes are gone with the process.
    Memory,
    /// When [`Ledger::settle`] says so.
    ByHand,
}

/// Takes changes in the order in which they are applied, and knows which are durable.
#[derive(Debug)]
pub struct Ledger {
    durability: Durability,
    recorded: AtomicU64,
    durable: AtomicU64,
    failed: AtomicBool,
    moved: Notify,
}

impl Ledger {
    /// A ledger that forgets with the process.
    pub fn memory() -> Self {
        Self::new(Durability::Memory)
    }

    /// A ledger whose positions become durable by [`settle`](Self::settle) only, for tests of what
    /// waits for them.
    pub fn by_hand() -> Self {
        Self::new(Durability::ByHand)
    }

    fn new(durability: Durability) -> Self {
        Self {
            durability,
            recorded: AtomicU64::new(0),
            durable: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            moved: Notify::new(),
        }
    }

    /// What the ledger is, for people.
    pub const fn kind(&self) -> &'static str {
        match self.durability {
            Durability::Memory => "memory",
            Durability::ByHand => "by hand",
        }
    }

    /// When a change counts as durable, for people.
    pub const fn sync(&self) -> &'static str {
        match self.durability {
            Durability::Memory => "never: changes are gone with the process",
            Durability::ByHand => "by hand",
        }
    }

    /// Takes a change of `event`. The caller holds the event's lock and applies it next.
    ///
    /// # Errors
    /// Why the change cannot be taken; it must not be applied then.
    pub fn record(&self, event: &EventId, change: &Recorded) -> Result<Position, UnavailableWhy> {
        if self.failed.load(Ordering::Acquire) {
            return Err(UnavailableWhy::StorageFailed);
        }
        tracing::trace!(%event, version = change.version, "recorded");
        let position = self.recorded.fetch_add(1, Ordering::AcqRel) + 1;
        if self.durability == Durability::Memory {
            self.durable.fetch_max(position, Ordering::AcqRel);
        }
        Ok(Position(position))
    }

    /// The last position that was taken.
    pub fn recorded(&self) -> Position {
        Position(self.recorded.load(Ordering::Acquire))
    }

    /// The last position that is durable, with every one before it.
    pub fn durable(&self) -> Position {
        Position(self.durable.load(Ordering::Acquire))
    }

    /// Makes everything up to `position` durable, where that is done by hand.
    pub fn settle(&self, position: Position) {
        self.durable.fetch_max(position.0, Ordering::AcqRel);
        self.moved.notify_waiters();
    }

    /// Declares the write barrier failed.
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Release);
        self.moved.notify_waiters();
    }

    /// Whether the write barrier failed.
    pub fn is_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Returns when the write barrier has failed.
    pub async fn failed(&self) {
        while self.reached(Position(u64::MAX)).await.is_ok() {}
    }

    /// Waits until `position` is durable.
    ///
    /// # Errors
    /// [`LedgerFailed`] if it never will be.
    pub async fn reached(&self, position: Position) -> Result<(), LedgerFailed> {
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
