//! Decisions about one existing reservation. New reservations are in
//! [`new_reservation`](crate::new_reservation), commands about the event in
//! [`update`](crate::update).

use crate::command::{Command, HoldRules};
use crate::decision::{Decision, Outcome, Stop};
use crate::inventory::Inventory;
use crate::new_reservation::{ReservationRequest, Term};
use crate::places_of::PlacesOf;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_plan::ReadScope;
use boxoffice_protocol::change::{Change, TakenPlaces};
use boxoffice_protocol::event::Sales;
use boxoffice_protocol::id::{CustomerId, ReservationId, Seat};
use boxoffice_protocol::limits::LEFT_HOLD_MS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::IfExpired;
use boxoffice_protocol::reservation::{Keep, Status};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use smallvec::SmallVec;

const LEFT_HOLD: Duration = Duration::from_millis(LEFT_HOLD_MS);

impl Inventory {
    /// Decides a command at `now`. Holds whose deadline has come count as expired, whether
    /// that is recorded yet or not; but if the answer depends on it, it has to be recorded first, and
    /// that sales opened or ended before everything else.
    pub fn decide(&self, command: &Command<'_>, now: Timestamp, rules: &HoldRules) -> Decision {
        if self.is_deleted() || !rules.sees_drafts && self.is_draft() {
            return Decision::Answer(Err(Refusal::EventNotFound));
        }
        if let Some(due) = self.due_move(now) {
            return Decision::ExpireFirst(due);
        }
        let outcome = match *command {
            Command::Hold { id, fingerprint, customer, selection, ttl, order } => {
                let ask = ReservationRequest {
                    id,
                    fingerprint,
                    customer,
                    selection,
                    term: Term::Held(ttl),
                    order,
                };
                self.decide_begin(&ask, now, rules)
            }
            Command::Reserve { id, fingerprint, customer, selection, order } => {
                let ask = ReservationRequest {
                    id,
                    fingerprint,
                    customer,
                    selection,
                    term: Term::Confirmed,
                    order,
                };
                self.decide_begin(&ask, now, rules)
            }
            Command::Confirm { id, customer, keep, expired } => {
                self.confirm(&id, customer, (keep, expired), now)
            }
            Command::Release { id, customer, keep } => self.release(&id, customer, keep, now),
            Command::Extend { id, customer, until } => {
                self.extend(&id, customer, until, now, rules)
            }
            Command::Leave { id, customer, if_expires_at } => {
                self.leave(&id, customer, if_expires_at, now)
            }
            Command::Transfer(ref ask) => self.transfer(ask, now, rules),
            Command::Exchange(ref ask) => self.exchange(ask, now, rules),
            Command::SetOrder { id, customer, order } => self.set_order(&id, customer, order, now),
            Command::ConfirmOrder { order } => self.confirm_order(order, now),
            Command::Cancel { id, customer, keep } => self.cancel(&id, customer, keep, now),
            Command::Get { id, customer } => self.settled(&id, customer, now).map(|_| None),
            Command::Update { if_version, update } => self.decide_update(if_version, update, now),
            Command::Delete { force } => self.decide_delete(force, now),
        };
        match outcome {
            Ok(change) => Decision::Answer(Ok(change)),
            Err(Stop::Refuse(refusal)) => Decision::Answer(Err(refusal)),
            Err(Stop::Expire(expiry)) => Decision::ExpireFirst(expiry),
        }
    }

    /// The slot of a customer's reservation, which is no hold that is due.
    pub(crate) fn settled(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        now: Timestamp,
    ) -> Result<u32, Stop> {
        let Some(slot) = self.known(id, now) else {
            return Err(Refusal::ReservationNotFound.into());
        };
        if !self.book.customers.is(self.book.records[slot].customer, customer) {
            return Err(Refusal::NotYours.into());
        }
        self.expire_first([slot], now)?;
        Ok(slot)
    }

    fn confirm(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        (keep, expired): (Option<&Keep>, IfExpired),
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.records[slot].status() {
            Status::Held if self.terms.sales == Sales::Cancelled => {
                Err(Refusal::EventCancelled.into())
            }
            Status::Held => Ok(Some(Change::Confirmed { id: *id, let_go: self.rest(slot, keep)? })),
            Status::Confirmed => match self.rest(slot, keep) {
                Ok(None) => Ok(None),
                Ok(Some(_)) | Err(_) => Err(Refusal::AlreadyConfirmed.into()),
            },
            Status::Expired if expired == IfExpired::Reinstate => self.reinstate(slot, keep, now),
            ended => Err(not_held(ended).into()),
        }
    }

    fn release(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        keep: Option<&Keep>,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.records[slot].status() {
            Status::Held => {
                self.give_back(slot, keep, |let_go| Change::Released { id: *id, let_go })
            }
            Status::Released | Status::Expired => Ok(None),
            other => Err(not_held(other).into()),
        }
    }

    fn extend(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        until: Timestamp,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        let record = &self.book.records[slot];
        if record.status() != Status::Held {
            return Err(not_held(record.status()).into());
        }
        let expires_at = self.book.expires_at(slot);
        if until <= expires_at {
            return Ok(None);
        }
        if until > now.plus(rules.max) {
            let most = rules.max.as_millis();
            let why = format!("a hold can be extended until {most} ms from now at most");
            return Err(Refusal::invalid("until", why).into());
        }
        // A window refuses; an event's start only cuts.
        let last = self.last_deadline(now, rules);
        let until = if rules.window { until } else { until.min(last) };
        if until <= expires_at {
            return Ok(None);
        }
        if until > last {
            let most = rules.default.as_millis();
            let why = format!("a hold can last until {most} ms after the end of sales at most");
            return Err(Refusal::invalid("until", why).into());
        }
        if until > record.created_at().plus(rules.life) {
            let ms = |span: Duration| span.as_millis().try_into().unwrap_or(u64::MAX);
            let lived = ms(now.since(record.created_at()));
            return Err(Refusal::LimitExceeded { limit: ms(rules.life), have: lived }.into());
        }
        Ok(Some(Change::Extended { id: *id, from: expires_at, to: until }))
    }

    /// A deadline tells whether the hold was extended since: then its customer is back, and the
    /// leave came late.
    fn leave(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        if_expires_at: Timestamp,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        let (from, to) = (self.book.expires_at(slot), now.plus(LEFT_HOLD));
        let is_known = from == if_expires_at || mutants::on(Mutant::LeaveWhateverItsDeadline);
        let is_meant = self.book.records[slot].status() == Status::Held && is_known;
        Ok((is_meant && to < from).then_some(Change::Extended { id: *id, from, to }))
    }

    fn cancel(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        keep: Option<&Keep>,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.records[slot].status() {
            Status::Confirmed => {
                self.give_back(slot, keep, |let_go| Change::Cancelled { id: *id, let_go })
            }
            Status::Cancelled => Ok(None),
            status => Err(Refusal::WrongStatus { status }.into()),
        }
    }

    /// Gives back the places that are not kept: all of them without `keep`, which ends the
    /// reservation.
    fn give_back(
        &self,
        slot: u32,
        keep: Option<&Keep>,
        change: impl FnOnce(Option<TakenPlaces>) -> Change,
    ) -> Outcome {
        if keep.is_none() {
            return Ok(Some(change(None)));
        }
        Ok(self.rest(slot, keep)?.map(|gone| change(Some(gone))))
    }

    /// The places of a reservation that are not kept; none if all are.
    fn rest(&self, slot: u32, keep: Option<&Keep>) -> Result<Option<TakenPlaces>, Refusal> {
        let wrong = |why: &str| Err(Refusal::invalid("keep", why));
        let Some(keep) = keep else { return Ok(None) };
        match (self.book.places(slot), keep) {
            (PlacesOf::Standing { section, places }, Keep::Standing(kept)) => {
                let (types, prices) = self.book.particulars.tickets(&self.book.records[slot].id);
                match places.checked_sub(kept.as_u32()) {
                    Some(0) => Ok(None),
                    Some(_) if types.first() != types.last() => {
                        wrong("the tickets are of several types; say how many of each to keep")
                    }
                    Some(places) => {
                        let gone = TakenPlaces::Standing { section, places };
                        // Of one type, the dearest go.
                        let from = kept.as_u32() as usize;
                        let types = types.get(from..).unwrap_or_default();
                        let prices = prices.get(from..).unwrap_or_default();
                        Ok(Some(gone.with_tickets(types, prices)))
                    }
                    None => wrong(&format!("the reservation has {places} places only")),
                }
            }
            (PlacesOf::Standing { .. }, Keep::Types(kept)) => {
                self.standing_rest(&self.book.taken(slot), kept)
            }
            (PlacesOf::Seats(seats), Keep::Seats(labels)) => {
                let all = self.labelled_seats();
                let kept = match all.named("keep", ReadScope::Seats, labels.as_slice()) {
                    Err(Refusal::NoSuchSeat { seats }) => {
                        let first = seats.first().map(ToString::to_string);
                        let first = first.unwrap_or_else(|| "a seat".to_owned());
                        return wrong(&format!("the reservation does not have {first}"));
                    }
                    kept => kept?,
                };
                let has = |seat: &&Seat| seats.binary_search(seat).is_ok();
                if let Some(&other) = kept.iter().find(|seat| !has(seat)) {
                    let label = self.hall.label(&self.terms.spec.sections, other);
                    return wrong(&format!("the reservation does not have {label}"));
                }
                self.check_whole_rows("keep", &kept)?;
                let is_gone = |seat: &Seat| !kept.contains(seat);
                let rest: SmallVec<[Seat; 2]> = seats.iter().copied().filter(is_gone).collect();
                if rest.is_empty() {
                    return Ok(None);
                }
                let (types, prices) = self.book.particulars.tickets(&self.book.records[slot].id);
                let types = seats.iter().zip(types).filter(|(seat, _)| is_gone(seat));
                let types: SmallVec<[u8; 2]> = types.map(|(_, of)| *of).collect();
                let prices = seats.iter().zip(prices).filter(|(seat, _)| is_gone(seat));
                let prices: SmallVec<[u64; 2]> = prices.map(|(_, price)| *price).collect();
                Ok(Some(TakenPlaces::Seats(rest.into()).with_tickets(&types, &prices)))
            }
            (PlacesOf::Standing { .. }, Keep::Seats(_)) => {
                wrong("the reservation has standing places; say how many to keep")
            }
            (PlacesOf::Seats(_), Keep::Standing(_) | Keep::Types(_)) => {
                wrong("the reservation has seats; say which to keep")
            }
        }
    }
}

/// Why something that is only for held reservations cannot be done with another one.
pub(crate) fn not_held(status: Status) -> Refusal {
    match status {
        Status::Confirmed => Refusal::AlreadyConfirmed,
        Status::Expired => Refusal::HoldExpired,
        status => Refusal::WrongStatus { status },
    }
}
