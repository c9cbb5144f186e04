//! Decisions, and the expiries that have to be recorded before one.

use crate::inventory::Inventory;
use crate::places_of::PlacesOf;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::limits::MAX_EXPIRED_TOGETHER;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::time::Timestamp;
use std::iter::once;

/// Holds that are expired at once, at most: for as long the event's lock is held.
pub const EXPIRY_CHUNK: usize = MAX_EXPIRED_TOGETHER;

/// The seats that end a chunk of expiries: a hold of a hundred costs more than one of a few.
pub(crate) const EXPIRY_SEATS: usize = 256;

/// The decision about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Something is due that the answer depends on: record and apply this expiry of at most
    /// [`EXPIRY_CHUNK`] holds, or this move of the sales window, then decide again.
    ExpireFirst(Change),
    /// The answer: record and apply this change, which is the command's effect; or nothing is to be
    /// done, it is so already; or no.
    Answer(Result<Option<Change>, Refusal>),
}

/// Why a decision ends before there is a change.
pub(crate) enum Stop {
    /// Holds are due that what comes next depends on; this expires some of them.
    Expire(Change),
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

    /// What is due at `now`: a move of the sales window, then the expiry of one chunk of holds, the
    /// earliest deadline first.
    pub fn due_chunk(&self, now: Timestamp) -> Option<Change> {
        if self.is_deleted() {
            return None;
        }
        self.due_move(now).or_else(|| self.chunk(self.book.due(now)))
    }

    /// The expiry of one chunk of those of these reservations that are due at `now`; a move of the
    /// sales window that is due comes before it.
    pub fn due_chunk_of<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a ReservationId>,
        now: Timestamp,
    ) -> Option<Change> {
        let slots = ids.into_iter().filter_map(|id| self.book.find(id));
        let expiry = self.chunk(slots.filter(|&slot| self.book.is_due(slot, now)))?;
        Some(self.due_move(now).unwrap_or(expiry))
    }

    /// Ends the decision if any of these reservations is a hold that is due.
    pub(crate) fn expire_first(
        &self,
        slots: impl IntoIterator<Item = u32>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let mut due = slots.into_iter().filter(|&slot| self.book.is_due(slot, now));
        let Some(first) = due.next() else { return Ok(()) };
        self.chunk(once(first).chain(due)).map_or(Ok(()), |expiry| Err(Stop::Expire(expiry)))
    }

    /// Ends the decision if any hold is due.
    pub(crate) fn expire_all_first(&self, now: Timestamp) -> Result<(), Stop> {
        match self.due_chunk(now) {
            Some(expiry) if !mutants::on(Mutant::ExpiryNotRecorded) => Err(Stop::Expire(expiry)),
            _ => Ok(()),
        }
    }

    /// The expiry of the first of these holds, of as many as are expired at once.
    fn chunk(&self, slots: impl IntoIterator<Item = u32>) -> Option<Change> {
        let mut seats = 0;
        let has_room = |&slot: &u32| {
            let before = seats;
            if let PlacesOf::Seats(of_hold) = self.book.places(slot) {
                seats += of_hold.len();
            }
            before < EXPIRY_SEATS
        };
        let first = slots.into_iter().take_while(has_room).take(EXPIRY_CHUNK);
        let ids: Vec<ReservationId> = first.map(|slot| self.book.records[slot].id).collect();
        (!ids.is_empty()).then(|| Change::Expired { ids: ids.into() })
    }
}
