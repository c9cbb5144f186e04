//! Inventories, made of the rows.

use super::error::{At, RowsError, Tried};
use super::load::{Saved, Tombstone};
use super::reader::RowsReader;
use super::rows::Rows;
use boxoffice_inventory::{Contradiction, Inventory, Restoration, SavedReservation, UsedIds};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use std::collections::HashMap;
use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Reservations that one thread gives the other at a time, and how often it may be ahead.
const BATCH: usize = 1_024;
const BATCHES_AHEAD: usize = 16;

/// All that a catalog has.
#[derive(Debug, Default)]
pub struct Restored {
    /// The events, with the time of each one's last change.
    pub events: Vec<(Inventory, Timestamp)>,
    /// The slugs whose events are gone.
    pub deleted: Vec<Tombstone>,
}

impl Restored {
    /// The same with the ids that deleted events have used, by the slug that they had.
    fn with_used_ids(mut self, mut used_ids: HashMap<EventId, UsedIds>) -> Self {
        for tombstone in &mut self.deleted {
            tombstone.used_ids = used_ids.remove(&tombstone.id).unwrap_or_default();
        }
        let after =
            |(inventory, last_at): (Inventory, Timestamp)| match used_ids.remove(inventory.id()) {
                Some(used) => (inventory.after(Arc::new(used), last_at), last_at),
                None => (inventory, last_at),
            };
        self.events = self.events.into_iter().map(after).collect();
        self
    }
}

impl Rows {
    /// The inventories to go on from. `seed` makes the secret of each, as in
    /// [`Inventory::create`].
    ///
    /// # Errors
    /// The rows contradict themselves, or the disk fails.
    pub fn restore(&mut self, seed: impl FnMut() -> u64) -> Result<Restored, RowsError> {
        self.restore_watched(seed, |_| {})
    }

    /// The same; `reached` is told the number of every 1,024th reservation that is read, up to
    /// [`RowsReader::reservations`].
    ///
    /// # Errors
    /// As [`Rows::restore`].
    pub fn restore_watched(
        &mut self,
        seed: impl FnMut() -> u64,
        mut reached: impl FnMut(u64),
    ) -> Result<Restored, RowsError> {
        restore(seed, |sending| {
            self.load(|saved| {
                if let Saved::Reservation { number, .. } = saved
                    && number % 1_024 == 0
                {
                    reached(number.unsigned_abs());
                }
                sending.take(saved)
            })
        })
    }
}

impl RowsReader {
    /// The inventories at the mark, to look at.
    ///
    /// # Errors
    /// The rows contradict themselves, or the disk fails.
    pub fn restore(&self, seed: impl FnMut() -> u64) -> Result<Restored, RowsError> {
        restore(seed, |sending| self.load(|saved| sending.take(saved)))
    }
}

/// Reads the rows with this thread while another one builds the inventories: each is half of the
/// work.
fn restore<S: FnMut() -> u64>(
    seed: S,
    load: impl FnOnce(&mut Sending<S>) -> Result<(), RowsError>,
) -> Result<Restored, RowsError> {
    let (batches, received) = sync_channel(BATCHES_AHEAD);
    thread::scope(|scope| {
        let building = thread::Builder::new()
            .name("restore".to_owned())
            .spawn_scoped(scope, move || build(received))
            .tried("start a thread")?;
        let mut sending = Sending::new(seed, batches);
        let loaded = load(&mut sending)
            .and_then(|()| sending.send().at(|| "table reservations, the last rows".into()));
        let Sending { deleted, used_ids, batches, .. } = sending;
        drop(batches);
        let built = building.join().unwrap_or_else(|cause| panic::resume_unwind(cause));
        // Where both went wrong, the one that builds did first: the other one found it gone.
        let events = built?;
        loaded?;
        Ok(Restored { events, deleted }.with_used_ids(used_ids))
    })
}

enum RestoreStep {
    Event(Box<Restoration>, Timestamp),
    Reservation { number: i64, event: usize, reservation: SavedReservation },
}

struct Sending<S> {
    seed: S,
    batches: SyncSender<Vec<RestoreStep>>,
    batch: Vec<RestoreStep>,
    deleted: Vec<Tombstone>,
    used_ids: HashMap<EventId, UsedIds>,
}

impl<S: FnMut() -> u64> Sending<S> {
    fn new(seed: S, batches: SyncSender<Vec<RestoreStep>>) -> Self {
        let (batch, deleted, used_ids) = (Vec::new(), Vec::new(), HashMap::new());
        Self { seed, batches, batch, deleted, used_ids }
    }

    fn take(&mut self, saved: Saved) -> Result<(), Contradiction> {
        match saved {
            Saved::Event(event) => {
                let last_at = event.last_at;
                let restoration = Box::new(Restoration::new(*event, (self.seed)())?);
                self.push(RestoreStep::Event(restoration, last_at))
            }
            Saved::Deleted(tombstone) => {
                self.deleted.push(tombstone);
                Ok(())
            }
            Saved::Reservation { number, event, reservation } => {
                self.push(RestoreStep::Reservation { number, event, reservation })
            }
            Saved::UsedIds(slug, ids) => {
                self.used_ids.insert(slug, ids);
                Ok(())
            }
        }
    }

    fn push(&mut self, step: RestoreStep) -> Result<(), Contradiction> {
        self.batch.push(step);
        if self.batch.len() < BATCH { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Contradiction> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.batches
            .send(batch)
            .map_err(|_| Contradiction::new("the thread that builds the events has ended"))
    }
}

fn build(batches: Receiver<Vec<RestoreStep>>) -> Result<Vec<(Inventory, Timestamp)>, RowsError> {
    let mut events: Vec<(Box<Restoration>, Timestamp)> = Vec::new();
    for step in batches.into_iter().flatten() {
        match step {
            RestoreStep::Event(event, last_at) => events.push((event, last_at)),
            RestoreStep::Reservation { number, event, reservation } => {
                let (event, _) = &mut events[event];
                let place = || format!("table reservations, row {number}");
                event.reservation(&reservation).at(place)?;
            }
        }
    }
    Ok(events.into_iter().map(|(event, last_at)| (event.finish(), last_at)).collect())
}
