//! The reservations of an event, live and ended, and the ways to find them: by id, by customer, by
//! deadline.

use super::customers::Customers;
use super::hashing::Hashing;
use super::ids::Ids;
use super::record::{Epoch, NOBODY, Record, Stored};
use super::slab::Slab;
use crate::mutant::{self, Mutant};
use boxoffice_protocol::change::{NewReservation, TakenPlaces};
use boxoffice_protocol::id::{CustomerId, ReservationId, Seat};
use boxoffice_protocol::limits::MAX_ID_AGE_MS;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use smallvec::SmallVec;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::slice;

/// Everything that is known of reservations. It knows nothing of the sections: who changes a
/// reservation here changes its seats there.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) records: Slab<Record>,
    pub(super) groups: Slab<Box<[Seat]>>,
    pub(super) customers: Customers,
    pub(super) ids: Ids,
    /// The deadlines of the held ones.
    pub(super) deadlines: BTreeSet<(Timestamp, u32)>,
    /// Until when the ended ones are remembered, by slot and in the order of forgetting.
    pub(super) remembered_until: BTreeMap<u32, Timestamp>,
    pub(super) forgetting: BTreeSet<(Timestamp, u32)>,
    pub(super) live: u64,
    hashing: Hashing,
    /// The slot that was found or filled last: a request looks for its reservation to decide, to
    /// apply, and to answer.
    last: Cell<u32>,
}

/// What was found where a reservation was looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    pub(super) slot: u32,
    /// Whether it is that reservation, forgotten or not; otherwise it is another one.
    pub(super) is_there: bool,
}

/// The places of a reservation, where they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlacesOf<'a> {
    Seats(&'a [Seat]),
    Standing { section: u8, places: u32 },
}

impl PlacesOf<'_> {
    /// How many there are.
    pub(super) fn count(self) -> u32 {
        match self {
            Self::Seats(seats) => seats.len().try_into().unwrap_or(u32::MAX),
            Self::Standing { places, .. } => places,
        }
    }

    /// A copy of its own.
    pub(super) fn to_taken(self) -> TakenPlaces {
        match self {
            Self::Seats(seats) => TakenPlaces::Seats(SmallVec::from_slice(seats).into()),
            Self::Standing { section, places } => TakenPlaces::Standing { section, places },
        }
    }
}

impl Book {
    /// An empty one, whose hash tables are keyed by `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            records: Slab::default(),
            groups: Slab::default(),
            customers: Customers::default(),
            ids: Ids::default(),
            deadlines: BTreeSet::new(),
            remembered_until: BTreeMap::new(),
            forgetting: BTreeSet::new(),
            live: 0,
            hashing: Hashing::new(seed),
            last: Cell::new(NOBODY),
        }
    }

    /// The slot of a reservation, forgotten or not.
    pub(super) fn find(&self, id: &ReservationId) -> Option<u32> {
        if self.records.get(self.last.get()).is_some_and(|record| record.id == *id) {
            return Some(self.last.get());
        }
        let slot = self.ids.find(id, &self.records, &self.hashing)?;
        self.last.set(slot);
        Some(slot)
    }

    /// Where a reservation is; where there is none, another one, so that whoever then looks at it
    /// does the same work. Nothing where there are hardly any.
    pub(super) fn seek(&self, id: &ReservationId) -> Option<Sought> {
        match self.ids.find(id, &self.records, &self.hashing) {
            Some(slot) => {
                self.last.set(slot);
                Some(Sought { slot, is_there: true })
            }
            None => {
                let [.., a, b, c, d] = *id.as_bytes();
                let slot = self.records.any(u32::from_be_bytes([a, b, c, d]).into())?;
                Some(Sought { slot, is_there: false })
            }
        }
    }

    /// The slot of a reservation that a change is about.
    pub(super) fn slot(&self, id: &ReservationId) -> u32 {
        self.find(id).expect("changes are applied to the state that they were decided on")
    }

    /// Whether a reservation is forgotten at `now`: so long after its end that nobody may ask for
    /// it any more, though it may be in memory still. It ended more than a day ago, and a new
    /// reservation with its id would be refused, because that is older than a day too.
    pub(super) fn is_forgotten(&self, slot: u32, now: Timestamp) -> bool {
        self.remembered_until.get(&slot).is_some_and(|&until| until < now)
    }

    /// The places of a reservation.
    pub(super) fn places(&self, slot: u32) -> PlacesOf<'_> {
        match &self.records[slot].places {
            Stored::One(seat) => PlacesOf::Seats(slice::from_ref(seat)),
            Stored::Several(group) => PlacesOf::Seats(&self.groups[*group]),
            &Stored::Standing { section, places } => PlacesOf::Standing { section, places },
        }
    }

    /// The slot of a customer, if it has reservations.
    pub(super) fn customer(&self, customer: &CustomerId) -> Option<u32> {
        self.customers.find(&self.hashing, customer)
    }

    /// Says whom the next new reservations are for, so that they take less time.
    pub(super) fn foresee(&self, customers: &[&[u8]]) {
        self.customers.touch(&self.hashing, customers);
    }

    /// A customer's reservations, the newest first.
    pub(super) fn of_customer(&self, customer: u32) -> impl Iterator<Item = u32> {
        let existing = |slot| (slot != NOBODY).then_some(slot);
        std::iter::successors(existing(self.customers.get(customer).newest), move |&slot| {
            existing(self.records[slot].older)
        })
    }

    /// The held reservations whose deadline has come, the earliest first.
    pub(super) fn due(&self, now: Timestamp) -> impl Iterator<Item = u32> {
        self.deadlines.range(..=(now, u32::MAX)).map(|&(_, slot)| slot)
    }

    /// Whether a reservation is held and its deadline has come.
    pub(super) fn is_due(&self, slot: u32, now: Timestamp) -> bool {
        let record = &self.records[slot];
        record.status == Status::Held && record.expires_at <= now
    }

    /// A new reservation, held or confirmed.
    pub(super) fn insert(
        &mut self,
        new: &NewReservation,
        created_at: Timestamp,
        status: Status,
        epoch: Epoch,
    ) -> u32 {
        let slot = self.records.next_slot();
        self.insert_at(slot, new, created_at, status, epoch);
        slot
    }

    /// A reservation, held or confirmed, in a slot that is vacant or has never been used. It is its
    /// customer's newest.
    pub(super) fn insert_at(
        &mut self,
        slot: u32,
        new: &NewReservation,
        created_at: Timestamp,
        status: Status,
        epoch: Epoch,
    ) {
        let customer = self.customers.intern(&self.hashing, &new.customer);
        let places = self.store(&new.places);
        let older = self.customers.get(customer).newest;
        let record = Record {
            id: new.id,
            fingerprint: new.fingerprint,
            created_at,
            expires_at: new.expires_at,
            customer,
            older,
            newer: NOBODY,
            places,
            epoch,
            status,
        };
        self.records.insert_at(slot, record);
        if older != NOBODY {
            self.records[older].newer = slot;
        }
        let owner = self.customers.get_mut(customer);
        owner.newest = slot;
        owner.taken += new.places.count();
        self.ids.insert(slot, &self.records, &self.hashing);
        self.last.set(slot);
        self.live += 1;
        if status == Status::Held {
            self.deadlines.insert((new.expires_at, slot));
        }
    }

    /// Takes a live reservation out, as if it had never been.
    pub(super) fn remove(&mut self, slot: u32) {
        let record = &self.records[slot];
        if record.status == Status::Held {
            self.deadlines.remove(&(record.expires_at, slot));
        }
        let taken = self.places(slot).count();
        self.customers.get_mut(record.customer).taken -= taken;
        self.live -= 1;
        self.drop(slot);
    }

    /// Drops up to `most` reservations that are forgotten at `now`.
    pub(super) fn forget(&mut self, now: Timestamp, most: usize) {
        for _ in 0..most {
            match self.forgetting.first() {
                Some(&(until, slot)) if until < now => {
                    self.forgetting.pop_first();
                    self.remembered_until.remove(&slot);
                    self.drop(slot);
                }
                _ => return,
            }
        }
    }

    fn drop(&mut self, slot: u32) {
        let record = self.records.remove(slot);
        self.ids.remove(slot, &record.id, &self.records, &self.hashing);
        if let Stored::Several(group) = record.places {
            self.groups.remove(group);
        }
        if record.older != NOBODY {
            self.records[record.older].newer = record.newer;
        }
        if record.newer != NOBODY {
            self.records[record.newer].older = record.older;
            return;
        }
        self.customers.get_mut(record.customer).newest = record.older;
        if record.older == NOBODY {
            self.customers.drop(&self.hashing, record.customer);
        }
    }

    /// Ends a live reservation. It keeps what it had at last, for who asks.
    pub(super) fn end(&mut self, slot: u32, status: Status, at: Timestamp) {
        let taken = self.places(slot).count();
        let record = &mut self.records[slot];
        if record.status == Status::Held {
            self.deadlines.remove(&(record.expires_at, slot));
        }
        record.status = status;
        self.customers.get_mut(record.customer).taken -= taken;
        self.live -= 1;
        let until = remembered_until(record.id, at);
        self.remembered_until.insert(slot, until);
        self.forgetting.insert((until, slot));
    }

    /// The inverse of [`end`](Self::end).
    pub(super) fn revive(&mut self, slot: u32, status: Status) {
        let taken = self.places(slot).count();
        let record = &mut self.records[slot];
        record.status = status;
        if status == Status::Held {
            self.deadlines.insert((record.expires_at, slot));
        }
        self.customers.get_mut(record.customer).taken += taken;
        self.live += 1;
        let until = self.remembered_until.remove(&slot).expect("it had ended");
        self.forgetting.remove(&(until, slot));
    }

    /// Makes a held reservation confirmed.
    pub(super) fn confirm(&mut self, slot: u32) {
        let record = &mut self.records[slot];
        record.status = Status::Confirmed;
        if mutant::on(Mutant::SweeperExpiresConfirmed) {
            return;
        }
        self.deadlines.remove(&(record.expires_at, slot));
    }

    /// The inverse of [`confirm`](Self::confirm).
    pub(super) fn unconfirm(&mut self, slot: u32) {
        let record = &mut self.records[slot];
        record.status = Status::Held;
        self.deadlines.insert((record.expires_at, slot));
    }

    /// Moves a held reservation's deadline.
    pub(super) fn extend(&mut self, slot: u32, until: Timestamp) {
        let record = &mut self.records[slot];
        self.deadlines.remove(&(record.expires_at, slot));
        record.expires_at = until;
        self.deadlines.insert((until, slot));
    }

    /// Takes some of its places from a live reservation, but never all.
    pub(super) fn let_go(&mut self, slot: u32, gone: &TakenPlaces) {
        let left = match (self.places(slot), gone) {
            (PlacesOf::Seats(seats), TakenPlaces::Seats(gone)) => TakenPlaces::Seats(
                seats.iter().copied().filter(|seat| gone.binary_search(seat).is_err()).collect(),
            ),
            (PlacesOf::Standing { section, places }, gone) => {
                TakenPlaces::Standing { section, places: places - gone.count() }
            }
            (seats, TakenPlaces::Standing { .. }) => seats.to_taken(),
        };
        self.replace_places(slot, &left);
    }

    /// The inverse of [`let_go`](Self::let_go).
    pub(super) fn take_back(&mut self, slot: u32, gone: &TakenPlaces) {
        let all = match (self.places(slot), gone) {
            (PlacesOf::Seats(seats), TakenPlaces::Seats(gone)) => {
                let mut all: SmallVec<[Seat; 2]> = seats.iter().chain(gone).copied().collect();
                all.sort_unstable();
                TakenPlaces::Seats(all.into())
            }
            (PlacesOf::Standing { section, places }, gone) => {
                TakenPlaces::Standing { section, places: places + gone.count() }
            }
            (seats, TakenPlaces::Standing { .. }) => seats.to_taken(),
        };
        self.replace_places(slot, &all);
    }

    fn replace_places(&mut self, slot: u32, places: &TakenPlaces) {
        let before = self.places(slot).count();
        if let Stored::Several(group) = self.records[slot].places {
            self.groups.remove(group);
        }
        let stored = self.store(places);
        let record = &mut self.records[slot];
        record.places = stored;
        let customer = self.customers.get_mut(record.customer);
        customer.taken = customer.taken - before + places.count();
    }

    fn store(&mut self, places: &TakenPlaces) -> Stored {
        match places {
            TakenPlaces::Seats(seats) => match seats.as_slice() {
                [seat] => Stored::One(*seat),
                seats => Stored::Several(self.groups.insert(seats.into())),
            },
            &TakenPlaces::Standing { section, places } => Stored::Standing { section, places },
        }
    }
}

/// An ended reservation is remembered for a day: from its end, so that who ended it can ask again,
/// and at least until nobody could begin another one with its id.
pub(crate) fn remembered_until(id: ReservationId, ended_at: Timestamp) -> Timestamp {
    if mutant::on(Mutant::ForgottenTooEarly) {
        return ended_at.plus(core::time::Duration::from_secs(60));
    }
    let from = id.time().max(ended_at);
    Timestamp::from_ms(from.as_ms().saturating_add(MAX_ID_AGE_MS))
}
