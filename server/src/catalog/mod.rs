//! The events: a map behind a `RwLock`, each event behind a lock of its own.
//!
//! Whoever wants to change an event comes through here: find the event, then decide, record and
//! apply under its lock ([`Event`]). Locks are taken in this order: the map's, an event's, the
//! sweeper's deadlines'. None is held across an await.

mod event;
mod fingerprint;
mod listing;
mod recovery;
mod watchers;

pub use event::{Event, Looked, Pulled};
pub use fingerprint::{Asked, Fingerprints};
pub use listing::ReservationFilter;
pub use recovery::{Contradiction, Recovery};
pub use watchers::{WATCH_LAG, Wake};

use crate::clock::Clock;
use crate::inventory::{Command, HoldRules, Inventory};
use crate::ledger::{Ledger, Position};
use crate::sweeper::Deadlines;
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Force;
use boxoffice_protocol::time::Timestamp;
use hashbrown::HashMap;
use parking_lot::RwLock;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its [`Event::serial`].
    pub serial: u64,
    /// When the answer was decided.
    pub at: Timestamp,
}

/// How far a request came in one turn of its event's lock.
#[derive(Debug)]
pub enum Step {
    /// It is decided.
    Done(Answer),
    /// One chunk of due holds was expired; let others have a turn, then ask again.
    Again,
}

/// How much the catalog may hold.
#[derive(Debug, Clone, Copy)]
pub struct CatalogLimits {
    /// Events, deleted ones included, since their slug and version are kept.
    pub events: usize,
    /// Reservations, ended ones included while they are remembered.
    pub reservations: u64,
}

/// What every event needs to decide: the time, the ledger, the rules.
#[derive(Debug)]
pub(crate) struct Office {
    clock: Clock,
    ledger: Arc<Ledger>,
    rules: HoldRules,
    limits: CatalogLimits,
    remembered: AtomicU64,
    live: AtomicU64,
    deadlines: Deadlines,
}

impl Office {
    fn admit_reservation(&self) -> Result<(), UnavailableWhy> {
        if self.remembered.load(Ordering::Relaxed) < self.limits.reservations {
            Ok(())
        } else {
            Err(UnavailableWhy::TooMany)
        }
    }

    /// Keeps the counts of all events' reservations up to date.
    fn count(&self, before: Reservations, after: Reservations) {
        let move_by = |count: &AtomicU64, before: u64, after: u64| {
            // Wrapping arithmetic makes a difference of either sign a sum.
            count.fetch_add(after.wrapping_sub(before), Ordering::Relaxed);
        };
        move_by(&self.remembered, before.remembered, after.remembered);
        move_by(&self.live, before.live, after.live);
    }
}

/// How many reservations there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reservations {
    /// In memory, ended ones included.
    pub remembered: u64,
    /// Held or confirmed.
    pub live: u64,
}

impl Reservations {
    fn of(inventory: &Inventory) -> Self {
        Self { remembered: inventory.remembered() as u64, live: inventory.live() }
    }
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
    /// Counts events that ever were, for [`Event::serial`].
    created: u64,
}

#[derive(Debug)]
enum Entry {
    Live(Arc<Event>),
    /// A deleted event's last version: one created again under its slug goes on from there.
    Deleted {
        version: u64,
    },
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
        let office = Office {
            clock,
            ledger,
            rules,
            limits,
            remembered: AtomicU64::new(0),
            live: AtomicU64::new(0),
            deadlines: Deadlines::default(),
        };
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

    /// Decides one request about a reservation.
    pub fn act(&self, event: &EventId, id: &ReservationId, command: &Command<'_>) -> Step {
        match self.find(event) {
            Some(event) => self.unless_gone(event.act(&self.office, id, command)),
            None => Step::Done(self.event_not_found()),
        }
    }

    /// Creates an event. An equal one answers as if it was just created.
    pub fn create(&self, id: &EventId, spec: &EventSpec) -> Answer {
        let mut events = self.events.write();
        let last_version = match events.by_id.get(id) {
            Some(Entry::Live(event)) => return answer_existing(event, spec),
            Some(Entry::Deleted { version }) => *version,
            None if events.by_id.len() >= self.office.limits.events => {
                return events
                    .answer(Body::Refused(Refusal::Unavailable { why: UnavailableWhy::TooMany }));
            }
            None => 0,
        };
        let created = Recorded {
            version: last_version + 1,
            at: self.office.clock.now(),
            principal: None,
            change: Change::Created(Box::new(spec.clone())),
        };
        match self.office.ledger.record(id, &created) {
            Ok(position) => events.insert(id, &created, position),
            Err(why) => events.answer(Body::Refused(Refusal::Unavailable { why })),
        }
    }

    /// Changes an event's terms.
    pub fn update(&self, id: &EventId, if_version: Option<u64>, update: &EventUpdate) -> Step {
        match self.find(id) {
            Some(event) => {
                let command = Command::Update { if_version, update };
                self.unless_gone(event.manage(&self.office, &command))
            }
            None => Step::Done(self.event_not_found()),
        }
    }

    /// Deletes an event. Its slug and version are kept; deleting it again changes nothing.
    pub fn delete(&self, id: &EventId, force: Force) -> Step {
        let mut events = self.events.write();
        let event = match events.by_id.get(id) {
            Some(Entry::Live(event)) => Arc::clone(event),
            Some(Entry::Deleted { version }) => {
                let (version, body) = (*version, Body::EventSaved { effect: Effect::Unchanged });
                return Step::Done(Answer { version, ..events.answer(body) });
            }
            None => return Step::Done(events.answer(Body::Refused(Refusal::EventNotFound))),
        };
        let step = event.manage(&self.office, &Command::Delete { force });
        if let Step::Done(Answer { version, position, body: Body::EventSaved { .. }, .. }) = &step {
            events.delete(id, *version, *position);
            self.office.count(event.look(Reservations::of).what, Reservations::default());
        }
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

    /// How many reservations all events have.
    pub fn reservations(&self) -> Reservations {
        Reservations {
            remembered: self.office.remembered.load(Ordering::Relaxed),
            live: self.office.live.load(Ordering::Relaxed),
        }
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

    /// A serial for one more event, and a secret seed for its hash tables.
    fn next_serial(&mut self) -> (u64, u64) {
        self.created += 1;
        (self.created, std::hash::BuildHasher::hash_one(self.by_id.hasher(), self.created))
    }

    /// Puts an event in that begins with this change.
    fn insert(&mut self, id: &EventId, created: &Recorded, position: Position) -> Answer {
        let (_, seed) = self.next_serial();
        let inventory = Inventory::create(id.clone(), seed, created)
            .expect("the change was made as a creation just before");
        let serial = self.put(inventory, position, created.at);
        self.version += 1;
        self.position = position;
        let body = Body::EventSaved { effect: Effect::Applied };
        let about = Some(About { serial, at: created.at });
        Answer { version: created.version, position, body, about }
    }

    /// Puts an event in, and returns its serial.
    fn put(&mut self, inventory: Inventory, position: Position, last_at: Timestamp) -> u64 {
        let (serial, _) = self.next_serial();
        let id = inventory.id().clone();
        let event = Event::new(id.clone(), serial, inventory, position, last_at);
        self.by_id.insert(id.clone(), Entry::Live(Arc::new(event)));
        self.order.insert(id);
        serial
    }
}

fn answer_existing(event: &Event, spec: &EventSpec) -> Answer {
    let Looked { version, position, what: equal } = event.was_created_as(spec);
    let body = match equal {
        true => Body::EventSaved { effect: Effect::Unchanged },
        false => Body::Refused(Refusal::EventExists),
    };
    Answer { version, position, body, about: None }
}
