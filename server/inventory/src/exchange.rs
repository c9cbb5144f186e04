//! Exchanges: a reservation has other places, in one step.

use crate::command::{Exchange, HoldRules};
use crate::decision::{Outcome, Stop};
use crate::inventory::Inventory;
use crate::new_reservation::ResolvedSelection;
use crate::record::place_state;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, TakenPlace, TakenPlaces};
use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Selection, Status};
use boxoffice_protocol::time::Timestamp;
use smallvec::SmallVec;

impl Inventory {
    /// A reservation that has these places already is left as it is, whatever the revision. The checks
    /// behind that are those of a new reservation, in their order.
    pub(crate) fn exchange(
        &self,
        ask: &Exchange<'_>,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Outcome {
        let Exchange { id, customer, if_revision, to } = ask;
        let slot = self.settled(id, *customer, now)?;
        match self.book.records[slot].status() {
            Status::Held | Status::Confirmed => {}
            Status::Expired => return Err(Refusal::HoldExpired.into()),
            status => return Err(Refusal::WrongStatus { status }.into()),
        }
        let have = self.book.taken(slot);
        let wanted = self.wanted(&have, to, rules);
        if wanted.as_ref().is_ok_and(|wanted| is_same(&have, wanted)) {
            return Ok(None);
        }
        let current = self.book.particulars.revision(id);
        if current != *if_revision && !mutants::on(Mutant::ExchangedByDuplicate) {
            return Err(Refusal::RevisionConflict { current }.into());
        }
        self.check_sales(now, rules)?;
        let wanted = wanted?;
        let (_, price_list, _) = self.book.kept(slot);
        let to = self.priced(&have, &wanted, &self.epochs[price_list])?;
        let more = wanted.count().saturating_sub(have.count());
        if more > 0 {
            self.check_limit(*customer, more, now, rules)?;
        }
        match self.check_available(&have, &wanted, now) {
            Err(Stop::Refuse(_)) if mutants::on(Mutant::GivenBackBeforeTaken) => {
                let change = match self.book.records[slot].status() {
                    Status::Held => Change::Released { id: *id, let_go: None },
                    _ => Change::Cancelled { id: *id, let_go: None },
                };
                return Err(Stop::Expire(change));
            }
            available => available?,
        }
        match (ask.to.limit(), self.epochs[price_list].total(&to)) {
            (Some(most), Some(total)) if total > most => {
                Err(Refusal::PriceChanged { total }.into())
            }
            _ => Ok(Some(Change::Exchanged { id: *id, from: have, to })),
        }
    }

    /// The places of a selection, with the types of their tickets and without prices.
    fn wanted(
        &self,
        have: &TakenPlaces,
        to: &Selection,
        rules: &HoldRules,
    ) -> Result<TakenPlaces, Refusal> {
        let (selection, types) = to.parts();
        let resolved = self.resolved(selection, rules)?;
        let asked = types.map(|types| self.requested_types(selection, &resolved, types));
        let places = match resolved {
            ResolvedSelection::Seats(seats) => TakenPlaces::Seats(seats.into()),
            ResolvedSelection::Standing { places, section } => {
                TakenPlaces::Standing { section, places }
            }
            ResolvedSelection::Best { .. } => {
                let why = "an exchange names its seats; the best ones are for new reservations";
                return Err(Refusal::invalid("seats", why));
            }
        };
        match asked {
            Some(types) => Ok(places.with_types(&types?)),
            None => kept_types(have, places),
        }
    }

    /// The wanted places with their prices: those of a ticket that stays are what they were, by `list` or
    /// by itself, and others are today's. Refuses others that are not sold.
    fn priced(
        &self,
        have: &TakenPlaces,
        wanted: &TakenPlaces,
        list: &PriceList,
    ) -> Result<TakenPlaces, Refusal> {
        let is_of_list = have.prices().is_empty();
        let mut staying: Vec<(u8, TakenPlace)> = Vec::new();
        for place in have.each() {
            let (section, (seat, of, own)) = (section_of(have, &place), place);
            let price = if is_of_list { list.price(section, of).unwrap_or(0) } else { own };
            staying.push((section, (seat, of, price)));
        }
        let (mut places, mut fits_list) = (Vec::new(), true);
        for place in wanted.each() {
            let (section, (seat, of, _)) = (section_of(wanted, &place), place);
            let stays = |one: &(u8, TakenPlace)| (one.0, one.1.0, one.1.1) == (section, seat, of);
            let price = match staying.iter().position(stays) {
                Some(index) if !mutants::on(Mutant::KeptPriceRenewed) => staying.remove(index).1.2,
                _ => {
                    self.check_ticket(section, of)?;
                    self.prices().price(section, of).unwrap_or(0)
                }
            };
            fits_list &= list.price(section, of) == Some(price);
            places.push((seat, of, price));
        }
        Ok(TakenPlaces::of(wanted.section(), places, !fits_list))
    }

    /// Refuses places that others have; its own are free for it.
    fn check_available(
        &self,
        have: &TakenPlaces,
        wanted: &TakenPlaces,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let Some(section) = wanted.section() else {
            let own = have.seats().map_or(&[][..], |seats| seats);
            let seats = wanted.seats().map_or(&[][..], |seats| seats);
            let new = seats.iter().copied().filter(|seat| !own.contains(seat));
            return self.check_free(&new.collect::<SmallVec<[Seat; 4]>>(), now);
        };
        let own = if have.section() == Some(section) { have.count() } else { 0 };
        let free = self.sections[usize::from(section)].counts.free + u64::from(own);
        if free < wanted.count().into() {
            self.expire_all_first(now)?;
            return Err(Refusal::SoldOut { free }.into());
        }
        Ok(())
    }

    /// Gives the reservation these places.
    pub(crate) fn make_exchange(&mut self, id: &ReservationId, to: &TakenPlaces) {
        let revision = self.book.particulars.revision(id);
        self.move_to(id, to, revision + 1);
    }

    /// The inverse of [`make_exchange`](Self::make_exchange).
    pub(crate) fn take_back_exchange(&mut self, id: &ReservationId, from: &TakenPlaces) {
        let revision = self.book.particulars.revision(id);
        self.move_to(id, from, revision - 1);
    }

    fn move_to(&mut self, id: &ReservationId, places: &TakenPlaces, revision: u64) {
        let slot = self.book.slot(id);
        let state = place_state(self.book.records[slot].status());
        self.put_all(slot, state, PlaceState::Free);
        self.book.replace_places(slot, places);
        self.put_all(slot, PlaceState::Free, state);
        self.book.particulars.set_revision(id, revision);
    }
}

/// Whether places with the types of their tickets are the same, whatever they cost.
fn is_same(one: &TakenPlaces, other: &TakenPlaces) -> bool {
    one.section() == other.section()
        && one.seats() == other.seats()
        && (one.count(), one.types()) == (other.count(), other.types())
}

/// The section that a place of these is in.
fn section_of(places: &TakenPlaces, place: &TakenPlace) -> u8 {
    places.section().or(place.0.map(Seat::section)).unwrap_or(0)
}

/// The places with types, of which the request says none: those that stay keep theirs, and the others
/// have the only type that the reservation has.
fn kept_types(have: &TakenPlaces, places: TakenPlaces) -> Result<TakenPlaces, Refusal> {
    if have.types().is_empty() {
        return Ok(places);
    }
    let types = have.types();
    let only = types.first().filter(|first| types.iter().all(|of| of == *first));
    let missing = || {
        let why = "the tickets are of several types; say the type of each place";
        Refusal::invalid("types", why)
    };
    let stays = places.section().is_some()
        && (places.section(), places.count()) == (have.section(), have.count());
    if stays {
        return Ok(places.with_types(types));
    }
    let had = have.each();
    let kept = |place: TakenPlace| {
        let before = had.iter().find(|one| place.0.is_some() && one.0 == place.0);
        before.map(|one| one.1).or(only.copied()).ok_or_else(missing)
    };
    let types: Vec<u8> = places.each().into_iter().map(kept).collect::<Result<_, _>>()?;
    Ok(places.with_types(&types))
}
