//! The events of this server by id, tombstones of deleted ones included.

use super::answer::{Answer, ShownEvent};
use super::context::Holdings;
use super::event::Event;
use crate::ledger::Position;
use crate::randomness::TableHashing;
use boxoffice_inventory::{CodeKey, EventSecrets, Inventory, UsedIds};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;
use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

/// The events by id.
#[derive(Debug)]
pub(super) struct EventMap {
    pub(super) by_id: HashMap<EventId, EventEntry, TableHashing>,
    /// The ids of live events, for lists.
    pub(super) order: BTreeSet<EventId>,
    /// Counts creations and deletions.
    pub(super) version: u64,
    /// How many events there are and were, loaded or not, where several servers decide them.
    pub(super) in_index: usize,
    /// Where the last of them is in the ledger.
    pub(super) position: Position,
    /// The key of booking codes.
    pub(super) codes: CodeKey,
    /// When the ids of deleted events are no longer of use.
    forgetting: BTreeSet<(Timestamp, EventId)>,
    /// The last [`Event::serial`] or seed that was given.
    serial: u64,
}

#[derive(Debug)]
pub(super) enum EventEntry {
    Live(Arc<Event>),
    /// A deleted event: one created again under its slug goes on from there.
    Deleted(Gone),
}

/// What is kept of a deleted event.
#[derive(Debug, Clone, Default)]
pub(super) struct Gone {
    /// Its last version.
    pub(super) version: u64,
    /// Law 3: the ids that it and its predecessors have used.
    pub(super) used_ids: Arc<UsedIds>,
}

impl Gone {
    /// The same of an event that was deleted just now.
    pub(super) fn of(inventory: &Inventory) -> Self {
        let used_ids = Arc::new(inventory.used_ids().unwrap_or_default());
        Self { version: inventory.version(), used_ids }
    }

    /// The memory that it takes.
    pub(super) fn holdings(&self) -> Holdings {
        Holdings { remembered: self.used_ids.len() as u64, live: 0 }
    }
}

/// The state of a slug under which an event is to be created.
pub(super) enum Slug {
    Taken(Arc<Event>),
    /// No event, or one that was deleted.
    Free {
        before: Gone,
        secrets: EventSecrets,
    },
}

impl EventMap {
    /// Takes a live event out, as if it had never been here.
    pub(super) fn take_out(&mut self, id: &EventId) {
        self.by_id.remove(id.as_str());
        self.order.remove(id.as_str());
    }

    pub(super) fn new(hashing: TableHashing) -> Self {
        let (by_id, order) = (HashMap::with_hasher(hashing), BTreeSet::new());
        let (position, forgetting) = (Position::default(), BTreeSet::new());
        let codes = CodeKey::default();
        Self { by_id, order, version: 0, in_index: 0, position, codes, forgetting, serial: 0 }
    }

    /// The event, if it is there.
    pub(super) fn live(&self, id: EventId<&str>) -> Option<&Arc<Event>> {
        match self.by_id.get(id.as_str()) {
            Some(EventEntry::Live(event)) => Some(event),
            _ => None,
        }
    }

    /// The events behind `after`, in the order of their ids.
    pub(super) fn after(&self, after: Option<EventId<&str>>) -> impl Iterator<Item = &Arc<Event>> {
        let begin = after.as_ref().map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_str()));
        self.order
            .range::<str, _>((begin, Bound::Unbounded))
            .filter_map(|id| self.live(id.borrowed()))
    }

    pub(super) fn answer(&self, body: Body) -> Answer {
        Answer { version: self.version, position: self.position, body, about: None }
    }

    /// Puts a tombstone in the place of a deleted event.
    pub(super) fn delete(&mut self, id: EventId<&str>, gone: Gone, position: Position) {
        self.bury(id, gone);
        self.order.remove(id.as_str());
        self.version += 1;
        self.position = position;
    }

    /// Keeps what is left of a deleted event.
    pub(super) fn bury(&mut self, id: EventId<&str>, gone: Gone) {
        if let Some(until) = gone.used_ids.kept_until() {
            self.forgetting.insert((until, id.to_owned()));
        }
        self.by_id.insert(id.to_owned(), EventEntry::Deleted(gone));
    }

    /// Whether ids of deleted events are no longer of use.
    pub(super) fn can_forget(&self, now: Timestamp) -> bool {
        self.forgetting.first().is_some_and(|(until, _)| *until < now)
    }

    /// Drops the ids of deleted events that are no longer of use. Returns how many.
    pub(super) fn forget(&mut self, now: Timestamp) -> u64 {
        let mut forgotten = 0;
        while self.can_forget(now) {
            let Some((_, id)) = self.forgetting.pop_first() else { break };
            // An event that was created again has taken them over.
            let Some(EventEntry::Deleted(gone)) = self.by_id.get_mut(&id) else { continue };
            if let Some(rest) = gone.used_ids.forgotten_at(now) {
                forgotten += gone.holdings().remembered;
                gone.used_ids = Arc::new(rest);
            }
        }
        forgotten
    }

    /// The state of a slug, and the secrets of a new event.
    pub(super) fn prepare(&mut self, id: EventId<&str>) -> Slug {
        let before = match self.by_id.get(id.as_str()) {
            Some(EventEntry::Live(event)) => return Slug::Taken(Arc::clone(event)),
            Some(EventEntry::Deleted(gone)) => gone.clone(),
            None => Gone::default(),
        };
        Slug::Free { before, secrets: self.secrets() }
    }

    /// The secrets of another event.
    pub(super) fn secrets(&mut self) -> EventSecrets {
        EventSecrets { seed: self.seed(), codes: self.codes }
    }

    pub(super) fn seed(&mut self) -> u64 {
        self.serial += 1;
        std::hash::BuildHasher::hash_one(self.by_id.hasher(), self.serial)
    }

    /// Puts an event in that was created just now.
    pub(super) fn created(
        &mut self,
        inventory: Inventory,
        created: &Recorded,
        position: Position,
        at: Timestamp,
    ) -> Answer {
        let serial = self.put(inventory, position, created.at);
        self.version += 1;
        self.position = position;
        let body = Body::EventSaved { effect: Effect::Applied };
        Answer { version: created.version, position, body, about: Some(ShownEvent { serial, at }) }
    }

    /// Puts an event in, and returns its serial.
    pub(super) fn put(
        &mut self,
        inventory: Inventory,
        position: Position,
        last_at: Timestamp,
    ) -> u64 {
        self.serial += 1;
        let serial = self.serial;
        let id = inventory.id().clone();
        let event = Event::new(id.clone(), serial, inventory, position, last_at);
        self.by_id.insert(id.clone(), EventEntry::Live(Arc::new(event)));
        self.order.insert(id);
        serial
    }
}
