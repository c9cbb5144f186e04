//! Decisions about new reservations. [`Inventory::decide_begin`] has the checks in the order in
//! which they refuse.

use crate::adjacent::{Among, Found};
use crate::best::best;
use crate::command::HoldRules;
use crate::decision::{Outcome, Stop};
use crate::inventory::Inventory;
use crate::sections;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_plan::ReadScope;
use boxoffice_protocol::change::{Change, NewReservation, PlaceTypes, TakenPlaces};
use boxoffice_protocol::event::{PlaceState, numbered};
use boxoffice_protocol::id::{
    CustomerId, OrderNumber, ReservationId, Seat, SeatLabel, SectionName,
};
use boxoffice_protocol::limits::{MAX_ID_AGE_MS, MAX_ID_AHEAD_MS, MAX_RESERVATION_PLACES};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Selection, Together};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// Reservations of a customer that one decision looks at, at most.
const LOOKED_AT: usize = 256;

/// A new reservation, as it is asked for.
pub(crate) struct ReservationRequest<'a> {
    pub(crate) id: ReservationId,
    pub(crate) fingerprint: u64,
    pub(crate) customer: CustomerId<&'a str>,
    pub(crate) selection: &'a Selection,
    pub(crate) term: Term,
    pub(crate) order: Option<OrderNumber<&'a str>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Term {
    /// Held, for so long.
    Held(Option<Duration>),
    Confirmed,
}

/// A selection in the event's own numbers.
pub(crate) enum ResolvedSelection {
    /// Seats that exist, ascending.
    Seats(Found),
    Best {
        places: u32,
        section: Option<u8>,
        together: Together,
    },
    Standing {
        places: u32,
        section: u8,
    },
}

impl ResolvedSelection {
    pub(crate) fn count(&self) -> u32 {
        match self {
            Self::Seats(seats) => seats.len().try_into().unwrap_or(u32::MAX),
            Self::Best { places, .. } | Self::Standing { places, .. } => *places,
        }
    }
}

impl Inventory {
    /// Decides a new reservation.
    pub(crate) fn decide_begin(
        &self,
        ask: &ReservationRequest<'_>,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Outcome {
        if let Some(slot) = self.known(&ask.id, now) {
            return self.repeated(slot, ask, now);
        }
        if self.predecessors.has(&ask.id, now) {
            return Err(Refusal::IdConflict.into());
        }
        check_id(ask.id, now)?;
        if self.predecessors.refuses(&ask.id) {
            let why = "is more than 5 min older than the deletion of the event that had this slug; \
                a new wish needs a new id";
            return Err(Refusal::invalid("id", why).into());
        }
        let expires_at = deadline(ask.term, now, rules)?;
        self.check_sales(now, rules)?;
        let expires_at = self.within_sales(expires_at, now, rules);
        let (selection, types) = ask.selection.parts();
        let resolved = self.resolved(selection, rules)?;
        let types = match types {
            Some(types) => self.requested_types(selection, &resolved, types)?,
            None => PlaceTypes::default(),
        };
        let among = self.among(&resolved, &types)?;
        self.check_limit(ask.customer, resolved.count(), now, rules)?;
        if let Some(order) = ask.order {
            self.check_order(order, now)?;
        }
        let places = self.choose(resolved, among, &types, now)?;
        if let Some(most) = ask.selection.limit() {
            self.check_total(&places, most)?;
        }
        let new = NewReservation {
            id: ask.id,
            fingerprint: ask.fingerprint,
            customer: ask.customer.to_owned(),
            places,
            expires_at,
            order: ask.order.map(|order| order.to_owned()),
        };
        Ok(Some(match ask.term {
            Term::Held(_) => Change::Held(new),
            Term::Confirmed => Change::Reserved(new),
        }))
    }

    fn repeated(&self, slot: u32, ask: &ReservationRequest<'_>, now: Timestamp) -> Outcome {
        let is_same = self.book.records[slot].is_of(ask.fingerprint);
        if !is_same && !mutants::on(Mutant::IdConflictIgnored) {
            return Err(Refusal::IdConflict.into());
        }
        if !self.book.customers.is(self.book.records[slot].customer, ask.customer)
            && !mutants::on(Mutant::GiverTold)
        {
            // It was transferred since.
            return Err(Refusal::NotYours.into());
        }
        self.expire_first([slot], now)?;
        Ok(None)
    }

    pub(crate) fn resolved(
        &self,
        selection: &Selection,
        rules: &HoldRules,
    ) -> Result<ResolvedSelection, Refusal> {
        match selection {
            Selection::Seats(labels) => {
                let all = self.labelled_seats();
                let seats = all.named("seats", ReadScope::Seats, labels.as_slice())?;
                let most = MAX_RESERVATION_PLACES as usize;
                if seats.len() > most {
                    let why =
                        format!("a reservation has at most {most} seats, not {}", seats.len());
                    return Err(Refusal::invalid("seats", why));
                }
                if rules.one_seat_a_text && seats.len() > labels.as_slice().len() {
                    let why = "visitors name each seat by itself, without ranges";
                    return Err(Refusal::invalid("seats", why));
                }
                self.check_whole_rows("seats", &seats)?;
                Ok(ResolvedSelection::Seats(seats))
            }
            Selection::Ticketed(_) => self.resolved(selection.parts().0, rules),
            Selection::Best { places, section, together } => Ok(ResolvedSelection::Best {
                places: places.as_u32(),
                section: self.seated_section(section.as_ref())?,
                together: *together,
            }),
            Selection::Standing { places, section } => Ok(ResolvedSelection::Standing {
                places: places.as_u32(),
                section: self.standing_section(section.as_ref())?,
            }),
        }
    }

    fn seated_section(&self, name: Option<&SectionName>) -> Result<Option<u8>, Refusal> {
        let sections = &self.terms.spec.sections;
        let wrong = |why: String| Err(Refusal::invalid("section", why));
        match name.map(|name| (name, self.by_name.named(sections, name))) {
            None if sections.as_slice().iter().any(|section| section.layout.is_seated()) => {
                Ok(None)
            }
            None => wrong("the event has no seats; ask for standing places".into()),
            Some((_, Some((index, section)))) if section.layout.is_seated() => Ok(Some(index)),
            Some((name, Some(_))) => wrong(format!("{name} has no seats; ask for standing places")),
            Some((name, None)) => wrong(format!("the event has no section {name}")),
        }
    }

    fn standing_section(&self, name: Option<&SectionName>) -> Result<u8, Refusal> {
        let sections = &self.terms.spec.sections;
        let wrong = |why: String| Err(Refusal::invalid("section", why));
        let Some(name) = name else {
            let all = numbered(sections.as_slice());
            let mut standing = all.filter(|(_, section)| !section.layout.is_seated());
            return match (standing.next(), standing.next()) {
                (Some((index, _)), None) => Ok(index),
                (None, _) => wrong("the event has no standing places; ask for seats".into()),
                _ => wrong("the event has several standing sections; name one".into()),
            };
        };
        match self.by_name.named(sections, name) {
            Some((index, section)) if !section.layout.is_seated() => Ok(index),
            Some(_) => wrong(format!("{name} has no standing places; ask for seats")),
            None => wrong(format!("the event has no section {name}")),
        }
    }

    /// Refuses what would be more than a customer may have. Without a limit of the event's, 32 bits
    /// are the limit.
    #[inline]
    pub(crate) fn check_limit(
        &self,
        name: CustomerId<&str>,
        more: u32,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Result<(), Stop> {
        let limit = self.terms.spec.max_per_customer.map_or(u32::MAX, Into::into).into();
        let customer = self.book.customer(name);
        let have = customer.map_or(0, |customer| self.book.customers.get(customer).taken).into();
        let sum = have + u64::from(more);
        let assured = rules.assured_places.map_or(u64::MAX, u64::from);
        let is_within = sum <= limit;
        if is_within && (sum <= assured || sum <= self.counts().free) {
            return Ok(());
        }
        // The places that one customer may have as far as the others want some.
        let share = assured.max(self.counts().free);
        if let Some(customer) = customer {
            self.expire_first_of(customer, now)?;
        }
        if is_within || share < limit {
            // What is due is free for the others, and for this one.
            self.expire_all_first(now)?;
        }
        Err(Refusal::LimitExceeded { limit: share.min(limit), have }.into())
    }

    /// Ends the decision if any of a customer's holds is due. A customer can have so many
    /// reservations that looking at all of them would hold up other requests; then all that is due
    /// is expired, so that each step is short and brings the answer nearer.
    fn expire_first_of(&self, customer: u32, now: Timestamp) -> Result<(), Stop> {
        if self.book.due(now).next().is_none() {
            return Ok(());
        }
        let mut all = self.book.of_customer(customer);
        self.expire_first(all.by_ref().take(LOOKED_AT), now)?;
        if all.next().is_some() { self.expire_all_first(now) } else { Ok(()) }
    }

    /// The sections that the best seats may be in. Refuses tickets that are not sold.
    #[inline]
    fn among(&self, resolved: &ResolvedSelection, types: &[u8]) -> Result<Among, Refusal> {
        if !self.prices().sells_all() {
            return self.check_sold(resolved, types);
        }
        Ok(match resolved {
            &ResolvedSelection::Best { section: Some(section), .. } => Among::One(section),
            _ => Among::All,
        })
    }

    fn choose(
        &self,
        resolved: ResolvedSelection,
        among: Among,
        types: &PlaceTypes,
        now: Timestamp,
    ) -> Result<TakenPlaces, Stop> {
        let places = match resolved {
            ResolvedSelection::Seats(seats) => {
                self.check_free(&seats, now)?;
                TakenPlaces::Seats(seats.into())
            }
            ResolvedSelection::Standing { places, section } => {
                let free = self.sections[usize::from(section)].counts.free;
                if free < places.into() {
                    self.expire_all_first(now)?;
                    return Err(Refusal::SoldOut { free }.into());
                }
                TakenPlaces::Standing { section, places }
            }
            ResolvedSelection::Best { places, together, .. } => {
                self.expire_all_first(now)?;
                let plan = self.hall.plan();
                let best = best(&self.sections, plan, among, places, together)?;
                TakenPlaces::Seats(best.into())
            }
        };
        Ok(if types.is_empty() { places } else { places.with_types(types) })
    }

    #[inline]
    pub(crate) fn check_free(&self, seats: &[Seat], now: Timestamp) -> Result<(), Stop> {
        let taken = |seat: &Seat| {
            sections::state(&self.sections, *seat).is_none_or(|state| state != PlaceState::Free)
        };
        let taken: Vec<Seat> = seats.iter().copied().filter(taken).collect();
        if taken.is_empty() || mutants::on(Mutant::TakenSeatsSold) {
            return Ok(());
        }
        self.expire_first(self.holders(&taken), now)?;
        Err(Refusal::SeatsTaken { seats: self.labels(&taken).into() }.into())
    }

    /// The slots of the reservations that have these seats, each once.
    pub(crate) fn holders(&self, seats: &[Seat]) -> Vec<u32> {
        let holder = |&seat: &Seat| sections::holder(&self.sections, seat);
        let mut holders: Vec<u32> = seats.iter().filter_map(holder).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// The labels of these seats.
    pub(crate) fn labels(&self, seats: &[Seat]) -> Vec<SeatLabel> {
        self.hall.labels(&self.terms.spec.sections, seats)
    }
}

fn check_id(id: ReservationId, now: Timestamp) -> Result<(), Refusal> {
    let (oldest, newest) =
        (Duration::from_millis(MAX_ID_AGE_MS), Duration::from_millis(MAX_ID_AHEAD_MS));
    if id.time().plus(oldest) < now {
        return Err(Refusal::invalid("id", "is more than 24 h old; a new wish needs a new id"));
    }
    if id.time() > now.plus(newest) {
        let why = "is more than 5 min ahead of the server's time; set the clock it was made by";
        return Err(Refusal::invalid("id", why));
    }
    Ok(())
}

fn deadline(term: Term, now: Timestamp, rules: &HoldRules) -> Result<Timestamp, Refusal> {
    let Term::Held(ttl) = term else { return Ok(now) };
    let ttl = ttl.unwrap_or(rules.default);
    if ttl < rules.min || ttl > rules.max {
        let (min, max) = (rules.min.as_millis(), rules.max.as_millis());
        return Err(Refusal::invalid("ttl_ms", format!("a hold lasts from {min} to {max} ms")));
    }
    Ok(now.plus(ttl))
}
