//! Decisions, and the expiries that have to be recorded before one.

use crate::book::PlacesOf;
use crate::inventory::Inventory;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::time::Timestamp;

/// Holds that are expired at once, at most: for as long the event's lock is held.
pub const EXPIRY_CHUNK: usize = 64;

/// The seats that end a chunk of expiries: a hold of a hundred costs more than one of a few.
pub(crate) const EXPIRY_SEATS: usize = 256;

/// The decision about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Holds are due, and the answer depends on them: record and apply these (at least one, at most
    /// [`EXPIRY_CHUNK`]), then decide again.
    ExpireFirst(Vec<Change>),
    /// The answer: record and apply this change, which is the command's effect; or nothing is to be
    /// done, it is so already; or no.
    Answer(Result<Option<Change>, Refusal>),
}

/// Why a decision ends before there is a change.
pub(crate) enum Stop {
    /// These holds are due, and what comes next depends on them.
    Expire(Vec<Change>),
    Refuse(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

/// The change that a command comes to; none if it is so already.
pub(crate) type Outcome = Result<Option<Change>, Stop>;

impl Inventory {
    /// The slot of a reservation that is not forgotten.
    pub(crate) fn known(&self, id: &ReservationId, now: Timestamp) -> Option<u32> {
        self.book.find(id).filter(|&slot| !self.book.is_forgotten(slot, now))
    }

    /// One chunk of the expiries that are due at `now`, the earliest deadline first.
    pub fn due_chunk(&self, now: Timestamp) -> Vec<Change> {
        if self.is_deleted() {
            return Vec::new();
        }
        self.chunk(self.book.due(now))
    }

    /// One chunk of the expiries of those of these reservations that are due at `now`.
    pub fn due_chunk_of<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a ReservationId>,
        now: Timestamp,
    ) -> Vec<Change> {
        let slots = ids.into_iter().filter_map(|id| self.book.find(id));
        self.chunk(slots.filter(|&slot| self.book.is_due(slot, now)))
    }

    /// The expiries of up to `most` holds that are due at `now`, the earliest deadline first.
    pub fn due(&self, now: Timestamp, most: usize) -> Vec<Change> {
        if self.is_deleted() {
            return Vec::new();
        }
        self.expiries(self.book.due(now).take(most))
    }

    /// Ends the decision if any of these reservations is a hold that is due.
    pub(crate) fn expire_first(
        &self,
        slots: impl IntoIterator<Item = u32>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let due = slots.into_iter().filter(|&slot| self.book.is_due(slot, now));
        let expiries = self.chunk(due);
        if expiries.is_empty() { Ok(()) } else { Err(Stop::Expire(expiries)) }
    }

    /// Ends the decision if any hold is due.
    pub(crate) fn expire_all_first(&self, now: Timestamp) -> Result<(), Stop> {
        let expiries = self.due_chunk(now);
        if expiries.is_empty() || mutants::on(Mutant::ExpiryNotRecorded) {
            Ok(())
        } else {
            Err(Stop::Expire(expiries))
        }
    }

    /// The expiries of the first of these holds, as many as are expired at once.
    fn chunk(&self, slots: impl IntoIterator<Item = u32>) -> Vec<Change> {
        let mut seats = 0;
        let has_room = |&slot: &u32| {
            let before = seats;
            if let PlacesOf::Seats(of_hold) = self.book.places(slot) {
                seats += of_hold.len();
            }
            before < EXPIRY_SEATS
        };
        self.expiries(slots.into_iter().take_while(has_room).take(EXPIRY_CHUNK))
    }

    /// The expiries of these holds.
    fn expiries(&self, slots: impl IntoIterator<Item = u32>) -> Vec<Change> {
        let expired = |slot| Change::Expired { id: self.book.records[slot].id };
        slots.into_iter().map(expired).collect()
    }
}
