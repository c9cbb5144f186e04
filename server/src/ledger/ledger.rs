//! The ledger: takes changes in order and knows which are durable.

use super::backlog::{Backlog, Depth};
use super::durability_gate::{DurabilityGate, LedgerFailed};
use super::pending::Pending;
use super::position::Position;
use super::rows::PlanRows;
use crate::config::SyncPolicy;
use crate::metrics::Commits;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::UnavailableWhy;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Debug)]
pub(super) enum Store {
    /// Nowhere: they are gone with the process.
    Memory { recorded: AtomicU64, settles: Settles },
    /// Nothing here: an engine that several servers share has every change.
    Elsewhere { engine: &'static str, sync: String },
    /// Into a data folder's journal.
    Journal {
        pending: Arc<Pending>,
        backlog: Arc<Backlog>,
        commits: Arc<Commits>,
        sync: SyncPolicy,
        state_file: PathBuf,
        /// Writes plans; none once the ledger is closed.
        plans: Mutex<Option<PlanRows>>,
    },
}

/// When a change in memory counts as durable.
#[derive(Debug, Clone, Copy)]
pub(super) enum Settles {
    /// As soon as it is recorded.
    AtOnce,
    /// When [`Ledger::settle`] says so.
    #[cfg(feature = "simulation")]
    ByHand,
}

/// Takes changes in the order in which they are applied, and knows which are durable.
#[derive(Debug)]
pub struct Ledger {
    pub(super) store: Store,
    pub(super) gate: Arc<DurabilityGate>,
}

impl Ledger {
    /// A ledger that forgets with the process.
    pub fn memory() -> Self {
        Self::in_memory(Settles::AtOnce)
    }

    fn in_memory(settles: Settles) -> Self {
        let store = Store::Memory { recorded: AtomicU64::new(0), settles };
        Self { store, gate: Arc::new(DurabilityGate::new(0)) }
    }

    /// A ledger that takes nothing: every change is appended to an engine before it is answered. `sync`
    /// is for people.
    pub fn elsewhere(engine: &'static str, sync: String) -> Self {
        let store = Store::Elsewhere { engine, sync };
        Self { store, gate: Arc::new(DurabilityGate::new(0)) }
    }

    /// A ledger whose positions become durable by [`settle`](Self::settle) only, for tests of what
    /// waits for them.
    #[cfg(feature = "simulation")]
    pub fn by_hand() -> Self {
        Self::in_memory(Settles::ByHand)
    }

    /// The kind of ledger, for people.
    pub const fn kind(&self) -> &'static str {
        match self.store {
            Store::Memory { .. } => "memory",
            Store::Elsewhere { engine, .. } => engine,
            Store::Journal { .. } => "journal",
        }
    }

    /// When a change counts as durable, for people.
    pub fn sync(&self) -> String {
        match &self.store {
            Store::Elsewhere { sync, .. } => sync.clone(),
            Store::Memory { .. } => "never: changes are gone with the process".to_owned(),
            Store::Journal { sync: SyncPolicy::Always, .. } => "always".to_owned(),
            Store::Journal { sync: SyncPolicy::Every(span), .. } => {
                format!("every {span:?}: a power cut loses what was acknowledged since")
            }
            Store::Journal { sync: SyncPolicy::Never, .. } => {
                "never: a power cut loses what was acknowledged".to_owned()
            }
        }
    }

    /// Takes a change of `event`. The caller holds the event's lock and applies it next.
    ///
    /// # Errors
    /// Why the change cannot be taken; it must not be applied then.
    pub fn record(&self, event: &EventId, change: &Recorded) -> Result<Position, UnavailableWhy> {
        if self.gate.is_failed() {
            return Err(UnavailableWhy::StorageFailed);
        }
        match &self.store {
            Store::Memory { recorded, settles } => {
                let position = Position(recorded.fetch_add(1, Ordering::AcqRel) + 1);
                match settles {
                    Settles::AtOnce => self.gate.settle_at_once(position),
                    #[cfg(feature = "simulation")]
                    Settles::ByHand => {}
                }
                Ok(position)
            }
            Store::Elsewhere { .. } => Err(UnavailableWhy::SharedStore),
            Store::Journal { pending, .. } => pending.record(event, change).map(Position),
        }
    }

    /// Whether a new reservation would be taken now.
    ///
    /// # Errors
    /// Why it would not.
    pub fn admits_new(&self) -> Result<(), UnavailableWhy> {
        if self.gate.is_failed() {
            return Err(UnavailableWhy::StorageFailed);
        }
        match &self.store {
            Store::Journal { pending, .. } => pending.admits_new(),
            Store::Memory { .. } | Store::Elsewhere { .. } => Ok(()),
        }
    }

    /// The last position that was taken.
    pub fn recorded(&self) -> Position {
        match &self.store {
            Store::Memory { recorded, .. } => Position(recorded.load(Ordering::Acquire)),
            Store::Elsewhere { .. } => Position::default(),
            Store::Journal { pending, .. } => Position(pending.recorded()),
        }
    }

    /// The last position that is durable, with every one before it.
    pub fn durable(&self) -> Position {
        self.gate.durable()
    }

    /// Makes everything up to `position` durable.
    #[cfg(feature = "simulation")]
    pub fn settle(&self, position: Position) {
        self.gate.settle(position);
    }

    /// Declares the write barrier failed.
    #[cfg(feature = "simulation")]
    pub fn fail(&self) {
        self.gate.fail();
    }

    /// Whether the write barrier failed.
    pub fn is_failed(&self) -> bool {
        self.gate.is_failed()
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
        self.gate.reached(position).await
    }

    /// Changes that are durable and not yet in the rows.
    pub fn backlog(&self) -> u64 {
        match &self.store {
            Store::Journal { backlog, .. } => backlog.changes(),
            Store::Memory { .. } | Store::Elsewhere { .. } => 0,
        }
    }

    /// The batches that became durable, and how far the rows are behind them, where there are any.
    pub(crate) fn figures(&self) -> Option<(&Commits, Depth)> {
        match &self.store {
            Store::Journal { commits, backlog, .. } => Some((commits, backlog.depth())),
            Store::Memory { .. } | Store::Elsewhere { .. } => None,
        }
    }

    /// The file whose rows follow, where there is one.
    pub fn state_file(&self) -> Option<&Path> {
        match &self.store {
            Store::Journal { state_file, .. } => Some(state_file),
            Store::Memory { .. } | Store::Elsewhere { .. } => None,
        }
    }

    /// Whether the rows have everything up to `position`; waits for it at most so long. Blocks.
    pub fn is_in_rows(&self, position: Position, patience: Duration) -> bool {
        match &self.store {
            Store::Journal { backlog, .. } => backlog.is_in_rows(position.0, patience),
            Store::Memory { .. } | Store::Elsewhere { .. } => false,
        }
    }

    /// Takes nothing more. What was taken still becomes durable.
    pub fn close(&self) {
        if let Store::Journal { pending, plans, .. } = &self.store {
            pending.close();
            // The rows' own connection is the last to be closed.
            drop(plans.lock().take());
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.close();
    }
}
