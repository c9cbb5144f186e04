//! The watchers of an event, and the recent changes that they have yet to be sent.

use crate::ledger::Position;
use boxoffice_inventory::{Inventory, VisibleChange};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::frame::encode_body;
use boxoffice_protocol::reply::Body;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;

/// Wakes one connection, whichever of its watched events changed.
pub type Wake = Arc<Notify>;

/// One thing to send to a watcher.
#[derive(Debug, Clone)]
pub(super) struct Push {
    /// The event's version after it.
    pub version: u64,
    /// It may be sent when this is durable.
    pub position: Position,
    pub content: PushContent,
}

/// The content of a push.
#[derive(Debug, Clone)]
pub(super) enum PushContent {
    /// An encoded body, the same for all watchers.
    Body(Bytes),
    /// The event's terms changed; the watcher needs a new snapshot.
    Terms,
    /// The event is gone.
    Deleted,
}

/// The watchers of one event. Invariant: `recent` holds the last changes without a hole, at most
/// [`watch_lag`](crate::config::CatalogLimits::watch_lag), and none while there are no watchers.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    watching: usize,
    /// Watchers that have seen everything; the others have been woken and not looked yet.
    asleep: Vec<Wake>,
    /// Counts how often they were woken.
    round: u64,
    recent: VecDeque<Push>,
    /// The last version that gave the event other terms while it had watchers.
    terms_at: u64,
}

impl Watchers {
    pub(super) fn join(&mut self) {
        self.watching += 1;
    }

    pub(super) fn leave(&mut self, wake: &Wake) {
        self.watching = self.watching.saturating_sub(1);
        self.asleep.retain(|other| !Arc::ptr_eq(other, wake));
        if self.watching == 0 {
            self.recent.clear();
        }
    }

    /// What comes next does not go on from what was pushed.
    pub(super) fn begin_anew(&mut self) {
        self.recent.clear();
        self.round += 1;
        self.asleep.drain(..).for_each(|wake| wake.notify_one());
    }

    pub(super) fn any(&self) -> bool {
        self.watching > 0
    }

    pub(super) fn push(&mut self, push: Push, most: usize) {
        if matches!(push.content, PushContent::Terms) {
            self.terms_at = push.version;
        }
        if self.recent.len() >= most {
            self.recent.pop_front();
        }
        self.recent.push_back(push);
        if !self.asleep.is_empty() {
            self.round += 1;
            self.asleep.drain(..).for_each(|wake| wake.notify_one());
        }
    }

    /// The changes after version `known`, or nothing if some of them are no longer here.
    pub(super) fn after(&self, known: u64, now_at: u64) -> Option<impl Iterator<Item = &Push>> {
        let missing = usize::try_from(now_at.checked_sub(known)?).ok()?;
        let first = self.recent.len().checked_sub(missing);
        let first = first.or(mutants::on(Mutant::WatcherSkipsChanges).then_some(0))?;
        Some(self.recent.range(first..))
    }

    /// Whether the event's terms changed after version `known`.
    pub(super) fn renewed_after(&self, known: u64) -> bool {
        self.terms_at > known
    }

    /// Wakes `wake` at the next change. `slept_in` is the round in which it fell asleep before.
    pub(super) fn sleep(&mut self, wake: &Wake, slept_in: &mut Option<u64>) {
        if *slept_in != Some(self.round) {
            *slept_in = Some(self.round);
            self.asleep.push(Arc::clone(wake));
        }
    }
}

/// What watchers are sent of the change that was applied last.
pub(super) fn push_content(inventory: &Inventory, change: &Change) -> PushContent {
    match inventory.seen(change) {
        VisibleChange::Places(changed) => {
            PushContent::Body(encode_body(&Body::PlacesChanged(changed)))
        }
        VisibleChange::Nothing => {
            PushContent::Body(encode_body(&Body::PlacesChanged(Default::default())))
        }
        VisibleChange::Terms => PushContent::Terms,
        VisibleChange::Deleted => PushContent::Deleted,
    }
}
