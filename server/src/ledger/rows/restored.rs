//! Inventories, made of the rows.

use super::error::{At, RowsError, Tried};
use super::load::{Saved, Tombstone};
use super::reader::RowsReader;
use super::rows::Rows;
use boxoffice_inventory::{
    Contradiction, EventSecrets, Hall, Halls, Inventory, NoPlans, Restoration, SavedReservation,
    UsedIds,
};
use boxoffice_protocol::id::{CustomerId, EventId, PlanDigest, Principal};
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

/// A reservation that was made with a token, for which that and the customer are counted.
#[derive(Debug)]
pub struct Made<'a> {
    pub by: &'a Principal,
    pub customer: CustomerId<&'a str>,
    pub at: Timestamp,
}

/// What a restore asks for and tells while it reads.
pub trait Restoring {
    /// The secrets of an event.
    fn secrets(&mut self) -> EventSecrets;

    /// The hall of an event with this plan; none if the plan is not there.
    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        NoPlans.hall(plan)
    }

    /// The number of a reservation that is read, up to [`RowsReader::reservations`].
    fn reached(&mut self, _number: u64) {}

    /// A reservation that is in memory, or the id of which is.
    fn made(&mut self, _made: &Made<'_>) {}
}

impl<F: FnMut() -> u64> Restoring for F {
    fn secrets(&mut self) -> EventSecrets {
        EventSecrets::of_tables(self())
    }
}

/// Restores events in the halls of these plans; the first has the seeds of their tables.
pub struct InHalls<'a, F>(pub F, pub &'a dyn Halls);

impl<F: FnMut() -> u64> Restoring for InHalls<'_, F> {
    fn secrets(&mut self) -> EventSecrets {
        EventSecrets::of_tables((self.0)())
    }

    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        self.1.hall(plan)
    }
}

impl Rows {
    /// The inventories to go on from.
    ///
    /// # Errors
    /// The rows contradict themselves, or the disk fails.
    pub fn restore(&mut self, restoring: impl Restoring) -> Result<Restored, RowsError> {
        restore(restoring, |sending| self.load(|saved| sending.take(saved)))
    }
}

impl RowsReader {
    /// The inventories at the mark, to look at.
    ///
    /// # Errors
    /// The rows contradict themselves, or the disk fails.
    pub fn restore(&self, restoring: impl Restoring) -> Result<Restored, RowsError> {
        restore(restoring, |sending| self.load(|saved| sending.take(saved)))
    }
}

/// Reads the rows with this thread while another one builds the inventories: each is half of the
/// work.
fn restore<R: Restoring>(
    restoring: R,
    load: impl FnOnce(&mut Sending<R>) -> Result<(), RowsError>,
) -> Result<Restored, RowsError> {
    let (batches, received) = sync_channel(BATCHES_AHEAD);
    thread::scope(|scope| {
        let building = thread::Builder::new()
            .name("restore".to_owned())
            .spawn_scoped(scope, move || build(received))
            .tried("start a thread")?;
        let mut sending = Sending::new(restoring, batches);
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

struct Sending<R> {
    restoring: R,
    batches: SyncSender<Vec<RestoreStep>>,
    batch: Vec<RestoreStep>,
    deleted: Vec<Tombstone>,
    used_ids: HashMap<EventId, UsedIds>,
}

impl<R: Restoring> Sending<R> {
    fn new(restoring: R, batches: SyncSender<Vec<RestoreStep>>) -> Self {
        let (batch, deleted, used_ids) = (Vec::new(), Vec::new(), HashMap::new());
        Self { restoring, batches, batch, deleted, used_ids }
    }

    fn take(&mut self, saved: Saved) -> Result<(), Contradiction> {
        match saved {
            Saved::Event(event) => {
                let (last_at, plan) = (event.last_at, event.terms.spec.plan);
                let hall = self.restoring.hall(plan.as_ref());
                let hall = hall.ok_or_else(|| Contradiction::new("its plan is not there"))?;
                let secrets = self.restoring.secrets();
                let restoration = Restoration::new(*event, secrets, hall)?;
                self.push(RestoreStep::Event(Box::new(restoration), last_at))
            }
            Saved::Deleted(tombstone) => {
                self.deleted.push(tombstone);
                Ok(())
            }
            Saved::Reservation { number, event, reservation, made_by } => {
                self.restoring.reached(number.unsigned_abs());
                if let Some(by) = &made_by {
                    let (customer, at) = (reservation.customer.borrowed(), reservation.created_at);
                    self.restoring.made(&Made { by, customer, at });
                }
                self.push(RestoreStep::Reservation { number, event, reservation })
            }
            Saved::MadeInDeleted { by, customer, at } => {
                self.restoring.made(&Made { by: &by, customer: customer.borrowed(), at });
                Ok(())
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
