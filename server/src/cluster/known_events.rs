//! What the index of events says, as far as this server has read it.

use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Whether there is an event, at its version then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexEntry {
    pub(crate) event: EventId,
    pub(crate) version: u64,
    pub(crate) is_live: bool,
}

/// What the index says, as far as this server has read it.
#[derive(Debug, Default)]
pub(super) struct KnownEvents {
    entries: RwLock<BTreeMap<EventId, (u64, bool)>>,
    live: AtomicUsize,
    version: AtomicU64,
    /// When there was no newer version, in milliseconds.
    confirmed: AtomicU64,
}

impl KnownEvents {
    /// Takes what the log says at this version.
    pub(super) fn take(&self, entries: Vec<IndexEntry>, version: u64) {
        let mut known = self.entries.write();
        for IndexEntry { event, version, is_live } in entries {
            let before = known.get(&event).copied();
            if before.is_some_and(|(known, _)| known >= version) {
                continue;
            }
            let was_live = before.is_some_and(|(_, is_live)| is_live);
            self.live.fetch_add(usize::from(is_live), Ordering::Relaxed);
            self.live.fetch_sub(usize::from(was_live), Ordering::Relaxed);
            known.insert(event, (version, is_live));
        }
        self.version.store(version, Ordering::Release);
    }

    /// Whether it says this of the event, or something newer.
    pub(super) fn has(&self, event: &EventId, version: u64, is_live: bool) -> bool {
        let known = self.entries.read();
        known.get(event).is_some_and(|&(known, live)| known >= version || live == is_live)
    }

    pub(super) fn clear(&self) {
        self.entries.write().clear();
        self.live.store(0, Ordering::Relaxed);
    }

    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub(super) fn confirm(&self, at: Timestamp) {
        self.confirmed.fetch_max(at.as_ms(), Ordering::AcqRel);
    }

    /// When there was no newer version.
    pub(super) fn confirmed(&self) -> Timestamp {
        Timestamp::from_ms(self.confirmed.load(Ordering::Acquire))
    }

    /// How many events there are.
    pub(super) fn len(&self) -> usize {
        self.live.load(Ordering::Relaxed)
    }

    /// How many there are, and were.
    pub(super) fn all(&self) -> usize {
        self.entries.read().len()
    }

    /// All there are, and were.
    pub(super) fn names(&self) -> Vec<EventId> {
        self.entries.read().keys().cloned().collect()
    }

    pub(super) fn page(&self, from: Bound<&EventId>, most: usize) -> Vec<EventId> {
        let known = self.entries.read();
        let rest = known.range::<EventId, _>((from, Bound::Unbounded));
        rest.filter(|(_, (_, is_live))| *is_live).take(most).map(|(id, _)| id.clone()).collect()
    }
}
