//! One event behind its lock, and reads of it that decide nothing.

use super::catch_up::{CatchUp, SnapshotSource};
use super::watchers::{Wake, Watchers};
use crate::ledger::Position;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::event::{EventSpec, Publication};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// An event. Its lock is held for decide, record and apply, and never across an await.
#[derive(Debug)]
pub struct Event {
    pub id: EventId,
    /// Unlike any other event's of this process, even one that had the same slug.
    pub serial: u64,
    version: AtomicU64,
    gone: AtomicBool,
    /// The number of its [`Publication`].
    publication: AtomicU8,
    /// Counts how often the event was shown anew: see [`begin_anew`](Self::begin_anew).
    anew: AtomicU64,
    /// When it was last known that there is no newer version, in milliseconds; 0 where nothing but
    /// this server changes it.
    confirmed: AtomicU64,
    pub(super) state: Mutex<EventState>,
}

/// The state that an event's lock guards.
#[derive(Debug)]
pub(super) struct EventState {
    pub(super) inventory: Inventory,
    /// Where the last change is in the ledger.
    pub(super) position: Position,
    /// The time of the last change: decisions never go back behind it.
    pub(super) last_at: Timestamp,
    pub(super) watchers: Watchers,
    /// The encoded seat map of a version, the same for all watchers that begin with it.
    snapshot: Option<(u64, Bytes)>,
    /// The earliest time at which the sweeper will come.
    pub(super) sweep_at: Option<Timestamp>,
}

/// Something read from an event, with the version it shows and what it waits for.
#[derive(Debug)]
pub struct Observed<T> {
    pub version: u64,
    /// It may be shown when this is durable.
    pub position: Position,
    pub value: T,
}

/// Later than anything that happens by itself.
pub(super) const NO_DEADLINE: Timestamp = Timestamp::from_ms(u64::MAX);

/// Something read from an event at a time.
#[derive(Debug)]
pub(crate) struct Reading<T> {
    pub(crate) observed: Observed<T>,
    /// When something happens by itself next: what was read is so until then, while the version stands.
    pub(crate) until: Timestamp,
}

impl Event {
    pub(super) fn new(
        id: EventId,
        serial: u64,
        inventory: Inventory,
        position: Position,
        last_at: Timestamp,
    ) -> Self {
        let version = AtomicU64::new(inventory.version());
        let state = EventState {
            inventory,
            position,
            last_at,
            watchers: Watchers::default(),
            snapshot: None,
            sweep_at: None,
        };
        let publication = AtomicU8::new(state.inventory.spec().publication as u8);
        let (gone, state) = (AtomicBool::new(false), Mutex::new(state));
        let (anew, confirmed) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { id, serial, version, gone, publication, anew, confirmed, state }
    }

    /// The event's version, as it is or was a moment ago.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Whether the event was deleted.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Which parties see it, and which lists.
    pub(crate) fn publication(&self) -> Publication {
        let number = usize::from(self.publication.load(Ordering::Acquire));
        Publication::ALL.get(number).copied().unwrap_or(Publication::Draft)
    }

    /// The same, for what is shown next.
    pub(super) fn publish_terms(&self, spec: &EventSpec) {
        self.publication.store(spec.publication as u8, Ordering::Release);
    }

    /// Publishes what is read without the lock.
    pub(super) fn publish(&self, version: u64, deleted: bool) {
        self.version.store(version, Ordering::Release);
        if deleted {
            self.gone.store(true, Ordering::Release);
        }
    }

    /// What is shown next does not go on from what was shown.
    pub(super) fn begin_anew(&self, state: &mut EventState) {
        self.anew.fetch_add(1, Ordering::AcqRel);
        state.snapshot = None;
        state.watchers.begin_anew();
    }

    /// How often it was shown anew: a watcher of before is sent a gap.
    pub(crate) fn times_anew(&self) -> u64 {
        self.anew.load(Ordering::Acquire)
    }

    /// At this time there was no newer version.
    pub(crate) fn confirm(&self, at: Timestamp) {
        self.confirmed.fetch_max(at.as_ms(), Ordering::AcqRel);
    }

    /// What is shown may be wrong.
    pub(crate) fn doubt(&self) {
        self.confirmed.store(0, Ordering::Release);
    }

    /// When there was no newer version.
    pub(crate) fn confirmed(&self) -> Timestamp {
        Timestamp::from_ms(self.confirmed.load(Ordering::Acquire))
    }

    /// When something happens by itself next: see [`Inventory::next_due`].
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.state.lock().inventory.next_due()
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.state.lock().watchers.any()
    }

    /// Prefetches the customers of the next new reservations. Does nothing while the lock is taken.
    pub(crate) fn prefetch(&self, customers: &[&[u8]]) {
        if let Some(state) = self.state.try_lock() {
            state.inventory.prefetch(customers);
        }
    }

    /// Applies a change that was recorded before. Says whether it could follow.
    pub(super) fn replay(&self, recorded: &Recorded, position: Position) -> bool {
        let mut state = self.state.lock();
        if recorded.version != state.inventory.version() + 1 {
            return false;
        }
        state.inventory.apply(recorded);
        state.inventory.seal(recorded.version);
        self.publish_terms(state.inventory.spec());
        state.position = position;
        state.last_at = recorded.at;
        self.version.store(recorded.version, Ordering::Release);
        true
    }

    /// Takes the inventory out of an event that nothing else refers to, without what was forgotten
    /// at its last change, and the time of that.
    pub(super) fn into_inventory(self) -> (Inventory, Timestamp) {
        let EventState { mut inventory, last_at, .. } = self.state.into_inner();
        inventory.forget(last_at, usize::MAX);
        (inventory, last_at)
    }

    /// Expires what is due without a record: a [`Mutant`].
    #[cfg(feature = "simulation")]
    pub(super) fn expire_unrecorded(&self, now: Timestamp) {
        let mut state = self.state.lock();
        while let Some(change) = state.inventory.due_chunk(now) {
            let version = state.inventory.version() + 1;
            state.inventory.apply(&Recorded { version, at: now, principal: None, change });
            self.version.store(version, Ordering::Release);
        }
    }

    /// Looks at the inventory as it is.
    pub fn look<T>(&self, look: impl FnOnce(&Inventory) -> T) -> Observed<T> {
        let state = self.state.lock();
        let version = state.inventory.version();
        Observed { version, position: state.position, value: look(&state.inventory) }
    }

    /// Looks at the inventory as it is; only if nothing is due, where a time is given.
    pub(super) fn read<T>(
        &self,
        unless_due_at: Option<Timestamp>,
        look: impl FnOnce(&Inventory) -> T,
    ) -> Option<Reading<T>> {
        let state = self.state.lock();
        let next = state.inventory.next_due();
        // Nothing is decided at an earlier time than what is there already.
        if let (Some(next), Some(now)) = (next, unless_due_at)
            && next <= now.max(state.last_at)
        {
            return None;
        }
        let (version, position) = (state.inventory.version(), state.position);
        let observed = Observed { version, position, value: look(&state.inventory) };
        Some(Reading { observed, until: next.unwrap_or(NO_DEADLINE) })
    }

    /// Whether the event was created like this.
    pub(super) fn was_created_as(&self, spec: &EventSpec) -> Observed<bool> {
        self.look(|inventory| inventory.created_as() == spec)
    }

    /// Begins a watch. Returns the version to [`pull`](Self::pull) from: `from` if it can go on
    /// from there, nothing if it takes a snapshot. The outer `None` means that the event is gone.
    pub fn watch(&self, from: Option<u64>) -> Option<Option<u64>> {
        let mut state = self.state.lock();
        if state.inventory.is_deleted() {
            return None;
        }
        state.watchers.join();
        let version = state.inventory.version();
        Some(from.filter(|&known| state.watchers.after(known, version).is_some()))
    }

    pub fn unwatch(&self, wake: &Wake) {
        self.state.lock().watchers.leave(wake);
    }

    /// Whether a watcher that has version `known` is sent a snapshot next.
    pub(crate) fn takes_snapshot(&self, known: Option<u64>) -> bool {
        known.is_none_or(|known| {
            let state = self.state.lock();
            state.watchers.after(known, state.inventory.version()).is_none()
        })
    }

    /// The changes since version `known`; from a snapshot if that is not known or too long ago.
    /// Once there is no more, `wake` is woken at the next change.
    pub fn pull(&self, known: Option<u64>, wake: &Wake, slept_in: &mut Option<u64>) -> CatchUp {
        let mut state = self.state.lock();
        let EventState { inventory, watchers, position, snapshot, .. } = &mut *state;
        let version = inventory.version();
        let mut catch_up = CatchUp::default();
        let mut source = SnapshotSource { inventory, position: *position, snapshot };
        match known.and_then(|known| Some((known, watchers.after(known, version)?))) {
            Some((known, recent)) => {
                catch_up.known = known;
                catch_up.follow(recent, &mut source);
            }
            None => {
                catch_up.renewed = known.is_some_and(|known| watchers.renewed_after(known));
                catch_up.start_over(known.is_some(), &mut source);
            }
        }
        if self.is_gone() && !catch_up.more && !catch_up.ended {
            catch_up.end(&source);
        }
        if !catch_up.more && !catch_up.ended {
            watchers.sleep(wake, slept_in);
        }
        catch_up
    }

    /// Panics if the event's state contradicts itself.
    pub fn invariants(&self) {
        self.state.lock().inventory.invariants();
    }
}
