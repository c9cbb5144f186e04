//! Everything that was ever recorded, in its order: what is durable can be added to and never
//! changes. Beside it, each event as the model has it.

use boxoffice_inventory::Hall;
use boxoffice_inventory::model::{Booked, Model};
use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::event::{EventSpec, PlaceState};
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::limits::{MAX_EXPIRED_TOGETHER, MAX_ORDER_RESERVATIONS};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What has not been recorded counts for nothing.
const RECORDED: Timestamp = Timestamp::from_ms(0);

#[derive(Default)]
pub(crate) struct History {
    log: Vec<(EventId, Recorded)>,
    /// The last life of each slug.
    lives: BTreeMap<EventId, Life>,
    /// Creations and deletions in their order: the n-th makes the catalog's version n.
    catalog: Vec<(EventId, Existence)>,
}

/// A change of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existence {
    Begins,
    Ends,
}

/// An event from its creation to its deletion.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) created: EventSpec,
    pub(crate) model: Model,
    pub(crate) last_at: Timestamp,
}

impl Life {
    /// What follows an event's change; `before` is what was there under its slug.
    pub(crate) fn after(before: Option<Self>, recorded: &Recorded) -> Self {
        let mut life = match (&recorded.change, before) {
            (Change::Created(spec), before) => {
                let again = EventSpec::clone(spec);
                let model = match before {
                    Some(before) => before.model.created_again(again, Hall::default(), recorded.at),
                    None => Model::new(again, Hall::default(), recorded.at),
                };
                return Self { created: EventSpec::clone(spec), model, last_at: recorded.at };
            }
            (_, Some(life)) => life,
            (change, None) => panic!("{change:?} of nothing"),
        };
        life.model.apply(&recorded.change, recorded.at);
        life.last_at = recorded.at;
        life
    }

    /// Panics unless the change keeps the laws, whatever was asked and answered.
    fn check(&self, recorded: &Recorded) {
        let Recorded { version, at, change, .. } = recorded;
        assert!(!self.model.deleted, "version {version} of an event that is gone");
        assert_eq!(*version, self.model.version + 1, "an event's versions have no gaps");
        assert!(*at >= self.last_at, "time runs backwards at version {version}");
        let find = |id| {
            let one = self.model.reservations.iter().find(|one| one.id == id);
            one.unwrap_or_else(|| panic!("{change:?} of no reservation"))
        };
        let status = |id| {
            let one = find(id);
            (one.status, one.expires_at)
        };
        let phase = self.model.terms.spec.sales_phase(*at);
        match change {
            Change::Held(new) | Change::Reserved(new) => self.check_new(new),
            Change::Expired { ids } => {
                for &id in ids {
                    let (status, until) = status(id);
                    assert!(status == Status::Held && *at >= until, "{id} expired early at {at:?}");
                }
                let different = ids.iter().collect::<BTreeSet<_>>().len();
                let fits = (1..=MAX_EXPIRED_TOGETHER).contains(&different);
                assert!(fits && different == ids.len(), "{ids:?} expire together");
            }
            Change::Confirmed { id, .. }
            | Change::Released { id, .. }
            | Change::Extended { id, .. } => {
                let (status, until) = status(*id);
                assert!(status == Status::Held && *at < until, "{change:?} of an ended hold");
            }
            Change::Cancelled { id, .. } => {
                assert_eq!(status(*id).0, Status::Confirmed, "{change:?}");
            }
            Change::Transferred { id, from, .. } => {
                let one = find(*id);
                let is_theirs = one.customer == *from && one.is_live(*at);
                assert!(is_theirs, "{change:?} of another's, or of an ended one");
            }
            Change::Exchanged { id, from, to } => {
                let one = find(*id);
                assert!(one.places == *from && one.is_live(*at), "{change:?} of {one:?}");
                self.check_exchanged(from, to);
            }
            Change::SalesMoved { from, to } => {
                assert!(*from == self.model.phase && *to == phase && from != to, "{change:?}");
                return;
            }
            Change::Ordered { id, .. } => {
                let one = find(*id);
                assert!(one.order.is_none() && one.is_live(*at), "{change:?} of {one:?}");
            }
            Change::ConfirmedTogether { ids } => self.check_paid(ids, *at),
            Change::Reinstated { id, places, .. } => {
                let one = find(*id);
                assert_eq!((one.status, &one.places), (Status::Expired, places), "{change:?}");
                self.check_free(places);
            }
            Change::Forfeited { id, .. } => {
                assert_eq!(find(*id).status, Status::Expired, "{change:?}");
                assert!(!self.model.is_free_again(find(*id), *at), "{change:?}, and all is free");
            }
            Change::Created(_) | Change::Updated(_) | Change::Deleted => {}
        }
        assert_eq!(self.model.phase, phase, "{change:?} before it is recorded that sales moved");
    }

    /// Panics unless these are the held reservations of an order, whose others are confirmed already.
    fn check_paid(&self, ids: &[ReservationId], at: Timestamp) {
        let of_first = |one: &&Booked| Some(&one.id) == ids.first();
        let first = self.model.reservations.iter().find(of_first);
        let order = first.and_then(|one| one.order.as_ref()).expect("an order of reservations");
        let all = self.model.of_order(order.borrowed(), at);
        let (held, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| one.status == Status::Held && one.is_live(at));
        let held: BTreeSet<_> = held.iter().map(|one| one.id).collect();
        assert!((1..=MAX_ORDER_RESERVATIONS).contains(&ids.len()), "{ids:?} are of one order");
        let are_held = held.len() == ids.len() && held == ids.iter().copied().collect();
        assert!(are_held, "{ids:?} are confirmed, of which {held:?} are held");
        let are_paid = others.iter().all(|one| one.status == Status::Confirmed);
        assert!(are_paid, "an order is confirmed of which one has ended: {others:?}");
    }

    /// Law 1: what it takes was free. Law 3: its id was never used.
    fn check_new(&self, new: &NewReservation) {
        let twice = self.model.reservations.iter().any(|one| one.id == new.id);
        let by_predecessor = self.model.predecessors_ids.contains(&new.id);
        assert!(!twice && !by_predecessor, "{} was made twice", new.id);
        self.check_free(&new.places);
    }

    fn check_free(&self, places: &TakenPlaces) {
        self.check_free_beside(None, places);
    }

    /// Law 1: what it has from now on was free or its own.
    fn check_exchanged(&self, from: &TakenPlaces, to: &TakenPlaces) {
        self.check_free_beside(Some(from), to);
    }

    fn check_free_beside(&self, own: Option<&TakenPlaces>, places: &TakenPlaces) {
        if let Some(section) = places.section() {
            let own = own.filter(|own| own.section() == Some(section));
            let own = own.map_or(0, TakenPlaces::count);
            let free = self.model.counts(usize::from(section), RECORDED).free + u64::from(own);
            let count = places.count();
            assert!(free >= u64::from(count), "{count} places of {free} free ones");
        }
        for seat in places.seats().into_iter().flat_map(|seats| seats.iter()) {
            let is_own = own.and_then(TakenPlaces::seats).is_some_and(|own| own.contains(seat));
            let state = self.model.state(*seat, RECORDED);
            assert!(is_own || state == PlaceState::Free, "{seat:?} was sold twice");
        }
    }
}

impl History {
    /// How many changes are known to be durable.
    pub(crate) fn position(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn log(&self) -> &[(EventId, Recorded)] {
        &self.log
    }

    /// Creations and deletions in their order.
    pub(crate) fn catalog(&self) -> &[(EventId, Existence)] {
        &self.catalog
    }

    /// An event that is there, or was the last under its slug.
    pub(crate) fn life(&self, event: &EventId) -> Option<&Life> {
        self.lives.get(event)
    }

    /// The events that are there.
    pub(crate) fn live_events(&self) -> Vec<(&EventId, &Model)> {
        let lives = self.lives.iter().map(|(id, life)| (id, &life.model));
        lives.filter(|(_, model)| !model.deleted).collect()
    }

    /// A start found what the rows have up to `restored`, and these changes behind it.
    pub(crate) fn recovered(&mut self, restored: u64, behind: &[(u64, EventId, Recorded)]) {
        let end = behind.last().map_or(restored, |(position, ..)| *position);
        let known = self.position();
        assert!(end >= known, "position {known} was durable, and a start found {end}");
        for (position, event, recorded) in behind {
            self.learn(*position, event, recorded);
        }
        assert!(restored <= self.position(), "the rows have what the journal never had");
    }

    /// A change is durable.
    pub(crate) fn learn(&mut self, position: u64, event: &EventId, recorded: &Recorded) {
        let index = usize::try_from(position - 1).expect("an index");
        if let Some((known_event, known)) = self.log.get(index) {
            let same = known_event == event && known == recorded;
            assert!(same, "position {position} was {known:?}, and is {recorded:?}");
            return;
        }
        assert_eq!(index, self.log.len(), "positions have no gaps");
        self.log.push((event.clone(), recorded.clone()));
        let before = self.lives.remove(event);
        match (&recorded.change, &before) {
            (Change::Created(_), _) => {
                let last = before.as_ref().map_or(0, |life| life.model.version);
                let is_there = before.as_ref().is_some_and(|life| !life.model.deleted);
                assert!(!is_there, "{event} was created twice");
                assert_eq!(recorded.version, last + 1, "a slug's versions have no gaps");
                self.catalog.push((event.clone(), Existence::Begins));
            }
            (change, Some(life)) => {
                life.check(recorded);
                if matches!(change, Change::Deleted) {
                    self.catalog.push((event.clone(), Existence::Ends));
                }
            }
            (change, None) => panic!("{change:?} of {event}, which never was"),
        }
        self.lives.insert(event.clone(), Life::after(before, recorded));
    }
}
