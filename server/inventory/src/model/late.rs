//! The [`model`](super)'s late payments.

use super::decide::invalid;
use super::state::{Answer, Booked, Model};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::{PlaceState, Sales};
use boxoffice_protocol::limits::{MAX_LATE_MS, REMEMBERED_MS};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Keep, Status};
use boxoffice_protocol::time::Timestamp;

impl Model {
    /// Reinstates an expired hold. It is forfeited if a place is not free.
    pub(super) fn reinstate(&self, one: &Booked, keep: Option<&Keep>, now: Timestamp) -> Answer {
        if now.as_ms() >= one.expires_at.as_ms() + MAX_LATE_MS {
            return Err(Refusal::ReservationNotFound);
        }
        if self.terms.sales == Sales::Cancelled {
            return Err(Refusal::EventCancelled);
        }
        if keep.is_some() {
            return Err(invalid("keep"));
        }
        if !self.is_free_again(one, now) {
            return Err(Refusal::WrongStatus { status: Status::Forfeited });
        }
        let (id, places) = (one.id, one.places.clone());
        // Whole minutes are remembered.
        let ended_at = one.ended_at.unwrap_or(now).max(id.time()).as_ms() + REMEMBERED_MS;
        let until = Timestamp::from_ms(ended_at - ended_at % 60_000 + 59_999);
        Ok(Some(Change::Reinstated { id, places, until }))
    }

    /// Whether all places that a reservation had could be taken.
    pub fn is_free_again(&self, one: &Booked, now: Timestamp) -> bool {
        let Some(seats) = one.places.seats() else {
            let section = one.places.section().expect("standing places");
            return self.counts(section.into(), now).free >= u64::from(one.places.count());
        };
        let all = Self::all_seats(self.sections());
        let is_free = |seat| all.contains(seat) && self.state(*seat, now) == PlaceState::Free;
        seats.iter().all(is_free)
    }
}
