//! The events: a map behind a `RwLock`, each event behind a lock of its own.
//!
//! Whoever wants to change an event comes through here: find the event, then decide, record and
//! apply under its lock ([`Event`]). Locks are taken in this order: the map's, an event's, the
//! sweeper's deadlines'. None is held across an await.

mod deadlines;
mod event;
mod fingerprint;
mod listing;
mod office;
mod pulled;
mod recovery;
mod watchers;

pub(crate) use deadlines::Deadlines;
pub use event::{Event, Looked};
pub use fingerprint::{Asked, Fingerprints};
pub use listing::ReservationFilter;
pub use office::{CatalogLimits, Holdings, Room, Who};
pub use pulled::Pulled;
pub use recovery::{Contradiction, Recovery};
pub use watchers::Wake;

use crate::clock::Clock;
use crate::ledger::{Ledger, Position};
use boxoffice_inventory::{Command, HoldRules, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_protocol::id::{EventId, Principal, ReservationId};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Force;
use boxoffice_protocol::time::Timestamp;
use hashbrown::HashMap;
use office::{Office, seats};
use parking_lot::RwLock;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An answer and what it waits for.
#[derive(Debug)]
pub struct Answer {
    /// The event's version, or the catalog's.
    pub version: u64,
    /// Nobody may see the answer before this is durable.
    pub position: Position,
    /// The answer.
    pub body: Body,
    /// Which event it tells of, where it tells of one.
    pub about: Option<About>,
}

/// The event that an answer tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its [`Event::serial`].
    pub serial: u64,
    /// Whoever begins to look at it later than this sees the answer's version or a newer one.
    pub at: Timestamp,
}

impl Answer {
    /// An answer that looked at nothing, and so waits for nothing.
    pub fn plain(body: Body) -> Self {
        Self { version: 0, position: Position::default(), body, about: None }
    }
}

/// How far a request came in one turn of its event's lock.
#[derive(Debug)]
pub enum Step {
    /// It is decided.
    Done(Answer),
    /// One chunk of due holds was expired; let others have a turn, then ask again.
    Again,
}

/// All events of this server.
#[derive(Debug)]
pub struct Catalog {
    office: Office,
    fingerprints: Fingerprints,
    events: RwLock<Events>,
}

#[derive(Debug, Default)]
struct Events {
    by_id: HashMap<EventId, Entry, foldhash::quality::RandomState>,
    /// The ids of live events, for lists.
    order: BTreeSet<EventId>,
    /// Counts creations and deletions.
    version: u64,
    /// Where the last of them is in the ledger.
    position: Position,
    /// The last [`Event::serial`] or seed that was given.
    serial: u64,
}

#[derive(Debug)]
enum Entry {
    Live(Arc<Event>),
    /// A deleted event's last version: one created again under its slug goes on from there.
    Deleted {
        version: u64,
    },
}

/// What there is under the slug of an event that shall be created.
enum Prepared {
    /// An event.
    There(Arc<Event>),
    /// None, or one that was deleted at this version.
    New { last_version: u64, seed: u64 },
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
        let office = Office::new(clock, ledger, rules, limits);
        recovery.settle(&office);
        Self { office, fingerprints, events: RwLock::new(recovery.into_events()) }
    }

    /// The event, if it is there.
    pub fn find(&self, id: &EventId) -> Option<Arc<Event>> {
        match self.events.read().by_id.get(id) {
            Some(Entry::Live(event)) => Some(Arc::clone(event)),
            _ => None,
        }
    }

    /// Decides one request of `who` about a reservation.
    pub fn act(
        &self,
        event: &EventId,
        id: &ReservationId,
        command: &Command<'_>,
        who: Who<'_>,
    ) -> Step {
        match self.find(event) {
            Some(event) => self.unless_gone(event.act(&self.office, id, command, who)),
            None => Step::Done(self.event_not_found()),
        }
    }

    /// Creates an event. An equal one answers as if it was just created.
    pub fn create(&self, id: &EventId, spec: &EventSpec, who: Option<&Principal>) -> Answer {
        loop {
            let (last_version, seed) = match self.events.write().prepare(id) {
                Prepared::There(event) => return self.answer_existing(&event, spec),
                Prepared::New { last_version, seed } => (last_version, seed),
            };
            let at = self.office.clock.now();
            let change = Change::Created(Box::new(spec.clone()));
            let (version, principal) = (last_version + 1, who.cloned());
            let created = Recorded { version, at, principal, change };
            // Outside the map's lock: a large event takes its time.
            let Some(inventory) = Inventory::create(id.clone(), seed, &created) else { continue };
            if let Some(answer) = self.put(inventory, &created) {
                return answer;
            }
        }
    }

    fn answer_existing(&self, event: &Event, spec: &EventSpec) -> Answer {
        let Looked { version, position, what: equal } = event.was_created_as(spec);
        let body = match equal {
            true => Body::EventSaved { effect: Effect::Unchanged },
            false => Body::Refused(Refusal::EventExists),
        };
        let about = Some(About { serial: event.serial, at: self.office.clock.now() });
        Answer { version, position, body, about }
    }

    /// Puts a new event in; nothing if somebody else has changed its slug meanwhile.
    fn put(&self, inventory: Inventory, created: &Recorded) -> Option<Answer> {
        let id = inventory.id().clone();
        let seats = seats(inventory.created_as());
        let mut events = self.events.write();
        let last_version = match events.by_id.get(&id) {
            Some(Entry::Live(_)) => return None,
            Some(Entry::Deleted { version }) => *version,
            None => 0,
        };
        if created.version != last_version + 1 {
            return None;
        }
        let admitted = match last_version {
            0 if events.by_id.len() >= self.office.limits.events => Err(UnavailableWhy::TooMany),
            _ => self.office.admit_seats(0, seats),
        };
        let recorded = admitted.and_then(|()| self.office.ledger.record(&id, created));
        Some(match recorded {
            Ok(position) => {
                self.office.count_seats(0, seats);
                let at = self.office.clock.now();
                events.created(inventory, created, position, at)
            }
            Err(why) => events.answer(Body::Refused(Refusal::Unavailable { why })),
        })
    }

    /// Changes an event's terms.
    pub fn update(
        &self,
        id: &EventId,
        if_version: Option<u64>,
        update: &EventUpdate,
        who: Option<&Principal>,
    ) -> Step {
        match self.find(id) {
            Some(event) => {
                let command = Command::Update { if_version, update };
                self.unless_gone(event.manage(&self.office, &command, who))
            }
            None => Step::Done(self.event_not_found()),
        }
    }

    /// Deletes an event. Its slug and version are kept; deleting it again changes nothing.
    pub fn delete(&self, id: &EventId, force: Force, who: Option<&Principal>) -> Step {
        let mut events = self.events.write();
        let event = match events.by_id.get(id) {
            Some(Entry::Live(event)) => Arc::clone(event),
            Some(Entry::Deleted { version }) => {
                let (version, body) = (*version, Body::EventSaved { effect: Effect::Unchanged });
                return Step::Done(Answer { version, ..events.answer(body) });
            }
            None => return Step::Done(events.answer(Body::Refused(Refusal::EventNotFound))),
        };
        let step = event.manage(&self.office, &Command::Delete { force }, who);
        if let Step::Done(Answer { version, position, body: Body::EventSaved { .. }, .. }) = &step {
            events.delete(id, *version, *position);
            self.office.count(event.look(Holdings::of).what, Holdings::default());
            self.office.count_seats(event.look(|event| seats(&event.details().spec)).what, 0);
        }
        // The event's memory is given back after the map's lock.
        drop(events);
        step
    }

    /// The refusal of a request whose event is not there, at the catalog's version.
    pub fn event_not_found(&self) -> Answer {
        self.events.read().answer(Body::Refused(Refusal::EventNotFound))
    }

    /// What tells a repeated request from another one under the same id.
    pub fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// The times at which events want to be swept.
    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.office.deadlines
    }

    /// Expires one chunk of an event's due holds, and registers the next time to come.
    pub(crate) fn sweep(&self, event: &Arc<Event>) -> Result<usize, UnavailableWhy> {
        let swept = event.sweep(&self.office)?;
        if let Some(next) = swept.next {
            self.office.deadlines.push(next, event);
        }
        Ok(swept.expired)
    }

    /// What all events take.
    pub fn holdings(&self) -> Holdings {
        self.office.holdings()
    }

    /// How many seats all events have.
    pub fn seats(&self) -> u64 {
        self.office.seats()
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
            if let Entry::Live(event) = entry {
                event.invariants();
                assert!(events.order.contains(&event.id), "{} is in no list", event.id);
            }
        }
    }

    /// An event may go between being found and being locked; that is the catalog's news then.
    fn unless_gone(&self, step: Step) -> Step {
        match step {
            Step::Done(Answer { body: Body::Refused(Refusal::EventNotFound), .. }) => {
                Step::Done(self.event_not_found())
            }
            step => step,
        }
    }
}

impl Events {
    fn answer(&self, body: Body) -> Answer {
        Answer { version: self.version, position: self.position, body, about: None }
    }

    /// Takes the place of a deleted event, which is known no more.
    fn delete(&mut self, id: &EventId, version: u64, position: Position) {
        self.by_id.insert(id.clone(), Entry::Deleted { version });
        self.order.remove(id);
        self.version += 1;
        self.position = position;
    }

    /// What there is under a slug, and a secret seed for the hash tables of a new event.
    fn prepare(&mut self, id: &EventId) -> Prepared {
        let last_version = match self.by_id.get(id) {
            Some(Entry::Live(event)) => return Prepared::There(Arc::clone(event)),
            Some(Entry::Deleted { version }) => *version,
            None => 0,
        };
        Prepared::New { last_version, seed: self.seed() }
    }

    fn seed(&mut self) -> u64 {
        self.serial += 1;
        std::hash::BuildHasher::hash_one(self.by_id.hasher(), self.serial)
    }

    /// Puts an event in that was created just now.
    fn created(
        &mut self,
        inventory: Inventory,
        created: &Recorded,
        position: Position,
        at: Timestamp,
    ) -> Answer {
        let serial = self.put(inventory, position, created.at);
        self.version += 1;
        self.position = position;
        let body = Body::EventSaved { effect: Effect::Applied };
        Answer { version: created.version, position, body, about: Some(About { serial, at }) }
    }

    /// Puts an event in, and returns its serial.
    fn put(&mut self, inventory: Inventory, position: Position, last_at: Timestamp) -> u64 {
        self.serial += 1;
        let serial = self.serial;
        let id = inventory.id().clone();
        let event = Event::new(id.clone(), serial, inventory, position, last_at);
        self.by_id.insert(id.clone(), Entry::Live(Arc::new(event)));
        self.order.insert(id);
        serial
    }
}
