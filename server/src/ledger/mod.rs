//! The ledger makes changes durable.
//!
//! The [`ledger`](Ledger) records a change before it is applied and gives it a [`Position`]. An
//! answer that depends on the change waits at the `durability_gate` until that position is durable:
//! `in_rows <= durable <= recorded`.
//!
//! With a data folder (`folder`), changes gather in `pending`, and the `committer` takes them to
//! the [journal](boxoffice_journal), one batch at a time: the changes that gather while one batch
//! is synced become the next (group commit). Behind it the `follower` writes them into [`rows`],
//! from a bounded `backlog`, and rests while the `change_rate` is high. Each works in steps, and
//! `threads` drives them; `segments` are prepared and removed on one of those. The `ballast` makes
//! room on a full disk, `progress` reports a long recovery. `inspection` reads a data folder,
//! whether a server uses it or not. Without a data folder, a position is durable as soon as it is
//! taken.

mod backlog;
mod ballast;
mod change_rate;
mod committer;
mod durability_gate;
mod entry;
mod folder;
mod folder_access;
mod folder_layout;
mod follower;
mod inspection;
mod kept_plans;
mod ledger;
pub(crate) mod manifest;
mod names;
mod pending;
mod position;
mod progress;
mod recover;
pub mod rows;
mod segments;
mod threads;

pub use backlog::Going;
pub use committer::Committer;
pub use durability_gate::LedgerFailed;
pub use folder::{DataFolder, FolderError, Site};
pub use folder_layout::FolderLayout;
pub use follower::{FollowError, Followed, Follower};
pub use inspection::{FolderInspection, InspectionError, WalkedBatch};
pub use ledger::Ledger;
pub(crate) use manifest::has_journal;
pub use names::STATE_FILE;
pub(crate) use names::{REPORTS_FILE, UNFINISHED_COPY};
pub use position::Position;
pub use recover::Recover;
pub use segments::Workshop;
pub use threads::LedgerWork;
pub(crate) use threads::{Committed, Committing};
