//! What every event's task, and what a server does all the time, know of the cluster.

use super::engine_calls::{EngineAnswer, EngineCalls};
use super::event_index::EventIndex;
use super::event_memory::{EventMemory, EventUse};
use super::members::Members;
use super::request::ShellAsk;
use super::routing::Links;
use super::server_lease::ServerLease;
use super::settled::Kept;
use super::shells::Shells;
use super::snapshotting::Snapshotting;
use crate::catalog::{Catalog, Event};
use crate::clock::Clock;
use crate::metrics::Counter;
use crate::plans::Plans;
use crate::randomness::Randomness;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::{Freshness, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::StoreError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How old what is shown may be where the engine does not answer.
const OLDEST_SHOWN: Duration = Duration::from_secs(60);

/// Why a server takes no new reservations over its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreHealth {
    Good,
    Unreachable,
    /// The error of the engine's time, as this server knows it, is too large.
    TimeUncertain,
}

/// Bounds that settings choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClusterBounds {
    /// How long a client waits for the engine.
    pub(crate) patience: Duration,
    /// How old what is shown may be where a cached view will do.
    pub(crate) youth: Duration,
    /// Bytes that loaded events may take.
    pub(crate) event_memory: u64,
    /// Changes from which on a snapshot is due.
    pub(crate) snapshot_after: u64,
}

/// What an event's task is told, and what it tells of its memory.
pub(super) type ShellAsks = (UnboundedReceiver<ShellAsk>, Arc<EventUse>);

/// Begins the task of an event.
pub(super) type BeginShell = fn(Arc<ClusterState>, EventId, ShellAsks);

/// What the tasks of this server have in common.
pub(crate) struct ClusterState {
    pub(super) catalog: Arc<Catalog>,
    pub(super) plans: Arc<Plans>,
    pub(super) clock: Clock,
    pub(super) calls: Arc<EngineCalls>,
    pub(super) index: EventIndex,
    /// How long a client waits for the engine.
    pub(super) patience: Duration,
    /// How old what is shown may be where a cached view will do.
    youth: Duration,
    pub(super) randomness: Randomness,
    pub(super) lease: Arc<ServerLease>,
    pub(super) members: Members,
    pub(super) links: Links,
    /// Requests that other servers forwarded to this one.
    pub(super) received: Counter,
    /// Those that are answered, or whose server is gone.
    pub(super) done_with: Counter,
    pub(super) memory: Arc<EventMemory>,
    pub(super) snapshotting: Arc<Snapshotting>,
    pub(super) shells: Shells,
    pub(super) begin_shell: BeginShell,
    is_reachable: AtomicBool,
    /// Batches that this server appended.
    pub(super) appended: Counter,
    /// Events whose log did not go on from their copy.
    pub(super) diverged: Counter,
}

impl ClusterState {
    pub(super) fn new(
        (catalog, plans): (Arc<Catalog>, Arc<Plans>),
        calls: Arc<EngineCalls>,
        (index, lease): (EventIndex, Arc<ServerLease>),
        (clock, randomness): (Clock, Randomness),
        (bounds, begin_shell): (ClusterBounds, BeginShell),
    ) -> Self {
        let ClusterBounds { patience, youth, event_memory, snapshot_after } = bounds;
        let (store, halls) = (Arc::clone(&calls.store), Arc::clone(plans.registry()));
        let snapshotting = Snapshotting::new(store, halls, snapshot_after);
        Self {
            catalog,
            plans,
            clock,
            calls,
            index,
            patience,
            youth,
            randomness,
            members: Members::new(lease.server.clone()),
            links: Links::new(),
            received: Counter::default(),
            done_with: Counter::default(),
            lease,
            memory: EventMemory::new(event_memory),
            snapshotting,
            shells: Shells::default(),
            begin_shell,
            is_reachable: AtomicBool::new(true),
            appended: Counter::default(),
            diverged: Counter::default(),
        }
    }

    /// The plans of the store.
    pub(crate) fn plans(&self) -> &Arc<Plans> {
        &self.plans
    }

    /// A random number that no other actor has.
    pub(super) fn random(&self) -> u128 {
        let random = self.randomness.bytes().map(u128::from_le_bytes);
        random.expect("the operating system had random bytes at start")
    }

    /// Whether the index of events was read recently enough for a cached view.
    pub(super) fn is_index_young(&self) -> bool {
        self.is_recent(self.index.confirmed(), self.youth)
    }

    /// The event, if what is shown of it is recent enough for a cached view, and newer than `since`.
    pub(super) fn young(&self, event: EventId<&str>, since: Timestamp) -> Option<Arc<Event>> {
        self.catalog.find(event).filter(|event| {
            let is_due = event.next_due().is_some_and(|next| next <= self.clock.now());
            let confirmed = event.confirmed();
            !is_due && confirmed > since && self.is_recent(confirmed, self.youth)
        })
    }

    /// What a request is answered from, although the engine does not tell whether that is the newest;
    /// none if it has to be.
    pub(crate) fn may_show_to(&self, request: &Request<&str>) -> Option<Kept> {
        match request {
            Request::GetEvent { event, freshness: Freshness::Cached }
            | Request::Seats { event, freshness: Freshness::Cached } => {
                let found = self.catalog.find(*event);
                let recent = found.filter(|it| self.is_recent(it.confirmed(), OLDEST_SHOWN));
                recent.map(|event| vec![event])
            }
            Request::Unwatch { .. } => Some(Kept::new()),
            _ => None,
        }
    }

    fn is_recent(&self, at: Timestamp, span: Duration) -> bool {
        self.clock.now().since(at) < span
    }

    /// When a request came, and when its client waits no longer.
    pub(super) fn times(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        (now, now.plus(self.patience))
    }

    /// Has a shell look for what other servers appended, if there is one.
    pub(super) fn poke(&self, event: EventId<&str>) {
        self.tell(&event.to_owned(), ShellAsk::Poke);
    }

    /// Tells an event's shell something, if there is one.
    pub(super) fn tell(&self, event: &EventId, what: ShellAsk) {
        if let Some(shell) = self.shells.lock().get(event) {
            let _ = shell.asks.send(what);
        }
    }

    /// Takes a shell out that nothing waits for, if its event can be unloaded.
    pub(super) fn leave(
        &self,
        event: &EventId,
        asked: &UnboundedReceiver<ShellAsk>,
        shown: Option<&Arc<Event>>,
    ) -> bool {
        let mut shells = self.shells.lock();
        // Nothing is asked while the shells are locked.
        let leaves = asked.is_empty() && shown.is_none_or(|event| self.catalog.unload(event));
        if leaves {
            shells.remove(event);
        }
        leaves
    }

    /// Learns from an answer whether the engine can be reached.
    pub(super) fn health(&self, answer: &EngineAnswer) {
        let failed = matches!(
            answer,
            EngineAnswer::Append(Err(StoreError::Unavailable(_)))
                | EngineAnswer::End(Err(StoreError::Unavailable(_)))
                | EngineAnswer::Read(Err(StoreError::Unavailable(_)))
                | EngineAnswer::Write(Err(StoreError::Unavailable(_)))
        );
        self.is_reachable(!failed);
    }

    pub(super) fn is_reachable(&self, is_reachable: bool) {
        if self.is_reachable.swap(is_reachable, Ordering::AcqRel) == is_reachable {
            return;
        }
        match is_reachable {
            true => tracing::info!("the store can be reached again"),
            false => tracing::error!("the store cannot be reached"),
        }
    }

    /// Whether new reservations are taken.
    pub(crate) fn store_health(&self) -> StoreHealth {
        match () {
            () if !self.is_reachable.load(Ordering::Acquire) => StoreHealth::Unreachable,
            () if !self.clock.is_usable() => StoreHealth::TimeUncertain,
            () => StoreHealth::Good,
        }
    }

    /// What other servers have not the same as this one, although all have to be given it alike.
    pub(crate) fn differing(&self) -> Vec<String> {
        let (own, others) = (self.lease.notice(), self.members.others());
        let mut all: Vec<_> =
            others.iter().flat_map(|other| own.differs_from(&other.notice)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The events that there are, and were, as far as the index was read; it is read on.
    pub(crate) fn event_names(&self) -> Vec<EventId> {
        self.index.poke();
        self.index.names()
    }

    /// How many events there are.
    pub(crate) fn events(&self) -> usize {
        self.index.len()
    }
}

impl fmt::Debug for ClusterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterState").field("index", &self.index).finish_non_exhaustive()
    }
}
