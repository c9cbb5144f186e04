//! Late payments: a hold that expired comes back if its places are free still, or is forfeited.

use crate::decision::{Outcome, Stop};
use crate::inventory::Inventory;
use crate::places_of::PlacesOf;
use crate::record::end_of;
use crate::sections;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::{PlaceState, Sales};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::limits::MAX_LATE_MS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Keep;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

impl Inventory {
    /// Reinstates an expired hold with the same places and prices. If one of them is not free, the
    /// refusal rests on that it is forfeited, which is recorded first. No limit or window is asked.
    pub(crate) fn reinstate(&self, slot: u32, keep: Option<&Keep>, now: Timestamp) -> Outcome {
        if now >= self.book.expires_at(slot).plus(Duration::from_millis(MAX_LATE_MS)) {
            return Err(Refusal::ReservationNotFound.into());
        }
        if self.terms.sales == Sales::Cancelled {
            return Err(Refusal::EventCancelled.into());
        }
        if keep.is_some() {
            let why = "an expired hold comes back with all its places; leave it out";
            return Err(Refusal::invalid("keep", why).into());
        }
        let id = self.book.records[slot].id;
        let until = self.book.last_minute(slot).map_or(now, end_of);
        if self.are_free(slot, now)? {
            let places = self.book.taken(slot);
            return Ok(Some(Change::Reinstated { id, places, until }));
        }
        Err(Stop::Expire(Change::Forfeited { id, until }))
    }

    /// Whether the places that a reservation had are free, after what is due of others.
    fn are_free(&self, slot: u32, now: Timestamp) -> Result<bool, Stop> {
        if mutants::on(Mutant::ReinstatedOverAnother) {
            return Ok(true);
        }
        match self.book.places(slot) {
            PlacesOf::Seats(seats) => {
                let state = |&seat: &Seat| sections::state(&self.sections, seat);
                let is_free = |seat: &Seat| state(seat) == Some(PlaceState::Free);
                if seats.iter().all(is_free) {
                    return Ok(true);
                }
                self.expire_first(self.holders(seats), now)?;
                Ok(false)
            }
            PlacesOf::Standing { section, places } => {
                if self.sections[usize::from(section)].counts.free >= places.into() {
                    return Ok(true);
                }
                self.expire_all_first(now)?;
                Ok(false)
            }
        }
    }
}
