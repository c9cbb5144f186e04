//! What makes changes durable.
//!
//! A change is recorded before it is applied; it has a [`Position`] then, and whoever answers a
//! request that depends on it waits until that position is durable (`gate`).
//!
//! With a data folder (`folder`), changes gather in `pending`, and the `committer` takes them to
//! the [journal](boxoffice_journal), one batch at a time: whatever gathers while one batch is synced becomes the
//! next. Behind it the `follower` writes them into [`rows`], from a bounded `backlog`. Each works
//! in steps, and `threads` drives them. The `ballast` makes room for both on a full disk. `look` is
//! for who only looks at a data folder, whether a server uses it or not. Without a data folder, a
//! position is durable as soon as it is taken.

mod backlog;
mod ballast;
mod committer;
mod entry;
mod folder;
mod follower;
mod gate;
mod look;
mod pending;
mod progress;
pub mod rows;
mod rush;
mod segments;
mod threads;

pub use committer::Committer;
pub use committer::Sync;
pub use folder::{DataFolder, FolderError, FolderOptions, Recover, STATE_FILE};
pub use folder::{Layout, Site};
pub use follower::{FollowError, Followed, Follower};
pub use look::{FolderLook, LookError, WalkedBatch};
pub use segments::Workshop;
pub use threads::Work;
pub(crate) use threads::{Committed, Committing};

use crate::metrics::Commits;
use backlog::Backlog;
pub(crate) use backlog::Depth;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::UnavailableWhy;
use gate::Gate;
use pending::Pending;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use thiserror::Error;

/// A place in the ledger: how many changes were recorded up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position(u64);

impl Position {
    /// The place after so many changes.
    pub const fn new(changes: u64) -> Self {
        Self(changes)
    }

    /// The number of changes up to here.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// A write barrier failed; nothing can be acknowledged any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ledger has failed; nothing can be acknowledged any more")]
pub struct LedgerFailed;

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// There is, or will be.
    On,
    /// Nothing is left, and nothing more will come.
    Ended,
}

/// Where changes go.
#[derive(Debug)]
enum Store {
    /// Nowhere: they are gone with the process, and durable as soon as they are taken.
    Memory { recorded: AtomicU64 },
    /// Nowhere, and they are durable when [`Ledger::settle`] says so.
    ByHand { recorded: AtomicU64 },
    /// Into a data folder's journal.
    Journal {
        pending: Arc<Pending>,
        backlog: Arc<Backlog>,
        commits: Arc<Commits>,
        sync: Sync,
        state_file: PathBuf,
    },
}

/// Takes changes in the order in which they are applied, and knows which are durable.
#[derive(Debug)]
pub struct Ledger {
    store: Store,
    gate: Arc<Gate>,
}

impl Ledger {
    /// A ledger that forgets with the process.
    pub fn memory() -> Self {
        Self { store: Store::Memory { recorded: AtomicU64::new(0) }, gate: Arc::new(Gate::new(0)) }
    }

    /// A ledger whose positions become durable by [`settle`](Self::settle) only, for tests of what
    /// waits for them.
    pub fn by_hand() -> Self {
        Self { store: Store::ByHand { recorded: AtomicU64::new(0) }, gate: Arc::new(Gate::new(0)) }
    }

    /// What the ledger is, for people.
    pub const fn kind(&self) -> &'static str {
        match self.store {
            Store::Memory { .. } => "memory",
            Store::ByHand { .. } => "by hand",
            Store::Journal { .. } => "journal",
        }
    }

    /// When a change counts as durable, for people.
    pub fn sync(&self) -> String {
        match self.store {
            Store::Memory { .. } => "never: changes are gone with the process".to_owned(),
            Store::ByHand { .. } => "by hand".to_owned(),
            Store::Journal { sync: Sync::Always, .. } => "always".to_owned(),
            Store::Journal { sync: Sync::Every(span), .. } => {
                format!("every {span:?}: a power cut loses what was acknowledged since")
            }
            Store::Journal { sync: Sync::Never, .. } => {
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
            Store::Memory { recorded } => {
                let position = Position(recorded.fetch_add(1, Ordering::AcqRel) + 1);
                self.gate.settle_at_once(position);
                Ok(position)
            }
            Store::ByHand { recorded } => Ok(Position(recorded.fetch_add(1, Ordering::AcqRel) + 1)),
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
            Store::Memory { .. } | Store::ByHand { .. } => Ok(()),
        }
    }

    /// The last position that was taken.
    pub fn recorded(&self) -> Position {
        match &self.store {
            Store::Memory { recorded } | Store::ByHand { recorded } => {
                Position(recorded.load(Ordering::Acquire))
            }
            Store::Journal { pending, .. } => Position(pending.recorded()),
        }
    }

    /// The last position that is durable, with every one before it.
    pub fn durable(&self) -> Position {
        self.gate.durable()
    }

    /// Makes everything up to `position` durable, where that is done by hand.
    pub fn settle(&self, position: Position) {
        self.gate.settle(position);
    }

    /// Declares the write barrier failed.
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
            Store::Memory { .. } | Store::ByHand { .. } => 0,
        }
    }

    /// The batches that became durable, and how far the rows are behind them, where there are any.
    pub(crate) fn figures(&self) -> Option<(&Commits, Depth)> {
        match &self.store {
            Store::Journal { commits, backlog, .. } => Some((commits, backlog.depth())),
            Store::Memory { .. } | Store::ByHand { .. } => None,
        }
    }

    /// The file whose rows follow, where there is one.
    pub fn state_file(&self) -> Option<&Path> {
        match &self.store {
            Store::Journal { state_file, .. } => Some(state_file),
            Store::Memory { .. } | Store::ByHand { .. } => None,
        }
    }

    /// Whether the rows have everything up to `position`; waits for it at most so long. Blocks.
    pub fn is_in_rows(&self, position: Position, patience: Duration) -> bool {
        match &self.store {
            Store::Journal { backlog, .. } => backlog.is_in_rows(position.0, patience),
            Store::Memory { .. } | Store::ByHand { .. } => false,
        }
    }

    /// Takes nothing more. What was taken still becomes durable.
    pub fn close(&self) {
        if let Store::Journal { pending, .. } = &self.store {
            pending.close();
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.close();
    }
}
