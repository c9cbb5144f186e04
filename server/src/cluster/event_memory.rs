//! The memory of events that are loaded: how much it is about, and which are unloaded above a bound.
//!
//! An event that is not loaded costs nothing here: its log and its snapshot are the engine's. It is
//! loaded again when it is asked for.

use super::request::ShellAsk;
use boxoffice_inventory::Inventory;
use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc::UnboundedSender;

/// What an event has besides seats and reservations: its terms, its tables, its task.
const EVENT_BYTES: u64 = 16 << 10;

/// Its place in rows, maps and trees.
const SEAT_BYTES: u64 = 40;

/// A record of a cache line, its customer, and the places of both in tables.
const RESERVATION_BYTES: u64 = 128;

/// Each event is there for decisions, and for reads.
const COPIES: u64 = 2;

/// About as many bytes as a loaded event takes.
pub(super) fn estimate(inventory: &Inventory) -> u64 {
    let ids = inventory.remembered() + inventory.predecessors().len();
    COPIES * (EVENT_BYTES + inventory.seats() * SEAT_BYTES + ids as u64 * RESERVATION_BYTES)
}

/// The memory of all loaded events.
#[derive(Debug)]
pub(super) struct EventMemory {
    used: AtomicU64,
    pub(super) most: u64,
    /// Counts uses, so that they have an order.
    uses: AtomicU64,
}

/// The memory of one event, and when it was used last.
#[derive(Debug)]
pub(super) struct EventUse {
    memory: Arc<EventMemory>,
    bytes: AtomicU64,
    used: AtomicU64,
}

impl EventMemory {
    pub(super) fn new(most: u64) -> Arc<Self> {
        Arc::new(Self { used: AtomicU64::new(0), most, uses: AtomicU64::new(0) })
    }

    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// A new event's, which is not loaded yet.
    pub(super) fn begin(self: &Arc<Self>) -> Arc<EventUse> {
        let (memory, bytes) = (Arc::clone(self), AtomicU64::new(0));
        let event = Arc::new(EventUse { memory, bytes, used: AtomicU64::new(0) });
        event.touch();
        event
    }

    /// Asks events to unload that were used least lately, so many that the others are within the bound.
    /// One that cannot counts as used then.
    pub(super) fn unload_surplus<'a>(
        &self,
        events: impl Iterator<Item = (&'a Arc<EventUse>, &'a UnboundedSender<ShellAsk>)>,
    ) {
        let mut surplus = self.used().saturating_sub(self.most);
        if surplus == 0 {
            return;
        }
        let mut by_age: Vec<_> = events
            .map(|(event, shell)| (event.used.load(Ordering::Relaxed), event, shell))
            .collect();
        by_age.sort_unstable_by_key(|(used, _, _)| Reverse(*used));
        while surplus > 0
            && let Some((_, event, shell)) = by_age.pop()
        {
            surplus = surplus.saturating_sub(event.bytes.load(Ordering::Relaxed));
            // One that is gone is unloaded.
            let _ = shell.send(ShellAsk::Unload);
        }
    }
}

impl EventUse {
    /// The event is used now.
    pub(super) fn touch(&self) {
        self.used.store(self.memory.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    /// It takes so much.
    pub(super) fn takes(&self, bytes: u64) {
        let before = self.bytes.swap(bytes, Ordering::Relaxed);
        // Wrapping arithmetic makes it a sum of either sign.
        self.memory.used.fetch_add(bytes.wrapping_sub(before), Ordering::Relaxed);
    }
}

impl Drop for EventUse {
    fn drop(&mut self) {
        self.takes(0);
    }
}
