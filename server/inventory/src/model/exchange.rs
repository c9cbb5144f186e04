//! The [`model`](super)'s exchanges.

use super::decide::invalid;
use super::places::{TypedPlace, each, taken};
use super::state::{Answer, Booked, Model};
use crate::command::Exchange;
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Selection, Status};
use boxoffice_protocol::time::Timestamp;

impl Model {
    pub(super) fn exchange(&self, ask: Exchange<'_>, now: Timestamp) -> Answer {
        let one = self.owned(ask.id, ask.customer, now)?;
        match one.status_at(now) {
            Status::Held | Status::Confirmed => {}
            Status::Expired => return Err(Refusal::HoldExpired),
            status => return Err(Refusal::WrongStatus { status }),
        }
        let have = each(&one.places);
        let wanted = self.wanted(&have, ask.to);
        let unpriced = |places: &[TypedPlace]| -> Vec<TypedPlace> {
            places.iter().map(|&(section, seat, of, _)| (section, seat, of, None)).collect()
        };
        if wanted.as_ref().is_ok_and(|wanted| *wanted == unpriced(&have)) {
            return Ok(None);
        }
        if one.revision != ask.if_revision {
            return Err(Refusal::RevisionConflict { current: one.revision });
        }
        self.check_sales(now)?;
        let mut wanted = wanted?;
        self.set_prices(one, &mut wanted)?;
        let (had, many) = (have.len(), wanted.len());
        if many > had {
            let more = u32::try_from(many - had).expect("a few");
            self.check_limit(ask.customer, more, now)?;
        }
        self.check_there(&have, &wanted, now)?;
        let total = wanted.iter().map(|&place| one.price(place)).sum();
        if ask.to.limit().is_some_and(|most| total > most) {
            return Err(Refusal::PriceChanged { total });
        }
        let is_as_made = wanted.iter().all(|&place| one.did_cost(place, place.3.expect("a price")));
        let wanted = if is_as_made { unpriced(&wanted) } else { wanted };
        let to = taken(wanted).expect("at least one");
        Ok(Some(Change::Exchanged { id: one.id, from: one.places.clone(), to }))
    }

    /// The places of a selection with their types, in their order.
    fn wanted(&self, have: &[TypedPlace], to: &Selection) -> Result<Vec<TypedPlace>, Refusal> {
        let (selection, types) = to.parts();
        let (exact, section, count) = self.understood(selection)?;
        if matches!(selection, Selection::Best { .. }) {
            return Err(invalid("seats"));
        }
        let types = match types {
            Some(_) => self.requested_types(selection, types, count)?,
            None => Vec::new(),
        };
        let mut places = Vec::new();
        for index in 0..count as usize {
            let seat = exact.get(index).copied();
            let section = seat.map(Seat::section).or(section).expect("a section");
            let of = match types.get(index) {
                Some(&of) => of,
                None => kept_type(have, (section, seat), index, count)?,
            };
            places.push((section, seat, of, None));
        }
        places.sort_unstable();
        Ok(places)
    }

    /// Each place costs what it did, if it stays, and what it costs today, if it is new.
    fn set_prices(&self, one: &Booked, wanted: &mut [TypedPlace]) -> Result<(), Refusal> {
        let mut had: Vec<TypedPlace> = each(&one.places);
        for place in wanted {
            let stays =
                had.iter().position(|had| (had.0, had.1, had.2) == (place.0, place.1, place.2));
            place.3 = match stays {
                Some(index) => Some(one.price(had.remove(index))),
                None => {
                    self.check_ticket(place.0, place.2)?;
                    self.prices()[usize::from(place.0)][usize::from(place.2)]
                }
            };
        }
        Ok(())
    }

    fn check_there(
        &self,
        have: &[TypedPlace],
        wanted: &[TypedPlace],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if let &[(section, None, ..), ..] = wanted {
            let own = have.iter().filter(|place| (place.0, place.1) == (section, None)).count();
            let free = self.counts(section.into(), now).free + own as u64;
            let is_there = free >= wanted.len() as u64;
            return if is_there { Ok(()) } else { Err(Refusal::SoldOut { free }) };
        }
        let seats = wanted.iter().filter_map(|place| place.1);
        let is_taken = |seat: &Seat| {
            let is_own = have.iter().any(|place| place.1 == Some(*seat));
            !is_own && self.state(*seat, now) != PlaceState::Free
        };
        let others: Vec<Seat> = seats.filter(is_taken).collect();
        if others.is_empty() {
            return Ok(());
        }
        Err(Refusal::SeatsTaken { seats: self.labels(others).into() })
    }
}

/// The type of a place, of so many, of which the request says none.
fn kept_type(
    have: &[TypedPlace],
    (section, seat): (u8, Option<Seat>),
    index: usize,
    count: u32,
) -> Result<u8, Refusal> {
    let stays = match seat {
        Some(_) => have.iter().find(|place| place.1 == seat),
        None if have.len() == count as usize && (have[0].0, have[0].1) == (section, None) => {
            have.get(index)
        }
        None => None,
    };
    match stays {
        Some(place) => Ok(place.2),
        None if have.iter().all(|place| place.2 == have[0].2) => Ok(have[0].2),
        None => Err(invalid("types")),
    }
}
