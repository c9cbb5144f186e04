//! The catalog at its start: rows are restored, changes of the journal applied again.

use super::context::{Context, Holdings, seats};
use super::deadlines::Deadlines;
use super::event::Event;
use super::event_map::{EventEntry, EventMap, Gone};
use super::quotas::Quotas;
use crate::ledger::rows::{Made, PlanRow, Restored, Tombstone};
use crate::ledger::{Position, Recover};
use crate::plans::PlanRegistry;
use crate::randomness::TableHashing;
use boxoffice_inventory::{CodeKey, EventSecrets, Hall, Halls, Inventory};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{EventId, PlanDigest};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// A change that cannot follow those before it. Its checksum was right, so it was wrong when it was
/// written.
#[derive(Debug, Error)]
#[error("a change of {event} to version {version} cannot follow {before}")]
pub struct Contradiction {
    event: EventId,
    version: u64,
    before: String,
}

/// Events that are being recovered, and the recent reservations of each token and customer.
#[derive(Debug)]
pub struct Recovery {
    events: EventMap,
    quotas: Quotas,
    plans: Arc<PlanRegistry>,
}

impl Recover for Recovery {
    type Error = Contradiction;

    fn codes(&mut self, key: CodeKey) {
        self.events.codes = key;
    }

    fn secrets(&mut self) -> EventSecrets {
        self.events.secrets()
    }

    fn plan(&mut self, row: PlanRow) -> Result<(), String> {
        self.plans.restore(row)
    }

    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        self.plans.hall(plan)
    }

    fn made(&mut self, made: &Made<'_>) {
        let owners = self.quotas.owners(made.by, made.customer);
        self.quotas.add(owners, made.at);
    }

    fn restore(&mut self, restored: Restored, catalog_version: u64, position: u64) {
        let position = Position::new(position);
        for (inventory, last_at) in restored.events {
            self.events.put(inventory, position, last_at);
        }
        let tombstones =
            if mutants::on(Mutant::TombstonesLost) { vec![] } else { restored.deleted };
        for tombstone in tombstones {
            let used_ids = Arc::new(tombstone.used_ids);
            self.events
                .bury(tombstone.id.borrowed(), Gone { version: tombstone.version, used_ids });
        }
        self.events.version = catalog_version;
        self.events.position = position;
    }

    fn replay(
        &mut self,
        id: &EventId,
        recorded: &Recorded,
        position: u64,
    ) -> Result<(), Contradiction> {
        let position = Position::new(position);
        let contradiction = |before: String| {
            Err(Contradiction { event: id.clone(), version: recorded.version, before })
        };
        let is_creation = matches!(recorded.change, Change::Created(_));
        if let Change::Held(new) | Change::Reserved(new) = &recorded.change
            && let Some(by) = &recorded.principal
        {
            self.made(&Made { by, customer: new.customer.borrowed(), at: recorded.at });
        }
        match self.events.by_id.get(id) {
            Some(EventEntry::Live(event)) if is_creation || !event.replay(recorded, position) => {
                contradiction(format!("version {}", event.version()))
            }
            Some(EventEntry::Live(event)) => {
                if matches!(recorded.change, Change::Deleted) {
                    let gone = event.look(Gone::of).value;
                    self.events.delete(id.borrowed(), gone, position);
                }
                Ok(())
            }
            Some(EventEntry::Deleted(gone)) if gone.version + 1 != recorded.version => {
                contradiction(format!("its deletion at version {}", gone.version))
            }
            _ if !is_creation => contradiction("nothing: the event is not there".to_owned()),
            before => {
                let before = match before {
                    Some(EventEntry::Deleted(gone)) => gone.clone(),
                    _ => Gone::default(),
                };
                let secrets = self.events.secrets();
                let Some(hall) = self.hall_of(recorded) else {
                    return contradiction("anything: the plan of its hall is not there".to_owned());
                };
                let Some(created) = Inventory::create(id.clone(), secrets, recorded, hall) else {
                    return contradiction("anything: it creates nothing".to_owned());
                };
                let inventory = created.after(before.used_ids, recorded.at);
                self.events.created(inventory, recorded, position, recorded.at);
                Ok(())
            }
        }
    }
}

impl Recovery {
    /// Nothing yet. The hash functions of all tables of events follow from this one.
    pub fn new(hashing: TableHashing) -> Self {
        let quotas = Quotas::new(hashing.clone());
        Self { quotas, events: EventMap::new(hashing), plans: Arc::default() }
    }

    /// No event, and booking codes by a server's secret.
    pub(crate) fn empty(hashing: TableHashing, secret: &[u8; 16]) -> Self {
        let mut empty = Self::new(hashing);
        empty.codes(CodeKey::of(secret));
        empty
    }

    fn hall_of(&self, created: &Recorded) -> Option<Hall> {
        match &created.change {
            Change::Created(spec) => self.plans.hall(spec.plan.as_ref()),
            _ => None,
        }
    }

    /// The plans that were restored.
    pub fn plans(&self) -> &Arc<PlanRegistry> {
        &self.plans
    }

    /// How many events there are.
    pub fn events(&self) -> usize {
        self.events.order.len()
    }

    /// Takes the inventories out, by slug, to look at them.
    pub fn into_inventories(self) -> BTreeMap<EventId, Inventory> {
        let (restored, _) = self.into_restored();
        let named = |(inventory, _): (Inventory, _)| (inventory.id().clone(), inventory);
        restored.events.into_iter().map(named).collect()
    }

    /// Takes everything out, and the catalog's version.
    pub fn into_restored(self) -> (Restored, u64) {
        let mut restored = Restored::default();
        for (id, entry) in self.events.by_id {
            match entry {
                EventEntry::Live(event) => {
                    let event = Arc::into_inner(event).map(Event::into_inventory);
                    restored.events.extend(event);
                }
                EventEntry::Deleted(Gone { version, used_ids }) => {
                    let last_at = used_ids.last_deletion().unwrap_or_default();
                    let used_ids = Arc::unwrap_or_clone(used_ids);
                    restored.deleted.push(Tombstone { id, version, last_at, used_ids });
                }
            }
        }
        (restored, self.events.version)
    }

    pub(super) fn into_parts(self) -> (EventMap, Quotas) {
        (self.events, self.quotas)
    }
}

impl EventMap {
    /// Counts what was recovered, and has holds expire.
    pub(super) fn settle(&self, context: &Context, deadlines: &Deadlines) {
        for entry in self.by_id.values() {
            if let EventEntry::Deleted(gone) = entry {
                context.count(Holdings::default(), gone.holdings());
            }
        }
        for event in self.all_live() {
            context.count(Holdings::default(), event.look(Holdings::of).value);
            context.count_seats(0, event.look(|event| seats(&event.details().spec)).value);
            deadlines.push(context.clock.now(), event);
            #[cfg(feature = "simulation")]
            if mutants::on(Mutant::ExpiryAtReplayTime) {
                event.expire_unrecorded(context.clock.now());
            }
        }
    }

    fn all_live(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.by_id.values().filter_map(|entry| match entry {
            EventEntry::Live(event) => Some(event),
            EventEntry::Deleted(_) => None,
        })
    }
}
