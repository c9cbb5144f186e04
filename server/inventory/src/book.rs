//! The reservations of an event, live and ended, and the ways to find them: by id, by customer, by
//! deadline.

use crate::allotment::{Allotment, Stored};
use crate::creation_order::CreationOrder;
use crate::customers::Customers;
use crate::deadlines::Deadlines;
use crate::ended_lately::EndedLately;
use crate::forgetting::Forgetting;
use crate::hashing::Hashing;
use crate::ids::Ids;
use crate::particulars::Particulars;
use crate::places_of::PlacesOf;
use crate::record::{Begun, NO_SLOT, PlaceKind, Record, ShortTime};
use crate::slab::Slab;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::id::{CustomerId, ReservationId, Seat};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use std::cell::Cell;
use std::slice;

/// The reservations of an event. The book does not know the sections: a caller that changes a
/// reservation here changes its seats there.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub(crate) records: Slab<Record>,
    pub(crate) allotments: Slab<Allotment>,
    pub(crate) groups: Slab<Box<[Seat]>>,
    pub(crate) customers: Customers,
    pub(crate) ids: Ids,
    /// The deadlines of the held ones.
    pub(crate) deadlines: Deadlines,
    pub(crate) forgetting: Forgetting,
    /// Those that were released and have an allotment.
    pub(crate) lately: EndedLately,
    pub(crate) created: CreationOrder,
    pub(crate) particulars: Particulars,
    pub(crate) live: u64,
    hashing: Hashing,
    /// The slot that was found or filled last: a request looks for its reservation to decide, to
    /// apply, and to answer.
    last: Cell<u32>,
}

impl Book {
    /// An empty one, whose hash tables are keyed by `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            records: Slab::default(),
            allotments: Slab::default(),
            groups: Slab::default(),
            customers: Customers::default(),
            ids: Ids::default(),
            deadlines: Deadlines::default(),
            forgetting: Forgetting::default(),
            lately: EndedLately::default(),
            created: CreationOrder::default(),
            particulars: Particulars::default(),
            live: 0,
            hashing: Hashing::new(seed),
            last: Cell::new(NO_SLOT),
        }
    }

    /// The slot of a reservation, forgotten or not.
    pub(crate) fn find(&self, id: &ReservationId) -> Option<u32> {
        if self.records.get(self.last.get()).is_some_and(|record| record.id == *id) {
            return Some(self.last.get());
        }
        let slot = self.ids.find(id, &self.records, &self.hashing)?;
        self.last.set(slot);
        Some(slot)
    }

    /// The ids of reservations, ended ones too, that were made at `time` or later.
    pub(crate) fn made_since(&self, time: Timestamp) -> Vec<ReservationId> {
        self.ids.made_since(time, &self.records)
    }

    /// The slot of a reservation that a change is about.
    pub(crate) fn slot(&self, id: &ReservationId) -> u32 {
        self.find(id).expect("changes are applied to the state that they were decided on")
    }

    /// Until when a reservation is held, or was to be.
    pub(crate) fn expires_at(&self, slot: u32) -> Timestamp {
        match self.allotment(slot) {
            Some(allotment) => allotment.expires_at.get(),
            None => {
                self.records[slot].ended().map_or(ShortTime::LAST, |(expires_at, _)| expires_at)
            }
        }
    }

    /// What a reservation has besides its record.
    pub(crate) fn allotment(&self, slot: u32) -> Option<&Allotment> {
        self.records[slot].allotment().map(|(allotment, _)| &self.allotments[allotment])
    }

    /// The same of one that has it: while it is live, and until it cannot be revived any more.
    pub(crate) fn allotment_mut(&mut self, slot: u32) -> &mut Allotment {
        let (allotment, _) = self.records[slot].allotment().expect("it has an allotment");
        &mut self.allotments[allotment]
    }

    /// The places of a reservation; none of a released one, but for a while.
    pub(crate) fn places(&self, slot: u32) -> PlacesOf<'_> {
        match self.records[slot].allotment() {
            Some((allotment, kind)) => self.places_of(&self.allotments[allotment], kind),
            None => PlacesOf::NONE,
        }
    }

    fn places_of<'a>(&'a self, allotment: &'a Allotment, kind: PlaceKind) -> PlacesOf<'a> {
        match allotment.places(kind) {
            Stored::One(_) => PlacesOf::Seats(slice::from_ref(allotment.one_seat())),
            Stored::Several(group) => PlacesOf::Seats(&self.groups[group]),
            Stored::Standing { section, places } => PlacesOf::Standing { section, places },
        }
    }

    /// How many places these are.
    pub(crate) fn count(&self, places: Stored) -> u32 {
        match places {
            Stored::One(_) => 1,
            Stored::Several(group) => PlacesOf::Seats(&self.groups[group]).count(),
            Stored::Standing { places, .. } => places,
        }
    }

    /// What is told of a reservation: its places, the price list that holds for them, and until when
    /// it is held. One that ended without effect tells no places, whether it has them still or not.
    pub(crate) fn shown(&self, slot: u32) -> (PlacesOf<'_>, usize, Timestamp) {
        self.told(slot, Status::shows_places)
    }

    /// The same of what it keeps.
    pub(crate) fn kept(&self, slot: u32) -> (PlacesOf<'_>, usize, Timestamp) {
        self.told(slot, Status::keeps_places)
    }

    #[inline]
    fn told(
        &self,
        slot: u32,
        has_places: impl FnOnce(Status) -> bool,
    ) -> (PlacesOf<'_>, usize, Timestamp) {
        let record = &self.records[slot];
        let Some((allotment, kind)) = record.allotment() else {
            return (PlacesOf::NONE, 0, self.expires_at(slot));
        };
        let allotment = &self.allotments[allotment];
        let expires_at = allotment.expires_at.get();
        if has_places(record.status()) {
            (self.places_of(allotment, kind), allotment.epoch.index(), expires_at)
        } else {
            (PlacesOf::NONE, 0, expires_at)
        }
    }

    /// The slot of a customer, if it has reservations.
    pub(crate) fn customer(&self, customer: CustomerId<&str>) -> Option<u32> {
        self.customers.find(&self.hashing, customer)
    }

    /// Says whom the next new reservations are for, so that they take less time.
    pub(crate) fn prefetch(&self, customers: &[&[u8]]) {
        self.customers.touch(&self.hashing, customers);
    }

    /// A customer's reservations, those that it has had for the shortest time first.
    pub(crate) fn of_customer(&self, customer: u32) -> impl Iterator<Item = u32> {
        let existing = |slot| (slot != NO_SLOT).then_some(slot);
        std::iter::successors(existing(self.customers.get(customer).newest), move |&slot| {
            existing(self.records[slot].older)
        })
    }

    /// The held reservations whose deadline has come, the earliest first.
    pub(crate) fn due(&self, now: Timestamp) -> impl Iterator<Item = u32> {
        self.deadlines.due(now)
    }

    /// Whether a reservation is held and its deadline has come.
    pub(crate) fn is_due(&self, slot: u32, now: Timestamp) -> bool {
        let record = &self.records[slot];
        let is_over = |(allotment, _)| self.allotments[allotment].expires_at.get() <= now;
        record.status() == Status::Held && record.allotment().is_some_and(is_over)
    }

    /// A new reservation, held or confirmed. It is the newest of all.
    pub(crate) fn insert(
        &mut self,
        begun: &Begun,
        customer: CustomerId<&str>,
        places: &TakenPlaces,
    ) -> u32 {
        let customer = self.customers.intern(&self.hashing, customer);
        let stored = self.store(places);
        let older = self.customers.get(customer).newest;
        let expires_at = ShortTime::new(begun.expires_at);
        let allotment = self.allotments.insert(Allotment::new(stored, expires_at, begun.epoch));
        let record = Record::new(begun, customer, older, (allotment, stored.kind()));
        let slot = self.records.insert(record);
        if older != NO_SLOT {
            self.records[older].newer = slot;
        }
        let owner = self.customers.get_mut(customer);
        owner.newest = slot;
        owner.taken += places.count();
        self.ids.insert(slot, &self.records, &self.hashing);
        self.created.push(begun.version, slot);
        self.last.set(slot);
        self.live += 1;
        if begun.status == Status::Held {
            self.deadlines.insert(expires_at.get(), slot);
        }
        if !matches!(places, TakenPlaces::Seats(_) | TakenPlaces::Standing { .. }) {
            self.particulars.set_tickets(&begun.id, places.types(), places.prices());
        }
        slot
    }

    /// Takes a live reservation out, as if it had never been.
    pub(crate) fn remove(&mut self, slot: u32) {
        let customer = self.records[slot].customer;
        if self.records[slot].status() == Status::Held {
            self.deadlines.remove(self.expires_at(slot), slot);
        }
        let taken = self.places(slot).count();
        self.customers.get_mut(customer).taken -= taken;
        self.live -= 1;
        self.drop(slot);
    }

    pub(crate) fn drop_allotment(&mut self, allotment: u32, kind: PlaceKind) {
        if let Stored::Several(group) = self.allotments.remove(allotment).places(kind) {
            self.groups.remove(group);
        }
    }

    /// Forgets a reservation.
    pub(crate) fn drop(&mut self, slot: u32) {
        self.created.remove(slot, &self.records);
        let record = self.records.remove(slot);
        self.ids.remove(slot, &record.id, &self.records, &self.hashing);
        if let Some((allotment, kind)) = record.allotment() {
            self.drop_allotment(allotment, kind);
        }
        self.particulars.remove(&record.id);
        self.unlink(record.customer, record.older, record.newer);
    }

    /// Takes a reservation out of its customer's list, where it is between these two. A customer
    /// without any is dropped.
    fn unlink(&mut self, customer: u32, older: u32, newer: u32) {
        if older != NO_SLOT {
            self.records[older].newer = newer;
        }
        if newer != NO_SLOT {
            self.records[newer].older = older;
            return;
        }
        self.customers.get_mut(customer).newest = older;
        if older == NO_SLOT {
            self.customers.drop(&self.hashing, customer);
        }
    }

    /// Makes a live reservation another customer's. It is the first of its list then.
    pub(crate) fn transfer(&mut self, slot: u32, to: CustomerId<&str>) {
        let places = self.places(slot).count();
        let &Record { customer, older, newer, .. } = &self.records[slot];
        self.customers.get_mut(customer).taken -= places;
        self.unlink(customer, older, newer);
        let to = self.customers.intern(&self.hashing, to);
        let owner = self.customers.get_mut(to);
        owner.taken += places;
        let older = std::mem::replace(&mut owner.newest, slot);
        if older != NO_SLOT {
            self.records[older].newer = slot;
        }
        let record = &mut self.records[slot];
        (record.customer, record.older, record.newer) = (to, older, NO_SLOT);
    }

    /// Makes a held reservation confirmed.
    pub(crate) fn confirm(&mut self, slot: u32) {
        self.records[slot].set_status(Status::Confirmed);
        if mutants::on(Mutant::SweeperExpiresConfirmed) {
            return;
        }
        self.deadlines.remove(self.expires_at(slot), slot);
    }

    /// The inverse of [`confirm`](Self::confirm).
    pub(crate) fn unconfirm(&mut self, slot: u32) {
        self.records[slot].set_status(Status::Held);
        self.deadlines.insert(self.expires_at(slot), slot);
    }

    /// Moves a held reservation's deadline.
    pub(crate) fn extend(&mut self, slot: u32, until: Timestamp) {
        self.deadlines.remove(self.expires_at(slot), slot);
        let until = ShortTime::new(until);
        self.allotment_mut(slot).expires_at = until;
        self.deadlines.insert(until.get(), slot);
    }

    /// Takes some of its places from a live reservation, but never all.
    pub(crate) fn let_go(&mut self, slot: u32, gone: &TakenPlaces) {
        if let Some(left) = self.taken(slot).without(gone) {
            self.replace_places(slot, &left);
        }
    }

    /// The inverse of [`let_go`](Self::let_go).
    pub(crate) fn take_back(&mut self, slot: u32, gone: &TakenPlaces) {
        let all = self.taken(slot).with(gone);
        self.replace_places(slot, &all);
    }

    /// A copy of the places of a reservation, with the types and prices of its tickets.
    pub(crate) fn taken(&self, slot: u32) -> TakenPlaces {
        let places = self.places(slot).to_taken();
        match self.particulars.get(&self.records[slot].id) {
            Some(of) => places.with_tickets(&of.types, &of.prices),
            None => places,
        }
    }

    /// Gives a reservation that has places others.
    pub(crate) fn replace_places(&mut self, slot: u32, places: &TakenPlaces) {
        let before = self.places(slot).count();
        let (allotment, kind) = self.records[slot].allotment().expect("a live one has places");
        if let Stored::Several(group) = self.allotments[allotment].places(kind) {
            self.groups.remove(group);
        }
        let stored = self.store(places);
        self.allotments[allotment].set_places(stored);
        let record = &mut self.records[slot];
        record.set_kind(stored.kind());
        let customer = self.customers.get_mut(record.customer);
        customer.taken = customer.taken - before + places.count();
        self.particulars.set_tickets(&record.id, places.types(), places.prices());
    }

    fn store(&mut self, places: &TakenPlaces) -> Stored {
        match PlacesOf::of(places) {
            PlacesOf::Seats(&[seat]) => Stored::One(seat),
            PlacesOf::Seats(seats) => Stored::Several(self.groups.insert(seats.into())),
            PlacesOf::Standing { section, places } => Stored::Standing { section, places },
        }
    }
}
