//! The catalog at its beginning: changes that were recorded before, applied again.

use super::{Entry, Event, Events, Holdings, Office, seats};
use crate::ledger::rows::Restored;
use crate::ledger::{Position, Recover};
use boxoffice_inventory::Inventory;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// A change that cannot follow those before it. Its bytes are as they were written, so whoever
/// wrote them was wrong.
#[derive(Debug, Error)]
#[error("a change of {event} to version {version} cannot follow {before}")]
pub struct Contradiction {
    event: EventId,
    version: u64,
    before: String,
}

/// Events that are being recovered.
#[derive(Debug, Default)]
pub struct Recovery(Events);

impl Recover for Recovery {
    type Error = Contradiction;

    fn seed(&mut self) -> u64 {
        self.0.seed()
    }

    fn restore(&mut self, restored: Restored, catalog_version: u64, position: u64) {
        let position = Position::new(position);
        for (inventory, last_at) in restored.events {
            self.0.put(inventory, position, last_at);
        }
        let tombstones =
            if mutants::on(Mutant::TombstonesLost) { vec![] } else { restored.deleted };
        for tombstone in tombstones {
            let version = tombstone.version;
            self.0.by_id.insert(tombstone.id, Entry::Deleted { version });
        }
        self.0.version = catalog_version;
        self.0.position = position;
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
        match self.0.by_id.get(id) {
            Some(Entry::Live(event)) if is_creation || !event.replay(recorded, position) => {
                contradiction(format!("version {}", event.version()))
            }
            Some(Entry::Live(_)) => {
                if matches!(recorded.change, Change::Deleted) {
                    self.0.delete(id, recorded.version, position);
                }
                Ok(())
            }
            Some(Entry::Deleted { version }) if *version + 1 != recorded.version => {
                contradiction(format!("its deletion at version {version}"))
            }
            _ if !is_creation => contradiction("nothing: the event is not there".to_owned()),
            _ => {
                let seed = self.0.seed();
                match Inventory::create(id.clone(), seed, recorded) {
                    Some(inventory) => self.0.created(inventory, recorded, position, recorded.at),
                    None => return contradiction("anything: it creates nothing".to_owned()),
                };
                Ok(())
            }
        }
    }
}

impl Recovery {
    /// How many events there are.
    pub fn events(&self) -> usize {
        self.0.order.len()
    }

    /// Takes the inventories out, by slug, to look at them.
    pub fn into_inventories(self) -> BTreeMap<EventId, Inventory> {
        let entries = self.0.by_id.into_iter();
        let live = entries.filter_map(|(id, entry)| match entry {
            Entry::Live(event) => Some((id, Arc::into_inner(event)?.into_inventory())),
            Entry::Deleted { .. } => None,
        });
        live.collect()
    }

    /// Counts what was recovered, and has holds expire.
    pub(super) fn settle(&self, office: &Office) {
        for event in self.live() {
            office.count(Holdings::default(), event.look(Holdings::of).what);
            office.count_seats(0, event.look(|event| seats(&event.details().spec)).what);
            office.deadlines.push(office.clock.now(), event);
            #[cfg(feature = "simulation")]
            if mutants::on(Mutant::ExpiryAtReplayTime) {
                event.expire_unrecorded(office.clock.now());
            }
        }
    }

    pub(super) fn into_events(self) -> Events {
        self.0
    }

    fn live(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.0.by_id.values().filter_map(|entry| match entry {
            Entry::Live(event) => Some(event),
            Entry::Deleted { .. } => None,
        })
    }
}
