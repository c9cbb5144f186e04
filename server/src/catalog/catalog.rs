//! The way of a request to its event: find it, then decide under its lock.

use super::answer::{Answer, ShownEvent, Step};
use super::caller::{Caller, Viewer};
use super::context::{Context, Holdings, seats};
use super::deadlines::Deadlines;
use super::event::{Event, Observed};
use super::event_map::{EventEntry, EventMap, Slug};
use super::fingerprint::Fingerprints;
use super::local_changes::Swept;
use super::quotas::Quota;
use super::recovery::Recovery;
use crate::clock::Clock;
use crate::config::CatalogLimits;
use crate::ledger::Ledger;
use crate::plans::PlanRegistry;
use boxoffice_inventory::{Command, Hall, Halls, HoldRules, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_protocol::id::{EventId, Principal};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use parking_lot::RwLock;
use std::sync::Arc;

/// All events of this server.
#[derive(Debug)]
pub struct Catalog {
    pub(super) context: Context,
    deadlines: Deadlines,
    fingerprints: Fingerprints,
    plans: Arc<PlanRegistry>,
    pub(super) events: RwLock<EventMap>,
}

impl Catalog {
    /// A catalog of the events that were recovered.
    pub fn new(
        recovery: Recovery,
        clock: Clock,
        ledger: Arc<Ledger>,
        rules: HoldRules,
        limits: CatalogLimits,
        fingerprints: Fingerprints,
    ) -> Self {
        let plans = Arc::clone(recovery.plans());
        let (events, quotas) = recovery.into_parts();
        let (context, deadlines) =
            (Context::new(clock, ledger, rules, limits, quotas), Deadlines::default());
        events.settle(&context, &deadlines);
        let events = RwLock::new(events);
        Self { context, deadlines, fingerprints, plans, events }
    }

    /// The event, if it is there.
    pub fn find(&self, id: EventId<&str>) -> Option<Arc<Event>> {
        self.events.read().live(id).cloned()
    }

    /// The event, if it is there for a viewer. One that is not costs as much to look for.
    pub(crate) fn find_for(&self, id: EventId<&str>, viewer: Viewer) -> Option<Arc<Event>> {
        self.find(id).filter(|event| viewer.sees(event.publication()))
    }

    /// Decides one command about an event or a reservation of it.
    pub fn decide(&self, event: EventId<&str>, command: &Command<'_>, caller: Caller<'_>) -> Step {
        match self.find(event) {
            Some(event) => {
                let (mut step, mut refused) = self.decide_on(&event, command, caller);
                if refused.is_some() && self.forget() > 0 {
                    (step, refused) = self.decide_on(&event, command, caller);
                }
                if let Some(quota) = refused {
                    self.context.quotas.refuse(quota);
                }
                self.unless_gone(&mut step);
                step
            }
            None => Step::Done(self.event_not_found()),
        }
    }

    fn decide_on(
        &self,
        event: &Arc<Event>,
        command: &Command<'_>,
        caller: Caller<'_>,
    ) -> (Step, Option<Quota>) {
        event.decide(&self.context, command, caller, |time| self.deadlines.push(time, event))
    }

    /// Creates an event. An equal one answers as if it was just created.
    pub fn create(
        &self,
        id: EventId<&str>,
        spec: &EventSpec,
        principal: Option<&Principal>,
    ) -> Answer {
        let hall = match self.hall(spec) {
            Ok(hall) => hall,
            Err(refusal) => return Answer::plain(Body::Refused(refusal)),
        };
        loop {
            self.forget();
            let (before, secrets) = match self.events.write().prepare(id) {
                Slug::Taken(event) => return self.answer_existing(&event, spec),
                Slug::Free { before, secrets } => (before, secrets),
            };
            let at = self.context.clock.now();
            let change = Change::Created(Box::new(spec.clone()));
            let (version, principal) = (before.version + 1, principal.cloned());
            let created = Recorded { version, at, principal, change };
            // Outside the map's lock: a large event takes its time.
            let inventory = Inventory::create(id.to_owned(), secrets, &created, hall.clone());
            let inventory = inventory.expect("a creation in its hall").after(before.used_ids, at);
            if let Some(answer) = self.put(inventory, &created) {
                return answer;
            }
        }
    }

    /// The hall that an event with these terms is in. Its plan is in use while that is held.
    ///
    /// # Errors
    /// The plan is not there, or the sections are others than its.
    pub(crate) fn hall(&self, spec: &EventSpec) -> Result<Hall, Refusal> {
        let hall = self.plans.hall(spec.plan.as_ref()).ok_or(Refusal::PlanNotFound)?;
        hall.check(spec)?;
        Ok(hall)
    }

    fn answer_existing(&self, event: &Event, spec: &EventSpec) -> Answer {
        let Observed { version, position, value: equal } = event.was_created_as(spec);
        let body = match equal {
            true => Body::EventSaved { effect: Effect::Unchanged },
            false => Body::Refused(Refusal::EventExists),
        };
        let about = Some(ShownEvent { serial: event.serial, at: self.context.clock.now() });
        Answer { version, position, body, about }
    }

    /// Puts a new event in; nothing if its slug was changed meanwhile.
    fn put(&self, inventory: Inventory, created: &Recorded) -> Option<Answer> {
        let id = inventory.id().clone();
        let seats = seats(inventory.created_as());
        let mut events = self.events.write();
        let (last_version, kept) = match events.by_id.get(&id) {
            Some(EventEntry::Live(_)) => return None,
            Some(EventEntry::Deleted(gone)) => (gone.version, gone.holdings()),
            None => (0, Holdings::default()),
        };
        if created.version != last_version + 1 {
            return None;
        }
        let admitted = match last_version {
            0 if events.by_id.len() >= self.context.limits.events => Err(UnavailableWhy::TooMany),
            _ => self.context.admit_seats(0, seats),
        };
        let recorded = admitted.and_then(|()| self.context.ledger.record(&id, created));
        Some(match recorded {
            Ok(position) => {
                self.context.count_seats(0, seats);
                self.context.count(kept, Holdings::of(&inventory));
                let at = self.context.clock.now();
                let sweep_at = inventory.next_to_sweep();
                let answer = events.created(inventory, created, position, at);
                if let (Some(at), Some(event)) = (sweep_at, events.live(id.borrowed())) {
                    self.deadlines.push(at, event);
                }
                answer
            }
            Err(why) => events.answer(Body::Refused(Refusal::Unavailable { why })),
        })
    }

    /// Changes an event's terms.
    pub fn update(
        &self,
        id: EventId<&str>,
        if_version: Option<u64>,
        update: &EventUpdate,
        principal: Option<&Principal>,
    ) -> Step {
        self.decide(id, &Command::Update { if_version, update }, Caller::named(principal))
    }

    /// Drops the ids of deleted events that are no longer of use. Returns how many.
    pub(super) fn forget(&self) -> u64 {
        let now = self.context.clock.now();
        if !self.events.read().can_forget(now) {
            return 0;
        }
        let forgotten = self.events.write().forget(now);
        self.context.count(Holdings { remembered: forgotten, live: 0 }, Holdings::default());
        forgotten
    }

    /// The refusal of a request whose event is not there, at the catalog's version.
    pub fn event_not_found(&self) -> Answer {
        self.events.read().answer(Body::Refused(Refusal::EventNotFound))
    }

    /// Tells a repeated request from another one under the same id.
    pub fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// The times at which events have to be swept.
    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// Expires one chunk of an event's due holds, and registers the next time to come.
    pub(super) fn sweep(&self, event: &Arc<Event>) -> Result<Swept, UnavailableWhy> {
        let swept = event.sweep(&self.context)?;
        if let Some(next) = swept.next {
            self.deadlines.push(next, event);
        }
        Ok(swept)
    }

    /// The memory that all events together take.
    pub fn holdings(&self) -> Holdings {
        self.context.holdings()
    }

    /// New reservations that were refused as there was no room, by what was used up.
    pub fn refused_reservations(&self) -> impl Iterator<Item = (Quota, u64)> {
        self.context.quotas.refused().into_iter()
    }

    /// How many seats all events have.
    pub fn seats(&self) -> u64 {
        self.context.seats()
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.read().order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Panics if any event's state contradicts itself.
    pub fn invariants(&self) {
        let events = self.events.read();
        for entry in events.by_id.values() {
            if let EventEntry::Live(event) = entry {
                event.invariants();
                assert!(events.order.contains(&event.id), "{} is in no list", event.id);
            }
        }
    }

    /// An event may go between being found and being locked; that is the catalog's news then.
    #[inline]
    pub(super) fn unless_gone(&self, step: &mut Step) {
        if let Step::Done(answer) = step
            && matches!(answer.body, Body::Refused(Refusal::EventNotFound))
        {
            *answer = self.event_not_found();
        }
    }
}
