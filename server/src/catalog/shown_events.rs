//! Events that several servers decide: their catalog has what is durable of them, change by change,
//! for reads and watchers. Nothing is decided on it.

use super::caller::Caller;
use super::catalog::Catalog;
use super::context::{Holdings, seats};
use super::event::Event;
use super::watchers::{Push, push_content};
use crate::ledger::Position;
use boxoffice_inventory::{EXPIRY_CHUNK, EventSecrets, HoldRules, Inventory};
use boxoffice_protocol::change::{Change, NewReservation, Recorded};
use boxoffice_protocol::id::{EventId, Principal};
use boxoffice_protocol::refusal::UnavailableWhy;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;

impl Catalog {
    /// Shows an event that was loaded, or created.
    pub(crate) fn show_event(&self, inventory: Inventory) -> Arc<Event> {
        self.context.count(Holdings::default(), Holdings::of(&inventory));
        self.context.count_seats(0, seats(inventory.spec()));
        let id = inventory.id().clone();
        let mut events = self.events.write();
        events.put(inventory, Position::default(), Timestamp::default());
        Arc::clone(events.live(id.borrowed()).expect("it was put just now"))
    }

    /// Shows the next change of an event. A deletion takes it from the catalog.
    pub(crate) fn show_change(&self, event: &Event, recorded: &Recorded) {
        self.show_in(event, recorded);
        match &recorded.change {
            Change::Deleted => {
                let seats = event.look(|event| seats(event.spec())).value;
                self.context.count_seats(seats, 0);
                self.events.write().take_out(&event.id);
            }
            Change::Updated(updated) => {
                let (before, after) = updated.seats();
                self.context.count_seats(before, after);
            }
            Change::Held(new) | Change::Reserved(new) => {
                let by = recorded.principal.as_ref();
                self.count_made(by, new, recorded.at);
            }
            _ => {}
        }
    }

    fn show_in(&self, event: &Event, recorded: &Recorded) {
        let mut state = event.state.lock();
        let state = &mut *state;
        let before = Holdings::of(&state.inventory);
        state.inventory.apply(recorded);
        state.last_at = recorded.at;
        event.publish_terms(state.inventory.spec());
        event.publish(recorded.version, state.inventory.is_deleted());
        self.context.count(before, Holdings::of(&state.inventory));
        if state.watchers.any() {
            let content = push_content(&state.inventory, &recorded.change);
            let push = Push { version: recorded.version, position: Position::default(), content };
            state.watchers.push(push, self.context.limits.watch_lag);
        }
        state.inventory.seal(recorded.version);
    }

    /// Shows an event as it is now, where that does not go on from what was shown. Its watchers are
    /// sent a gap and a snapshot.
    pub(crate) fn show_instead(&self, event: &Event, inventory: Inventory) {
        let mut state = event.state.lock();
        self.context.count(Holdings::of(&state.inventory), Holdings::of(&inventory));
        self.context.count_seats(seats(state.inventory.spec()), seats(inventory.spec()));
        event.publish_terms(inventory.spec());
        event.publish(inventory.version(), false);
        state.inventory = inventory;
        event.begin_anew(&mut state);
    }

    /// Shows an event no longer. Its watches end.
    pub(crate) fn show_no_more(&self, event: &Event) {
        let mut state = event.state.lock();
        self.count_no_more(&state.inventory);
        event.publish(state.inventory.version(), true);
        event.begin_anew(&mut state);
        drop(state);
        self.events.write().take_out(&event.id);
    }

    /// Takes an event from memory that nothing uses but the caller: no watcher, and no read that is under
    /// way. Returns whether it is out. It is there still, and may be shown again.
    pub(crate) fn unload(&self, event: &Arc<Event>) -> bool {
        let mut events = self.events.write();
        // The map's and the caller's. Others get one from the map only, which is locked.
        if Arc::strong_count(event) > 2 {
            return false;
        }
        events.take_out(&event.id);
        drop(events);
        self.count_no_more(&event.state.lock().inventory);
        true
    }

    fn count_no_more(&self, inventory: &Inventory) {
        self.context.count(Holdings::of(inventory), Holdings::default());
        self.context.count_seats(seats(inventory.spec()), 0);
    }

    /// Every event that is shown.
    pub(crate) fn shown(&self) -> Vec<Arc<Event>> {
        self.events.read().after(None).cloned().collect()
    }

    /// The version that lists and `EventNotFound` carry, and how many events there are and were.
    pub(crate) fn show_index(&self, version: u64, all: usize) {
        let mut events = self.events.write();
        events.version = events.version.max(version);
        events.in_index = all;
    }

    /// The secrets of an event.
    pub(crate) fn secrets(&self) -> EventSecrets {
        self.events.write().secrets()
    }

    /// The rules for holds of a caller.
    pub(crate) fn rules_for(&self, caller: Caller<'_>) -> HoldRules {
        self.context.rules_for(caller.allowance)
    }

    /// Whether there is room for a change that a request comes to.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn admit(
        &self,
        event: Option<&EventId>,
        caller: Caller<'_>,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), UnavailableWhy> {
        match change {
            Change::Held(new) | Change::Reserved(new) => {
                let customer = new.customer.borrowed();
                let owners = caller.principal.map(|by| self.context.quotas.owners(by, customer));
                let admitted = self.context.admit_reservation(caller, owners, now).or_else(|_| {
                    self.forget_in(event, now);
                    self.context.admit_reservation(caller, owners, now)
                });
                admitted.map_err(|quota| {
                    self.context.quotas.refuse(quota);
                    UnavailableWhy::TooMany
                })
            }
            Change::Updated(updated) => {
                let (before, after) = updated.seats();
                self.context.admit_seats(before, after)
            }
            Change::Created(_) if self.events.read().in_index >= self.context.limits.events => {
                Err(UnavailableWhy::TooMany)
            }
            Change::Created(spec) => self.context.admit_seats(0, seats(spec)),
            _ => Ok(()),
        }
    }

    /// Drops from memory what is forgotten anyway.
    fn forget_in(&self, event: Option<&EventId>, now: Timestamp) {
        let Some(event) = event.and_then(|id| self.find(id.borrowed())) else { return };
        let mut state = event.state.lock();
        let before = Holdings::of(&state.inventory);
        state.inventory.forget(now, EXPIRY_CHUNK);
        self.context.count(before, Holdings::of(&state.inventory));
    }

    fn count_made(&self, by: Option<&Principal>, new: &NewReservation, at: Timestamp) {
        if let Some(by) = by {
            let owners = self.context.quotas.owners(by, new.customer.borrowed());
            self.context.quotas.add(owners, at);
        }
    }

    /// Whether an event is shown.
    pub(crate) fn shows(&self, id: &EventId) -> bool {
        self.events.read().live(id.borrowed()).is_some()
    }
}
