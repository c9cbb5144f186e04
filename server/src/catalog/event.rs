//! One event behind its lock: decide, record, apply, and tell who watches.

use super::pulled::{Pulled, Source};
use super::watchers::{News, Push, Wake, Watchers};
use super::{About, Answer, Holdings, Office, Step, Who, seats};
use crate::ledger::Position;
use boxoffice_inventory::{Command, Decision, EXPIRY_CHUNK, Inventory, Seen};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::frame::encode_body;
use boxoffice_protocol::id::{CustomerId, EventId, Principal, ReservationId};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::reservation::Reservation;
use boxoffice_protocol::time::Timestamp;
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// An event. Its lock is held for decide, record and apply, and never across an await.
#[derive(Debug)]
pub struct Event {
    /// Its slug.
    pub id: EventId,
    /// Unlike any other event's of this process, even one that had the same slug.
    pub serial: u64,
    version: AtomicU64,
    gone: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    inventory: Inventory,
    /// Where the last change is in the ledger.
    position: Position,
    /// The time of the last change: decisions never go back behind it.
    last_at: Timestamp,
    watchers: Watchers,
    /// The encoded seat map of a version, the same for all watchers that begin with it.
    snapshot: Option<(u64, Bytes)>,
    /// The earliest time at which the sweeper will come.
    sweep_at: Option<Timestamp>,
}

/// Something that was looked at, with the version it shows and what it waits for.
#[derive(Debug)]
pub struct Looked<T> {
    /// The event's version.
    pub version: u64,
    /// What has to be durable before anybody may see it.
    pub position: Position,
    /// What was looked at.
    pub what: T,
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
        let state = State {
            inventory,
            position,
            last_at,
            watchers: Watchers::default(),
            snapshot: None,
            sweep_at: None,
        };
        Self { id, serial, version, gone: AtomicBool::new(false), state: Mutex::new(state) }
    }

    /// The event's version, as it is or was a moment ago.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Whether it was deleted.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Says whom the next new reservations are for. Waits for nobody.
    pub(crate) fn foresee(&self, customers: &[&[u8]]) {
        if let Some(state) = self.state.try_lock() {
            state.inventory.foresee(customers);
        }
    }

    /// Decides one request of `who` about a reservation, and applies what it changes.
    pub(super) fn act(
        self: &Arc<Self>,
        office: &Office,
        id: &ReservationId,
        command: &Command<'_>,
        who: Who<'_>,
    ) -> Step {
        self.decide(office, command, who, |inventory, now, effect| {
            let found = match command.customer() {
                Some(asker) => inventory.reservation_for(id, asker, now),
                None => inventory.reservation(id, now),
            };
            found.map_or(Body::Refused(Refusal::ReservationNotFound), |reservation| {
                Body::Reservation { reservation: Box::new(reservation), effect }
            })
        })
    }

    /// Decides one request of `who` about the event itself, and applies what it changes.
    pub(super) fn manage(
        self: &Arc<Self>,
        office: &Office,
        command: &Command<'_>,
        who: Option<&Principal>,
    ) -> Step {
        let who = Who { principal: who, ..Who::default() };
        self.decide(office, command, who, |_, _, effect| Body::EventSaved { effect })
    }

    fn decide(
        self: &Arc<Self>,
        office: &Office,
        command: &Command<'_>,
        who: Who<'_>,
        render: impl FnOnce(&Inventory, Timestamp, Effect) -> Body,
    ) -> Step {
        let mut state = self.state.lock();
        let now = office.clock.now().max(state.last_at);
        loop {
            let body = match state.inventory.decide(command, now, &office.rules) {
                Decision::ExpireFirst(expiries) => {
                    let whole_chunk = expiries.len() >= EXPIRY_CHUNK;
                    match self.apply_all(office, &mut state, now, expiries) {
                        Ok(()) if whole_chunk => return Step::Again,
                        Ok(()) => continue,
                        Err(why) => Body::Refused(Refusal::Unavailable { why }),
                    }
                }
                Decision::Answer(Ok(None)) => render(&state.inventory, now, Effect::Unchanged),
                Decision::Answer(Ok(Some(change))) => {
                    match self.admit_and_apply(
                        office,
                        &mut state,
                        Made { by: who, at: now },
                        change,
                    ) {
                        Ok(()) => render(&state.inventory, now, Effect::Applied),
                        Err(why) => Body::Refused(Refusal::Unavailable { why }),
                    }
                }
                Decision::Answer(Err(refusal)) => Body::Refused(refusal),
            };
            let version = state.inventory.version();
            // The lock was taken before `now`: who looks later sees what is decided here.
            let about = Some(About { serial: self.serial, at: now });
            return Step::Done(Answer { version, position: state.position, body, about });
        }
    }

    fn admit_and_apply(
        self: &Arc<Self>,
        office: &Office,
        state: &mut State,
        made: Made<'_>,
        change: Change,
    ) -> Result<(), UnavailableWhy> {
        if matches!(change, Change::Held(_) | Change::Reserved(_))
            && office.admit_reservation(made.by.room).is_err()
        {
            forget(office, state, made.at);
            office.admit_reservation(made.by.room)?;
        }
        if let Change::Updated(updated) = &change {
            let (before, after) = (seats(&updated.before.spec), seats(&updated.after.spec));
            office.admit_seats(before, after)?;
            self.apply(office, state, made, change)?;
            office.count_seats(before, after);
            return Ok(());
        }
        self.apply(office, state, made, change)?;
        if let Some(next) = state.inventory.next_to_sweep()
            && state.sweep_at.is_none_or(|known| next < known)
        {
            state.sweep_at = Some(next);
            office.deadlines.push(next, self);
        }
        Ok(())
    }

    /// Applies expiries, which nobody asked for.
    fn apply_all(
        &self,
        office: &Office,
        state: &mut State,
        now: Timestamp,
        changes: Vec<Change>,
    ) -> Result<(), UnavailableWhy> {
        let made = Made { by: Who::default(), at: now };
        changes.into_iter().try_for_each(|change| self.apply(office, state, made, change))
    }

    /// Records a change, applies it, and tells who watches.
    fn apply(
        &self,
        office: &Office,
        state: &mut State,
        made: Made<'_>,
        change: Change,
    ) -> Result<(), UnavailableWhy> {
        let version = state.inventory.version() + 1;
        let Made { by, at } = made;
        let principal = by.principal.filter(|_| !mutants::on(Mutant::PrincipalLost)).cloned();
        let recorded = Recorded { version, at, principal, change };
        let position = office.ledger.record(&self.id, &recorded);
        if position.is_err() && mutants::on(Mutant::ApplyBeforeRecord) {
            state.inventory.apply(&recorded);
        }
        state.position = position?;
        let before = Holdings::of(&state.inventory);
        state.inventory.apply(&recorded);
        state.last_at = at;
        self.version.store(version, Ordering::Release);
        if state.inventory.is_deleted() {
            self.gone.store(true, Ordering::Release);
        }
        office.count(before, Holdings::of(&state.inventory));
        if state.watchers.any() {
            let news = news(&state.inventory, &recorded.change);
            let push = Push { version, position: state.position, news };
            state.watchers.push(push, office.limits.watch_lag);
        }
        Ok(())
    }

    /// Applies a change that was recorded before. Says whether it could follow.
    pub(super) fn replay(&self, recorded: &Recorded, position: Position) -> bool {
        let mut state = self.state.lock();
        if recorded.version != state.inventory.version() + 1 {
            return false;
        }
        state.inventory.apply(recorded);
        state.position = position;
        state.last_at = recorded.at;
        self.version.store(recorded.version, Ordering::Release);
        true
    }

    /// Expires one chunk of due holds. Says whether there are more.
    ///
    /// # Errors
    /// Why the ledger does not take them now.
    pub(super) fn sweep(&self, office: &Office) -> Result<Swept, UnavailableWhy> {
        let mut state = self.state.lock();
        let now = office.clock.now().max(state.last_at);
        let due = state.inventory.due(now, EXPIRY_CHUNK);
        let expired = due.len();
        state.sweep_at = None;
        self.apply_all(office, &mut state, now, due)?;
        if expired >= EXPIRY_CHUNK {
            return Ok(Swept { expired, next: Some(now) });
        }
        forget(office, &mut state, now);
        state.sweep_at = state.inventory.next_to_sweep();
        Ok(Swept { expired, next: state.sweep_at })
    }

    /// The inventory, of an event that nobody else has.
    pub(super) fn into_inventory(self) -> Inventory {
        self.state.into_inner().inventory
    }

    /// Expires what is due without a record: a [`Mutant`].
    #[cfg(feature = "simulation")]
    pub(super) fn expire_unrecorded(&self, now: Timestamp) {
        let mut state = self.state.lock();
        for change in state.inventory.due(now, EXPIRY_CHUNK) {
            let version = state.inventory.version() + 1;
            state.inventory.apply(&Recorded { version, at: now, principal: None, change });
            self.version.store(version, Ordering::Release);
        }
    }

    /// Looks at the inventory as it is.
    pub fn look<T>(&self, look: impl FnOnce(&Inventory) -> T) -> Looked<T> {
        let state = self.state.lock();
        let version = state.inventory.version();
        Looked { version, position: state.position, what: look(&state.inventory) }
    }

    /// A page of its reservations: see [`Inventory::reservations`].
    pub(super) fn reservations(
        &self,
        office: &Office,
        from: u32,
        customer: Option<&CustomerId>,
        most: usize,
    ) -> Looked<(Vec<Reservation>, Option<u32>)> {
        let now = office.clock.now();
        self.look(|inventory| inventory.reservations(from, customer, now, most))
    }

    /// Whether the event was created like this.
    pub(super) fn was_created_as(&self, spec: &EventSpec) -> Looked<bool> {
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

    /// Ends a watch.
    pub fn unwatch(&self, wake: &Wake) {
        self.state.lock().watchers.leave(wake);
    }

    /// What happened since version `known`; from a snapshot if that is not known or too long ago.
    /// Once there is no more, `wake` is woken at the next change.
    pub fn pull(&self, known: Option<u64>, wake: &Wake, slept_in: &mut Option<u64>) -> Pulled {
        let mut state = self.state.lock();
        let State { inventory, watchers, position, snapshot, .. } = &mut *state;
        let version = inventory.version();
        let mut pulled = Pulled::default();
        let mut source = Source { inventory, position: *position, snapshot };
        match known.and_then(|known| Some((known, watchers.after(known, version)?))) {
            Some((known, recent)) => {
                pulled.known = known;
                pulled.follow(recent, &mut source);
            }
            None => {
                pulled.renewed = known.is_some_and(|known| watchers.renewed_after(known));
                pulled.start_over(known.is_some(), &mut source);
            }
        }
        if !pulled.more && !pulled.ended {
            watchers.sleep(wake, slept_in);
        }
        pulled
    }

    /// Panics if the event's state contradicts itself.
    pub fn invariants(&self) {
        self.state.lock().inventory.invariants();
    }
}

/// The circumstances of a change.
#[derive(Debug, Clone, Copy)]
struct Made<'a> {
    by: Who<'a>,
    at: Timestamp,
}

/// What one sweep of an event did.
#[derive(Debug)]
pub(super) struct Swept {
    /// Holds that were expired.
    pub(super) expired: usize,
    /// When to come again.
    pub(super) next: Option<Timestamp>,
}

/// Drops what is forgotten anyway from memory.
fn forget(office: &Office, state: &mut State, now: Timestamp) {
    let before = Holdings::of(&state.inventory);
    state.inventory.forget(now, EXPIRY_CHUNK);
    office.count(before, Holdings::of(&state.inventory));
}

fn news(inventory: &Inventory, change: &Change) -> News {
    match inventory.seen(change) {
        Seen::Places(changed) => News::Body(encode_body(&Body::PlacesChanged(changed))),
        Seen::Nothing => News::Body(encode_body(&Body::PlacesChanged(Default::default()))),
        Seen::Terms => News::Terms,
        Seen::Deleted => News::Deleted,
    }
}
