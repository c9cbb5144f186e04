//! The local way to be durable: a change is recorded in this server's ledger, then applied and
//! shown to watchers. Its answer waits until the ledger's position is durable.

use super::answer::{Answer, ShownEvent, Step};
use super::caller::Caller;
use super::context::{Context, Holdings};
use super::event::{Event, EventState, Observed};
use super::quotas::{Owners, Quota};
use super::watchers::{Push, push_content};
use boxoffice_inventory::{
    Answered, ChangeSink, Command, Decision, EXPIRY_CHUNK, Inventory, ReservationSearch, answer,
};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, NewReservation, Recorded};
use boxoffice_protocol::id::Principal;
use boxoffice_protocol::refusal::UnavailableWhy;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::reservation::Reservation;
use boxoffice_protocol::time::Timestamp;
use parking_lot::MutexGuard;

/// An event under its lock, with what it takes to record a change of it.
pub(super) struct LocalChanges<'a> {
    event: &'a Event,
    context: &'a Context,
    state: MutexGuard<'a, EventState>,
    caller: Caller<'a>,
    pub(super) now: Timestamp,
    /// When the event has to be swept, where that is sooner than was known.
    sweep_sooner: Option<Timestamp>,
    /// What a new reservation had no room in.
    refused: Option<Quota>,
}

impl Event {
    /// Decides one command, and records and applies its changes. Calls `sweep_at` with the time at
    /// which the event has to be swept, if that is sooner than was known. The quota is the one that
    /// a new reservation had no room in.
    pub(super) fn decide(
        &self,
        context: &Context,
        command: &Command<'_>,
        caller: Caller<'_>,
        sweep_at: impl FnOnce(Timestamp),
    ) -> (Step, Option<Quota>) {
        let mut changes = LocalChanges::new(self, context, caller);
        let now = changes.now;
        match answer(&mut changes, command, now, &context.rules_for(caller.allowance)) {
            Answered::Again => (Step::Again, None),
            Answered::Body(body) => {
                if let Some(time) = changes.sweep_sooner {
                    sweep_at(time);
                }
                (Step::Done(changes.answer(body)), changes.refused)
            }
        }
    }

    /// A page of its reservations: see [`Inventory::reservations`]. Those that are due are recorded
    /// as expired first, one chunk in one hold of the lock.
    pub(super) fn reservations(
        &self,
        context: &Context,
        from: u64,
        search: ReservationSearch<'_>,
        most: usize,
    ) -> Observed<(Vec<Reservation>, Option<u64>)> {
        loop {
            let mut changes = LocalChanges::new(self, context, Caller::default());
            let (now, inventory) = (changes.now, &changes.state.inventory);
            let page = inventory.reservations(from, search, now, most);
            let expiry = inventory.due_chunk_of(page.0.iter().map(|row| &row.id), now);
            // Where the ledger takes nothing, the page shows what is recorded.
            if expiry.is_none_or(|expiry| changes.expire(expiry).is_err()) {
                let (version, position) =
                    (changes.state.inventory.version(), changes.state.position);
                return Observed { version, position, value: page };
            }
        }
    }

    /// Records what is due: a move of the sales window, or one chunk of holds.
    ///
    /// # Errors
    /// Why the ledger does not take them now.
    pub(super) fn sweep(&self, context: &Context) -> Result<Swept, UnavailableWhy> {
        let mut changes = LocalChanges::new(self, context, Caller::default());
        changes.state.sweep_at = None;
        let live = changes.state.inventory.live();
        if let Some(expiry) = changes.state.inventory.due_chunk(changes.now) {
            changes.expire(expiry)?;
        }
        let expired = live - changes.state.inventory.live();
        if changes.state.inventory.has_due(changes.now) {
            return Ok(Swept { expired, more: true, next: Some(changes.now) });
        }
        changes.forget();
        changes.state.sweep_at = changes.state.inventory.next_to_sweep();
        Ok(Swept { expired, more: false, next: changes.state.sweep_at })
    }
}

/// The result of one sweep of an event.
#[derive(Debug)]
pub(super) struct Swept {
    /// Holds that were expired.
    pub(super) expired: u64,
    /// Whether others are due.
    pub(super) more: bool,
    /// When the event has to be swept again.
    pub(super) next: Option<Timestamp>,
}

impl<'a> LocalChanges<'a> {
    pub(super) fn new(event: &'a Event, context: &'a Context, caller: Caller<'a>) -> Self {
        let state = event.state.lock();
        let now = context.clock.now().max(state.last_at);
        Self { event, context, state, caller, now, sweep_sooner: None, refused: None }
    }

    /// The decision about a command, on the state as it is now.
    pub(super) fn decide(&self, command: &Command<'_>) -> Decision {
        let rules = self.context.rules_for(self.caller.allowance);
        self.state.inventory.decide(command, self.now, &rules)
    }

    /// An answer that shows the state as it is now.
    pub(super) fn answer(&self, body: Body) -> Answer {
        // The lock was taken before `now`: later looks see what is decided here.
        let about = Some(ShownEvent { serial: self.event.serial, at: self.now });
        let version = self.state.inventory.version();
        Answer { version, position: self.state.position, body, about }
    }

    /// Records a change, applies it, and shows it to watchers.
    fn apply(
        &mut self,
        principal: Option<&Principal>,
        change: Change,
    ) -> Result<(), UnavailableWhy> {
        let Self { event, context, state, now, .. } = self;
        let state = &mut **state;
        let version = state.inventory.version() + 1;
        let principal = principal.filter(|_| !mutants::on(Mutant::PrincipalLost)).cloned();
        let recorded = Recorded { version, at: *now, principal, change };
        let position = context.ledger.record(&event.id, &recorded);
        if position.is_err() && mutants::on(Mutant::ApplyBeforeRecord) {
            state.inventory.apply(&recorded);
        }
        state.position = position?;
        let before = Holdings::of(&state.inventory);
        state.inventory.apply(&recorded);
        state.last_at = *now;
        event.publish_terms(state.inventory.spec());
        event.publish(version, state.inventory.is_deleted());
        context.count(before, Holdings::of(&state.inventory));
        if state.watchers.any() {
            let content = push_content(&state.inventory, &recorded.change);
            let push = Push { version, position: state.position, content };
            state.watchers.push(push, context.limits.watch_lag);
        }
        state.inventory.seal(version);
        Ok(())
    }

    /// Refuses a reservation for which there is no room, even without what is forgotten anyway.
    fn admit(&mut self, new: &NewReservation) -> Result<Option<Owners>, UnavailableWhy> {
        let (context, caller, now) = (self.context, self.caller, self.now);
        let owners = caller.principal.map(|by| context.quotas.owners(by, new.customer.borrowed()));
        let admitted = context.admit_reservation(caller, owners, now).or_else(|_| {
            self.forget();
            context.admit_reservation(caller, owners, now)
        });
        admitted.map(|()| owners).map_err(|quota| {
            self.refused = Some(quota);
            UnavailableWhy::TooMany
        })
    }

    /// Drops from memory what is forgotten anyway.
    fn forget(&mut self) {
        let before = Holdings::of(&self.state.inventory);
        self.state.inventory.forget(self.now, EXPIRY_CHUNK);
        self.context.count(before, Holdings::of(&self.state.inventory));
    }
}

impl ChangeSink for LocalChanges<'_> {
    fn inventory(&self) -> &Inventory {
        &self.state.inventory
    }

    fn expire(&mut self, expiry: Change) -> Result<(), UnavailableWhy> {
        self.apply(None, expiry)
    }

    fn make(&mut self, change: Change) -> Result<(), UnavailableWhy> {
        let (context, principal) = (self.context, self.caller.principal);
        let owners = match &change {
            Change::Held(new) | Change::Reserved(new) => self.admit(new)?,
            _ => None,
        };
        if let Change::Updated(updated) = &change {
            let (before, after) = updated.seats();
            context.admit_seats(before, after)?;
            self.apply(principal, change)?;
            context.count_seats(before, after);
            return Ok(());
        }
        self.apply(principal, change)?;
        if let Some(owners) = owners {
            context.quotas.add(owners, self.now);
        }
        if let Some(next) = self.state.inventory.next_to_sweep()
            && self.state.sweep_at.is_none_or(|known| next < known)
        {
            self.state.sweep_at = Some(next);
            self.sweep_sooner = Some(next);
        }
        Ok(())
    }
}
