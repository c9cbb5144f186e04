//! What every event's task, and what a server does all the time, know of the cluster.

use super::engine_calls::{EngineAnswer, EngineCalls};
use super::event_index::EventIndex;
use super::request::ShellAsk;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::metrics::Counter;
use crate::randomness::Randomness;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::{Freshness, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::StoreError;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

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

/// What the tasks of this server have in common.
pub(crate) struct ClusterState {
    pub(super) catalog: Arc<Catalog>,
    pub(super) clock: Clock,
    pub(super) calls: Arc<EngineCalls>,
    pub(super) index: EventIndex,
    /// How long a client waits for the engine.
    pub(super) patience: Duration,
    /// How old what is shown may be where a cached view will do.
    youth: Duration,
    randomness: Randomness,
    pub(super) shells: Mutex<HashMap<EventId, UnboundedSender<ShellAsk>>>,
    is_reachable: AtomicBool,
    /// Batches that this server appended.
    pub(super) appended: Counter,
    /// Events whose log did not go on from their copy.
    pub(super) diverged: Counter,
}

impl ClusterState {
    pub(super) fn new(
        catalog: Arc<Catalog>,
        calls: Arc<EngineCalls>,
        index: EventIndex,
        (clock, randomness): (Clock, Randomness),
        (patience, youth): (Duration, Duration),
    ) -> Self {
        Self {
            catalog,
            clock,
            calls,
            index,
            patience,
            youth,
            randomness,
            shells: Mutex::default(),
            is_reachable: AtomicBool::new(true),
            appended: Counter::default(),
            diverged: Counter::default(),
        }
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

    /// Whether what is shown of an event is recent enough for a cached view.
    pub(super) fn is_young(&self, event: EventId<&str>) -> bool {
        self.catalog.find(event).is_some_and(|event| {
            let is_due = event.next_expiry().is_some_and(|next| next <= self.clock.now());
            !is_due && self.is_recent(event.confirmed(), self.youth)
        })
    }

    /// Whether a request is answered from what is shown, although the engine does not tell whether that
    /// is the newest.
    pub(crate) fn may_show_to(&self, request: &Request<&str>) -> bool {
        match request {
            Request::GetEvent { event, freshness: Freshness::Cached }
            | Request::Seats { event, freshness: Freshness::Cached } => {
                let found = self.catalog.find(*event);
                found.is_some_and(|event| self.is_recent(event.confirmed(), OLDEST_SHOWN))
            }
            Request::Unwatch { .. } => true,
            _ => false,
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
        if let Some(shell) = self.shells.lock().get(event.as_str()) {
            let _ = shell.send(ShellAsk::Poke);
        }
    }

    /// Takes a shell out that nothing waits for.
    pub(super) fn leave(&self, event: &EventId, asked: &UnboundedReceiver<ShellAsk>) -> bool {
        let mut shells = self.shells.lock();
        let is_idle = asked.is_empty();
        if is_idle {
            shells.remove(event);
        }
        is_idle
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

    /// How many events there are.
    pub(crate) fn events(&self) -> usize {
        self.index.len()
    }

    /// Every counter with its name.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 3] {
        let loaded = self.shells.lock().len() as u64;
        [
            ("store_batches", self.appended.value()),
            ("store_diverged", self.diverged.value()),
            ("events_loaded", loaded),
        ]
    }
}

impl fmt::Debug for ClusterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterState").field("index", &self.index).finish_non_exhaustive()
    }
}
