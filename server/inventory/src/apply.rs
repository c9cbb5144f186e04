//! Applying a change, and reverting it.

use crate::changed_terms::has_new_prices;
use crate::decision::EXPIRY_CHUNK;
use crate::ended_lately::Ending;
use crate::forgetting::FORGET_A_CHANGE;
use crate::inventory::{Inventory, prices};
use crate::places_of::PlacesOf;
use crate::record::{Begun, Epoch, NO_SLOT, minute, place_state};
use crate::section_index::SectionIndex;
use crate::sections::{self, put};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{
    Change, NewReservation, Recorded, TakenPlaces, TermChange, Updated,
};
use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use smallvec::SmallVec;
use std::sync::Arc;

impl Inventory {
    /// Makes a change that was decided on this state, or replays one that was.
    ///
    /// # Panics
    /// If the change cannot follow this state: going on could sell a seat twice.
    pub fn apply(&mut self, recorded: &Recorded) {
        debug_assert_eq!(recorded.version, self.version + 1, "changes have no gaps");
        self.version = recorded.version;
        match &recorded.change {
            Change::Created(_) => debug_assert!(false, "an inventory begins with its creation"),
            Change::Updated(updated) => {
                let Updated { terms, blocked, unblocked } = &**updated;
                self.put_seats(unblocked, PlaceState::Blocked, PlaceState::Free);
                for change in terms.iter() {
                    self.terms.make(change);
                    sections::make(&mut self.sections, change);
                }
                self.index_sections(terms);
                self.renew_window(terms, recorded.at);
                self.put_seats(blocked, PlaceState::Free, PlaceState::Blocked);
                if has_new_prices(terms) {
                    self.epochs.push(prices(&self.terms.spec));
                }
            }
            Change::Held(new) => self.begin(new, recorded.at, Status::Held),
            Change::Reserved(new) => self.begin(new, recorded.at, Status::Confirmed),
            Change::Confirmed { id, let_go } => {
                let slot = self.book.slot(id);
                self.let_go(slot, let_go.as_ref(), PlaceState::Held);
                self.put_all(slot, PlaceState::Held, PlaceState::Sold);
                self.book.confirm(slot);
            }
            Change::Extended { id, to, .. } => self.book.extend(self.book.slot(id), *to),
            Change::Released { id, let_go: Some(let_go) } => {
                self.let_go(self.book.slot(id), Some(let_go), PlaceState::Held);
            }
            Change::Cancelled { id, let_go: Some(let_go) } => {
                self.let_go(self.book.slot(id), Some(let_go), PlaceState::Sold);
            }
            Change::Released { id, let_go: None } => {
                self.end(self.book.slot(id), Status::Released, recorded.at);
            }
            Change::Cancelled { id, let_go: None } => {
                self.end(self.book.slot(id), Status::Cancelled, recorded.at);
            }
            Change::Expired { ids } => {
                for slot in self.slots(ids) {
                    self.end(slot, Status::Expired, recorded.at);
                }
            }
            Change::Deleted => self.deleted_at = Some(recorded.at),
            Change::Transferred { id, to, .. } => self.make_transfer(id, to),
            Change::Exchanged { id, to, .. } => self.make_exchange(id, to),
            Change::SalesMoved { to, .. } => self.move_sales(*to),
            Change::Ordered { id, order } => self.book.particulars.set_order(id, order),
            Change::ConfirmedTogether { ids } => self.confirm_all(ids),
            Change::Reinstated { id, .. } => self.revive(self.book.slot(id), Status::Confirmed),
            Change::Forfeited { id, .. } => self.book.forfeit(self.book.slot(id), recorded.at),
        }
        self.forget(recorded.at, FORGET_A_CHANGE);
    }

    /// Takes back the last change that was applied; it must be less than a day old, and not
    /// [sealed](Self::seal). No answer shows that it ever was.
    pub fn revert(&mut self, recorded: &Recorded) {
        debug_assert_eq!(recorded.version, self.version, "only the last change is taken back");
        self.version = recorded.version - 1;
        match &recorded.change {
            Change::Created(_) => self.deleted_at = Some(recorded.at),
            Change::Updated(updated) => {
                let Updated { terms, blocked, unblocked } = &**updated;
                self.put_seats(blocked, PlaceState::Blocked, PlaceState::Free);
                for change in terms.iter().rev() {
                    self.terms.take_back(change);
                    sections::take_back(&mut self.sections, change);
                }
                self.index_sections(terms);
                self.renew_window(terms, recorded.at);
                self.put_seats(unblocked, PlaceState::Free, PlaceState::Blocked);
                if has_new_prices(terms) {
                    self.epochs.pop();
                }
            }
            Change::Held(new) => self.unbegin(new, PlaceState::Held),
            Change::Reserved(new) => self.unbegin(new, PlaceState::Sold),
            Change::Confirmed { id, let_go } => {
                let slot = self.book.slot(id);
                self.book.unconfirm(slot);
                self.put_all(slot, PlaceState::Sold, PlaceState::Held);
                self.take_back(slot, let_go.as_ref(), PlaceState::Held);
            }
            Change::Extended { id, from, .. } => self.book.extend(self.book.slot(id), *from),
            Change::Released { id, let_go: Some(let_go) } => {
                self.take_back(self.book.slot(id), Some(let_go), PlaceState::Held);
            }
            Change::Cancelled { id, let_go: Some(let_go) } => {
                self.take_back(self.book.slot(id), Some(let_go), PlaceState::Sold);
            }
            Change::Released { id, let_go: None } => {
                self.revive(self.book.slot(id), Status::Held);
            }
            Change::Cancelled { id, let_go: None } => {
                self.revive(self.book.slot(id), Status::Confirmed);
            }
            Change::Expired { ids } => {
                for slot in self.slots(ids).into_iter().rev() {
                    self.revive(slot, Status::Held);
                }
            }
            Change::Deleted => self.deleted_at = None,
            Change::Transferred { id, from, .. } => self.take_back_transfer(id, from),
            Change::Exchanged { id, from, .. } => self.take_back_exchange(id, from),
            Change::SalesMoved { from, .. } => self.move_sales(*from),
            Change::Ordered { id, order } => self.book.particulars.take_order_back(id, order),
            Change::ConfirmedTogether { ids } => self.unconfirm_all(ids),
            Change::Reinstated { id, until, .. } => {
                let slot = self.book.slot(id);
                self.put_all(slot, PlaceState::Sold, PlaceState::Free);
                self.book.expire_again(slot, *until);
            }
            Change::Forfeited { id, until } => {
                self.book.end_anew(self.book.slot(id), Status::Expired, minute(*until));
            }
        }
    }

    /// No change up to `version` will be taken back: what was kept for that takes no more memory.
    /// Until then [`seen`](Self::seen) can be asked about the last change.
    pub fn seal(&mut self, version: u64) {
        self.book.seal(version);
    }

    /// Drops reservations from memory that are forgotten anyway, at most so many. No answer shows
    /// it; for events without further changes.
    pub fn forget(&mut self, now: Timestamp, most: usize) {
        self.book.forget(now, most);
        if let Some(rest) = self.predecessors.forgotten_at(now) {
            self.predecessors = Arc::new(rest);
        }
    }

    /// When something is due or an ended reservation forgotten, whichever is first.
    pub fn next_to_sweep(&self) -> Option<Timestamp> {
        let forgetting = self.book.forgetting.next();
        let predecessors = self.predecessors.kept_until();
        let forgetting = [forgetting, predecessors].into_iter().flatten().min();
        // Both are remembered until the last moment of that time.
        let forgetting = forgetting.map(|until| until.plus(core::time::Duration::from_millis(1)));
        [self.next_due(), forgetting].into_iter().flatten().min()
    }

    fn begin(&mut self, new: &NewReservation, at: Timestamp, status: Status) {
        let begun = Begun {
            id: new.id,
            fingerprint: new.fingerprint,
            created_at: at,
            expires_at: new.expires_at,
            version: self.version,
            epoch: Epoch::new(self.epochs.len() - 1),
            status,
        };
        let slot = self.book.insert(&begun, new.customer.borrowed(), &new.places);
        self.put_all(slot, PlaceState::Free, place_state(status));
        if let Some(order) = &new.order {
            self.book.particulars.set_order(&new.id, order);
        }
    }

    fn unbegin(&mut self, new: &NewReservation, state: PlaceState) {
        let slot = self.book.slot(&new.id);
        self.put_all(slot, state, PlaceState::Free);
        self.book.remove(slot);
    }

    /// The slots of these reservations, found before any of them is changed: the processor waits
    /// for their memory once and not once for each.
    fn slots(&self, ids: &[ReservationId]) -> SmallVec<[u32; EXPIRY_CHUNK]> {
        ids.iter().map(|id| self.book.slot(id)).collect()
    }

    fn end(&mut self, slot: u32, status: Status, at: Timestamp) {
        if !mutants::on(Mutant::ReleaseKeepsSeats) {
            let before = place_state(self.book.records[slot].status());
            self.put_all(slot, before, PlaceState::Free);
        }
        self.book.end(slot, status, Ending { version: self.version, at });
    }

    fn revive(&mut self, slot: u32, status: Status) {
        self.book.revive(slot, status);
        self.put_all(slot, PlaceState::Free, place_state(status));
    }

    pub(crate) fn put_all(&mut self, slot: u32, from: PlaceState, to: PlaceState) {
        put(&mut self.sections, self.book.places(slot), from, to, slot);
    }

    fn let_go(&mut self, slot: u32, gone: Option<&TakenPlaces>, state: PlaceState) {
        if let Some(gone) = gone {
            put(&mut self.sections, PlacesOf::of(gone), state, PlaceState::Free, NO_SLOT);
            self.book.let_go(slot, gone);
        }
    }

    fn take_back(&mut self, slot: u32, gone: Option<&TakenPlaces>, state: PlaceState) {
        if let Some(gone) = gone {
            self.book.take_back(slot, gone);
            put(&mut self.sections, PlacesOf::of(gone), PlaceState::Free, state, slot);
        }
    }

    /// Blocks free seats, or frees blocked ones.
    fn put_seats(&mut self, seats: &[Seat], from: PlaceState, to: PlaceState) {
        put(&mut self.sections, PlacesOf::Seats(seats), from, to, NO_SLOT);
    }

    /// Makes the index of the sections anew, if a change adds one or takes that back.
    fn index_sections(&mut self, terms: &[TermChange]) {
        if terms.iter().any(|change| matches!(change, TermChange::Added(_))) {
            self.by_name = SectionIndex::new(&self.terms.spec.sections);
        }
    }
}
