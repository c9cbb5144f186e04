//! The inventories that the rows come to.

use super::load::{Saved, Tombstone};
use super::{Rows, RowsError, RowsReader};
use crate::inventory::{Contradiction, Inventory, Restoration};
use boxoffice_protocol::time::Timestamp;

/// All that a catalog has.
#[derive(Debug, Default)]
pub struct Restored {
    /// The events, with the time of each one's last change.
    pub events: Vec<(Inventory, Timestamp)>,
    /// The slugs whose events are gone.
    pub deleted: Vec<Tombstone>,
    /// How many creations and deletions of events there were.
    pub catalog_version: u64,
}

impl Rows {
    /// The inventories to go on from. `seed` makes the secret of each, as in
    /// [`Inventory::create`].
    ///
    /// # Errors
    /// The rows contradict themselves, or the disk fails.
    pub fn restore(&mut self, seed: impl FnMut() -> u64) -> Result<Restored, RowsError> {
        let mut collecting = Collecting::new(seed);
        self.load(|saved| collecting.take(saved))?;
        Ok(collecting.finish(self.reader.catalog_version()?))
    }
}

impl RowsReader {
    /// The inventories at the mark, to look at.
    ///
    /// # Errors
    /// The rows contradict themselves, or the disk fails.
    pub fn restore(&self, seed: impl FnMut() -> u64) -> Result<Restored, RowsError> {
        let mut collecting = Collecting::new(seed);
        self.load(|saved| collecting.take(saved))?;
        Ok(collecting.finish(self.catalog_version()?))
    }
}

struct Collecting<S> {
    seed: S,
    events: Vec<(Restoration, Timestamp)>,
    deleted: Vec<Tombstone>,
}

impl<S: FnMut() -> u64> Collecting<S> {
    const fn new(seed: S) -> Self {
        Self { seed, events: Vec::new(), deleted: Vec::new() }
    }

    fn take(&mut self, saved: Saved) -> Result<(), Contradiction> {
        match saved {
            Saved::Event(event) => {
                let last_at = event.last_at;
                self.events.push((Restoration::new(*event, (self.seed)())?, last_at));
            }
            Saved::Deleted(tombstone) => self.deleted.push(tombstone),
            Saved::Reservation { event, reservation } => {
                let (restoration, _) = self
                    .events
                    .get_mut(event)
                    .ok_or_else(|| Contradiction::new("it is of no event"))?;
                restoration.reservation(reservation)?;
            }
        }
        Ok(())
    }

    fn finish(self, catalog_version: u64) -> Restored {
        let events = self.events.into_iter().map(|(event, last_at)| (event.finish(), last_at));
        Restored { events: events.collect(), deleted: self.deleted, catalog_version }
    }
}
