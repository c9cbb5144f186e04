//! The catalog at its beginning: changes that were recorded before, applied again.

use super::{Entry, Event, Events, Office, Reservations};
use crate::ledger::Position;
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
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

impl Recovery {
    /// Applies a change that was recorded at `position`.
    ///
    /// # Errors
    /// [`Contradiction`] if it cannot follow the changes before it.
    pub fn apply(
        &mut self,
        id: &EventId,
        recorded: &Recorded,
        position: Position,
    ) -> Result<(), Contradiction> {
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
                self.0.insert(id, recorded, position);
                Ok(())
            }
        }
    }

    /// How many events there are.
    pub fn events(&self) -> usize {
        self.0.order.len()
    }

    /// Counts what was recovered, and has holds expire.
    pub(super) fn settle(&self, office: &Office) {
        for event in self.live() {
            office.count(Reservations::default(), event.look(Reservations::of).what);
            office.deadlines.push(office.clock.now(), event);
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
