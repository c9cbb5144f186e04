//! The [`model`](super)'s decisions.

use super::best;
use super::fixtures::{AGENTS, RULES};
use super::places::{each, taken};
use super::state::{Answer, Booked, Model};
use crate::command::{Command, HoldRules};
use boxoffice_protocol::change::{Change, NewReservation, TakenPlaces};
use boxoffice_protocol::event::{PlaceState, Publication, Sales, SalesState, ZonedTime, numbered};
use boxoffice_protocol::id::{
    CustomerId, OrderNumber, ReservationId, Seat, SeatLabel, SectionName,
};
use boxoffice_protocol::limits::{LEFT_HOLD_MS, MAX_ID_AGE_MS, MAX_ID_AHEAD_MS};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::{Keep, Selection, Status};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

impl Model {
    pub fn decide(&self, command: &Command<'_>, now: Timestamp) -> Answer {
        let is_draft = self.terms.spec.publication == Publication::Draft;
        if self.deleted || is_draft && !self.sees_drafts {
            return Err(Refusal::EventNotFound);
        }
        match *command {
            Command::Hold { id, fingerprint, customer, selection, ttl, order } => {
                let ttl = Some(ttl.unwrap_or(RULES.default));
                let new = self.begin(id, fingerprint, customer, selection, (ttl, order), now)?;
                Ok(new.map(Change::Held))
            }
            Command::Reserve { id, fingerprint, customer, selection, order } => {
                let new = self.begin(id, fingerprint, customer, selection, (None, order), now)?;
                Ok(new.map(Change::Reserved))
            }
            Command::Confirm { id, customer, keep, expired } => {
                let one = self.owned(id, customer, now)?;
                match one.status_at(now) {
                    Status::Held if self.terms.sales == Sales::Cancelled => {
                        Err(Refusal::EventCancelled)
                    }
                    Status::Held => {
                        Ok(Some(Change::Confirmed { id, let_go: self.rest(one, keep)? }))
                    }
                    Status::Confirmed if self.rest(one, keep) == Ok(None) => Ok(None),
                    Status::Confirmed => Err(Refusal::AlreadyConfirmed),
                    Status::Expired if expired == IfExpired::Reinstate => {
                        self.reinstate(one, keep, now)
                    }
                    Status::Expired => Err(Refusal::HoldExpired),
                    status => Err(Refusal::WrongStatus { status }),
                }
            }
            Command::Release { id, customer, keep } => {
                let one = self.owned(id, customer, now)?;
                match one.status_at(now) {
                    Status::Held if keep.is_none() => {
                        Ok(Some(Change::Released { id, let_go: None }))
                    }
                    Status::Held => {
                        let let_go = self.rest(one, keep)?;
                        Ok(let_go.map(|gone| Change::Released { id, let_go: Some(gone) }))
                    }
                    Status::Released | Status::Expired => Ok(None),
                    Status::Confirmed => Err(Refusal::AlreadyConfirmed),
                    status => Err(Refusal::WrongStatus { status }),
                }
            }
            Command::Extend { id, customer, until } => {
                self.extended(self.owned(id, customer, now)?, until, now)
            }
            Command::Leave { id, customer, if_expires_at } => {
                Ok(self.owned(id, customer, now)?.left(if_expires_at, now))
            }
            Command::Transfer(ask) => self.transfer(ask, now),
            Command::Exchange(ask) => self.exchange(ask, now),
            Command::SetOrder { id, customer, order } => self.set_order(id, customer, order, now),
            Command::ConfirmOrder { order } => self.confirm_order(order, now),
            Command::Cancel { id, customer, keep } => self.cancel(id, customer, keep, now),
            Command::Get { id, customer } => self.owned(id, customer, now).map(|_| None),
            Command::Update { if_version, update } => self.update(if_version, update, now),
            Command::Delete { force } => self.delete(force, now),
        }
    }

    fn cancel(
        &self,
        id: ReservationId,
        customer: CustomerId<&str>,
        keep: Option<&Keep>,
        now: Timestamp,
    ) -> Answer {
        let one = self.owned(id, customer, now)?;
        match one.status_at(now) {
            Status::Confirmed if keep.is_none() => Ok(Some(Change::Cancelled { id, let_go: None })),
            Status::Confirmed => {
                let let_go = self.rest(one, keep)?;
                Ok(let_go.map(|gone| Change::Cancelled { id, let_go: Some(gone) }))
            }
            Status::Cancelled => Ok(None),
            status => Err(Refusal::WrongStatus { status }),
        }
    }

    fn delete(&self, force: Force, now: Timestamp) -> Answer {
        let live = self.reservations.iter().filter(|one| one.is_live(now)).count() as u64;
        if force == Force::No && live > 0 {
            return Err(Refusal::ReservationsLive { live });
        }
        Ok(Some(Change::Deleted))
    }

    fn begin(
        &self,
        id: ReservationId,
        fingerprint: u64,
        customer: CustomerId<&str>,
        selection: &Selection,
        (ttl, order): (Option<Duration>, Option<OrderNumber<&str>>),
        now: Timestamp,
    ) -> Result<Option<NewReservation>, Refusal> {
        if let Some(one) = self.known(id, now) {
            let (same, mine) =
                (one.fingerprint == fingerprint, one.customer.borrowed() == customer);
            return match (same, mine) {
                (true, true) => Ok(None),
                (true, false) => Err(Refusal::NotYours),
                (false, _) => Err(Refusal::IdConflict),
            };
        }
        let (made, now_ms) = (id.time().as_ms(), now.as_ms());
        let is_old = now_ms > made + MAX_ID_AGE_MS;
        let deleted_at = self.predecessor_deleted_at.map(Timestamp::as_ms);
        let is_refused = deleted_at.is_some_and(|at| at > made + MAX_ID_AHEAD_MS);
        if !is_old && !is_refused && self.predecessors_ids.contains(&id) {
            return Err(Refusal::IdConflict);
        }
        if is_old || is_refused || made > now_ms + MAX_ID_AHEAD_MS {
            return Err(invalid("id"));
        }
        if ttl.is_some_and(|ttl| ttl < RULES.min || ttl > self.rules().max) {
            return Err(invalid("ttl_ms"));
        }
        self.check_sales(now)?;
        let places = self.chosen(customer, selection, order, now)?;
        let expires_at = ttl.map_or(now, |ttl| now.plus(ttl).min(self.last_deadline(now)));
        let (customer, order) = (customer.to_owned(), order.map(|order| order.to_owned()));
        Ok(Some(NewReservation { id, fingerprint, customer, places, expires_at, order }))
    }

    /// The places that a new reservation takes.
    fn chosen(
        &self,
        customer: CustomerId<&str>,
        selection: &Selection,
        order: Option<OrderNumber<&str>>,
        now: Timestamp,
    ) -> Result<TakenPlaces, Refusal> {
        let at_most = selection.limit();
        let (selection, types) = selection.parts();
        let (exact, section, places) = self.understood(selection)?;
        let types = self.requested_types(selection, types, places)?;
        let selling = match selection {
            Selection::Best { .. } => self.sections_selling(section, &types)?,
            _ => Vec::new(),
        };
        for (seat, of) in exact.iter().zip(&types) {
            self.check_ticket(seat.section(), *of)?;
        }
        if let (Selection::Standing { .. }, Some(section)) = (selection, section) {
            types.iter().try_for_each(|&of| self.check_ticket(section, of))?;
        }
        self.check_limit(customer, places, now)?;
        order.map_or(Ok(()), |order| self.check_order(order, now))?;
        let places = match selection {
            Selection::Seats(_) => {
                let taken = |&seat: &Seat| self.state(seat, now) != PlaceState::Free;
                let taken: Vec<Seat> = exact.iter().copied().filter(taken).collect();
                if !taken.is_empty() {
                    return Err(Refusal::SeatsTaken { seats: self.labels(taken).into() });
                }
                TakenPlaces::Seats(exact.into())
            }
            Selection::Standing { .. } => {
                let index = section.expect("a standing section");
                let free = self.counts(index.into(), now).free;
                if free < places.into() {
                    return Err(Refusal::SoldOut { free });
                }
                TakenPlaces::Standing { section: index, places }
            }
            Selection::Best { together, .. } => {
                let seats = best::best(self, &selling, places as usize, *together, now)?;
                TakenPlaces::Seats(seats.into())
            }
            Selection::Ticketed(_) => return Err(invalid("types")),
        };
        let places = places.with_types(&types);
        if let Some(most) = at_most {
            self.check_total(&places, most)?;
        }
        Ok(places)
    }

    pub(super) fn check_sales(&self, now: Timestamp) -> Result<(), Refusal> {
        let spec = &self.terms.spec;
        let until = spec.sales_until.as_ref().unwrap_or(&spec.starts_at);
        let from = spec.sales_from.as_ref().filter(|from| now < from.at());
        let boxed = |time: &ZonedTime| Some(Box::new(time.clone()));
        let refusal = |sales, at, in_ms| Err(Refusal::SalesClosed { sales, at, in_ms });
        match (self.terms.sales, from) {
            (Sales::Cancelled, _) => Err(Refusal::EventCancelled),
            _ if self.is_bound_by_window && now >= until.at() => {
                refusal(SalesState::Ended, boxed(until), 0)
            }
            (Sales::Closed, _) => refusal(SalesState::Closed, None, 0),
            (Sales::Open, Some(from)) if self.is_bound_by_window => {
                refusal(SalesState::Scheduled, boxed(from), from.at().as_ms() - now.as_ms())
            }
            (Sales::Open, _) => Ok(()),
        }
    }

    /// The last deadline that a hold may have.
    fn last_deadline(&self, now: Timestamp) -> Timestamp {
        let spec = &self.terms.spec;
        let until = spec.sales_until.as_ref().unwrap_or(&spec.starts_at);
        if self.is_bound_by_window {
            until.at().plus(RULES.default)
        } else if now < spec.starts_at.at() {
            spec.starts_at.at()
        } else {
            Timestamp::from_ms(u64::MAX)
        }
    }

    /// The bounds on holds of the one that asks: those of customers, or of agents.
    fn rules(&self) -> HoldRules {
        if self.is_bound_by_window { RULES } else { AGENTS }
    }

    fn extended(&self, one: &Booked, until: Timestamp, now: Timestamp) -> Answer {
        let (HoldRules { max, life, .. }, last) = (self.rules(), self.last_deadline(now));
        match one.status_at(now) {
            Status::Held => {}
            Status::Confirmed => return Err(Refusal::AlreadyConfirmed),
            Status::Expired => return Err(Refusal::HoldExpired),
            status => return Err(Refusal::WrongStatus { status }),
        }
        if until <= one.expires_at {
            return Ok(None);
        }
        if until > now.plus(max) || self.is_bound_by_window && until > last {
            return Err(invalid("until"));
        }
        let until = until.min(last);
        if until > one.created_at.plus(life) && until > one.expires_at {
            let limit = life.as_secs() * 1_000;
            let have = now.as_ms() - one.created_at.as_ms();
            return Err(Refusal::LimitExceeded { limit, have });
        }
        let (id, from) = (one.id, one.expires_at);
        Ok((until > from).then_some(Change::Extended { id, from, to: until }))
    }

    /// Refuses so many places more than a customer may have.
    pub(super) fn check_limit(
        &self,
        customer: CustomerId<&str>,
        places: u32,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let mine = self.reservations.iter().filter(|one| one.customer.borrowed() == customer);
        let have: u32 = mine.filter(|one| one.is_live(now)).map(|one| one.places.count()).sum();
        let limit = self.limit(now);
        if u64::from(have + places) > limit {
            return Err(Refusal::LimitExceeded { limit, have: have.into() });
        }
        Ok(())
    }

    /// How many places one customer may have now.
    fn limit(&self, now: Timestamp) -> u64 {
        let of_event =
            self.terms.spec.max_per_customer.map_or(u32::MAX.into(), |of| of.get().into());
        let sections = 0..self.sections().len();
        let free: u64 = sections.map(|section| self.counts(section, now).free).sum();
        let share = self.assured_places.map_or(u64::MAX, |assured| free.max(assured.into()));
        share.min(of_event)
    }

    /// The seats that are named, the section that is meant, and how many places are wanted.
    pub(super) fn understood(
        &self,
        selection: &Selection,
    ) -> Result<(Vec<Seat>, Option<u8>, u32), Refusal> {
        match selection {
            Selection::Seats(labels) => {
                let seats = self.resolved(&self.terms.spec.sections, "seats", labels.as_slice())?;
                self.check_whole_rows("seats", &seats)?;
                let count = u32::try_from(seats.len()).expect("at most 100");
                Ok((seats, None, count))
            }
            Selection::Ticketed(_) => Err(invalid("types")),
            Selection::Best { places, section, .. } => {
                let section = self.section(section.as_ref(), true)?;
                Ok((Vec::new(), section, places.as_u32()))
            }
            Selection::Standing { places, section } => {
                let named = self.section(section.as_ref(), false)?;
                let all: Vec<u8> = self.of_kind(false);
                let section = match (named, all.as_slice()) {
                    (Some(section), _) => section,
                    (None, &[only]) => only,
                    _ => return Err(invalid("section")),
                };
                Ok((Vec::new(), Some(section), places.as_u32()))
            }
        }
    }

    pub(super) fn of_kind(&self, seated: bool) -> Vec<u8> {
        let all = numbered(self.sections());
        all.filter(|(_, spec)| spec.layout.is_seated() == seated).map(|(index, _)| index).collect()
    }

    fn section(&self, name: Option<&SectionName>, seated: bool) -> Result<Option<u8>, Refusal> {
        let all = self.of_kind(seated);
        let Some(name) = name else {
            return if all.is_empty() { Err(invalid("section")) } else { Ok(None) };
        };
        let named =
            all.into_iter().find(|&index| self.sections()[usize::from(index)].name == *name);
        named.map(Some).ok_or_else(|| invalid("section"))
    }

    pub(super) fn owned(
        &self,
        id: ReservationId,
        customer: CustomerId<&str>,
        now: Timestamp,
    ) -> Result<&Booked, Refusal> {
        let one = self.known(id, now).ok_or(Refusal::ReservationNotFound)?;
        if one.customer.borrowed() == customer { Ok(one) } else { Err(Refusal::NotYours) }
    }

    fn rest(&self, one: &Booked, keep: Option<&Keep>) -> Result<Option<TakenPlaces>, Refusal> {
        let mut rest = each(&one.places);
        let is_standing = one.places.seats().is_none();
        match keep {
            None => return Ok(None),
            Some(Keep::Seats(labels)) if !is_standing => {
                for label in labels.as_slice() {
                    let seats = self.meanings(&self.terms.spec.sections, label);
                    let &[seat] = seats.as_slice() else { return Err(invalid("keep")) };
                    let index = rest.iter().position(|place| place.1 == Some(seat));
                    rest.remove(index.ok_or_else(|| invalid("keep"))?);
                }
                let gone: Vec<Seat> = rest.iter().filter_map(|place| place.1).collect();
                self.check_whole_rows("keep", &gone)?;
            }
            Some(Keep::Standing(kept)) if is_standing => {
                let left = rest.len().checked_sub(kept.as_u32() as usize);
                let left = left.ok_or_else(|| invalid("keep"))?;
                if left > 0 && rest.iter().any(|place| place.2 != rest[0].2) {
                    return Err(invalid("keep"));
                }
                rest.drain(..rest.len() - left);
            }
            Some(Keep::Types(counts)) if is_standing => return self.standing_rest(one, counts),
            Some(_) => return Err(invalid("keep")),
        }
        Ok(taken(rest))
    }

    pub fn labels(&self, seats: Vec<Seat>) -> Vec<SeatLabel> {
        seats.into_iter().map(|seat| self.label(&self.terms.spec.sections, seat)).collect()
    }
}

impl Booked {
    pub(super) fn status_at(&self, now: Timestamp) -> Status {
        if self.is_due(now) { Status::Expired } else { self.status }
    }

    fn left(&self, if_expires_at: Timestamp, now: Timestamp) -> Option<Change> {
        let from = self.expires_at;
        let to = from.min(Timestamp::from_ms(now.as_ms() + LEFT_HOLD_MS));
        let is_meant = self.status_at(now) == Status::Held && from == if_expires_at;
        (is_meant && to != from).then_some(Change::Extended { id: self.id, from, to })
    }
}

pub(super) fn invalid(field: &str) -> Refusal {
    Refusal::invalid(field, "")
}
