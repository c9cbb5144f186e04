//! What commands about one reservation come to. New reservations are in [`begin`](super::begin),
//! commands about the event in [`update`](super::update).

use super::begin::{Ask, Term};
use super::book::{PlacesOf, Sought};
use super::{Command, Decision, EXPIRY_CHUNK, HoldRules, Inventory};
use crate::mutant::{self, Mutant};
use boxoffice_protocol::change::{Change, TakenPlaces};
use boxoffice_protocol::id::{CustomerId, ReservationId, Seat};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Keep, Status};
use boxoffice_protocol::time::Timestamp;
use core::hint::black_box;
use smallvec::SmallVec;

/// Why a decision ends before there is a change.
pub(super) enum Stop {
    /// These holds are due, and what comes next depends on them.
    Expire(Vec<Change>),
    /// No.
    Refuse(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

/// The change that a command comes to; none if it is so already.
pub(super) type Outcome = Result<Option<Change>, Stop>;

impl Inventory {
    /// What a command comes to at `now`. Holds whose deadline has come count as expired, whether
    /// that is recorded yet or not; but if the answer depends on it, it has to be recorded first.
    pub fn decide(&self, command: &Command<'_>, now: Timestamp, rules: &HoldRules) -> Decision {
        if self.deleted {
            return Decision::Answer(Err(Refusal::EventNotFound));
        }
        let outcome = match *command {
            Command::Hold { id, fingerprint, customer, selection, ttl } => {
                let ask = Ask { id, fingerprint, customer, selection, term: Term::Held(ttl) };
                self.decide_begin(&ask, now, rules)
            }
            Command::Reserve { id, fingerprint, customer, selection } => {
                let ask = Ask { id, fingerprint, customer, selection, term: Term::Confirmed };
                self.decide_begin(&ask, now, rules)
            }
            Command::Confirm { id, customer, keep } => self.confirm(&id, customer, keep, now),
            Command::Release { id, customer, keep } => self.release(&id, customer, keep, now),
            Command::Extend { id, customer, until } => {
                self.extend(&id, customer, until, now, rules)
            }
            Command::Cancel { id, customer, keep } => self.cancel(&id, customer, keep, now),
            Command::Look { id, customer } => self.settled(&id, customer, now).map(|_| None),
            Command::Update { if_version, update } => self.decide_update(if_version, update, now),
            Command::Delete { force } => self.decide_delete(force, now),
        };
        match outcome {
            Ok(change) => Decision::Answer(Ok(change)),
            Err(Stop::Refuse(refusal)) => Decision::Answer(Err(refusal)),
            Err(Stop::Expire(expiries)) => Decision::ExpireFirst(expiries),
        }
    }

    /// The slot of a reservation that is not forgotten.
    pub(super) fn known(&self, id: &ReservationId, now: Timestamp) -> Option<u32> {
        self.book.find(id).filter(|&slot| !self.book.is_forgotten(slot, now))
    }

    /// The slot of a customer's reservation, which is no hold that is due.
    ///
    /// That it is another customer's is found out with the same work as that there is none, so that
    /// who may not know the one from the other cannot tell by the time that it takes either.
    fn settled(
        &self,
        id: &ReservationId,
        customer: &CustomerId,
        now: Timestamp,
    ) -> Result<u32, Stop> {
        let Some(Sought { slot, is_there }) = self.book.seek(id) else {
            return Err(Refusal::ReservationNotFound.into());
        };
        let is_forgotten = black_box(self.book.is_forgotten(slot, now));
        let owner = self.book.records[slot].customer;
        let is_own = black_box(self.book.customers.is(owner, customer));
        if !is_there || is_forgotten {
            return Err(Refusal::ReservationNotFound.into());
        }
        if !is_own {
            return Err(Refusal::NotYours.into());
        }
        self.expire_first([slot], now)?;
        Ok(slot)
    }

    /// Ends the decision if any of these reservations is a hold that is due.
    pub(super) fn expire_first(
        &self,
        slots: impl IntoIterator<Item = u32>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let due = slots.into_iter().filter(|&slot| self.book.is_due(slot, now));
        let expiries = self.expiries(due.take(EXPIRY_CHUNK));
        if expiries.is_empty() { Ok(()) } else { Err(Stop::Expire(expiries)) }
    }

    /// Ends the decision if any hold is due.
    pub(super) fn expire_all_first(&self, now: Timestamp) -> Result<(), Stop> {
        let expiries = self.due(now, EXPIRY_CHUNK);
        if expiries.is_empty() || mutant::on(Mutant::ExpiryNotRecorded) {
            Ok(())
        } else {
            Err(Stop::Expire(expiries))
        }
    }

    fn confirm(
        &self,
        id: &ReservationId,
        customer: &CustomerId,
        keep: Option<&Keep>,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.records[slot].status {
            Status::Held => Ok(Some(Change::Confirmed { id: *id, let_go: self.rest(slot, keep)? })),
            Status::Confirmed => match self.rest(slot, keep)? {
                None => Ok(None),
                Some(_) => Err(Refusal::AlreadyConfirmed.into()),
            },
            ended => Err(not_held(ended).into()),
        }
    }

    fn release(
        &self,
        id: &ReservationId,
        customer: &CustomerId,
        keep: Option<&Keep>,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.records[slot].status {
            Status::Held if keep.is_none() => Ok(Some(Change::Released { id: *id, let_go: None })),
            Status::Held => {
                let gone = self.rest(slot, keep)?;
                Ok(gone.map(|gone| Change::Released { id: *id, let_go: Some(gone) }))
            }
            Status::Released | Status::Expired => Ok(None),
            other => Err(not_held(other).into()),
        }
    }

    fn extend(
        &self,
        id: &ReservationId,
        customer: &CustomerId,
        until: Timestamp,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        let record = &self.book.records[slot];
        if record.status != Status::Held {
            return Err(not_held(record.status).into());
        }
        if until <= record.expires_at {
            return Ok(None);
        }
        if until > now.plus(rules.max) {
            let most = rules.max.as_millis();
            let why = format!("a hold can be extended until {most} ms from now at most");
            return Err(Refusal::invalid("until", why).into());
        }
        if until > record.created_at.plus(rules.life) {
            let ms = |span: core::time::Duration| span.as_millis().try_into().unwrap_or(u64::MAX);
            let lived = ms(now.since(record.created_at));
            return Err(Refusal::LimitExceeded { limit: ms(rules.life), have: lived }.into());
        }
        Ok(Some(Change::Extended { id: *id, from: record.expires_at, to: until }))
    }

    fn cancel(
        &self,
        id: &ReservationId,
        customer: &CustomerId,
        keep: Option<&Keep>,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.records[slot].status {
            Status::Confirmed if keep.is_none() => {
                Ok(Some(Change::Cancelled { id: *id, let_go: None }))
            }
            Status::Confirmed => {
                let gone = self.rest(slot, keep)?;
                Ok(gone.map(|gone| Change::Cancelled { id: *id, let_go: Some(gone) }))
            }
            Status::Cancelled => Ok(None),
            status => Err(Refusal::WrongStatus { status }.into()),
        }
    }

    /// The places of a reservation that are not kept; none if all are.
    fn rest(&self, slot: u32, keep: Option<&Keep>) -> Result<Option<TakenPlaces>, Refusal> {
        let wrong = |why: &str| Err(Refusal::invalid("keep", why));
        match (self.book.places(slot), keep) {
            (_, None) => Ok(None),
            (PlacesOf::Standing { section, places }, Some(Keep::Standing(kept))) => {
                match places.checked_sub(kept.as_u32()) {
                    Some(0) => Ok(None),
                    Some(places) => Ok(Some(TakenPlaces::Standing { section, places })),
                    None => wrong(&format!("the reservation has {places} places only")),
                }
            }
            (PlacesOf::Seats(seats), Some(Keep::Seats(labels))) => {
                let spec = &self.terms.spec.sections;
                let mut kept = SmallVec::<[Seat; 8]>::new();
                for label in labels.as_slice() {
                    match spec.seat(label).filter(|seat| seats.binary_search(seat).is_ok()) {
                        Some(seat) => kept.push(seat),
                        None => return wrong(&format!("the reservation does not have {label}")),
                    }
                }
                let rest = seats.iter().copied().filter(|seat| !kept.contains(seat));
                let rest: SmallVec<[Seat; 2]> = rest.collect();
                Ok((!rest.is_empty()).then_some(TakenPlaces::Seats(rest.into())))
            }
            (PlacesOf::Standing { .. }, Some(Keep::Seats(_))) => {
                wrong("the reservation has standing places; say how many to keep")
            }
            (PlacesOf::Seats(_), Some(Keep::Standing(_))) => {
                wrong("the reservation has seats; say which to keep")
            }
        }
    }
}

/// Why something that is only for held reservations cannot be done with another one.
fn not_held(status: Status) -> Refusal {
    match status {
        Status::Confirmed => Refusal::AlreadyConfirmed,
        Status::Expired => Refusal::HoldExpired,
        status => Refusal::WrongStatus { status },
    }
}
