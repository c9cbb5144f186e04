//! What an inventory should do, written so simply that it is easy to see that it is right: lists
//! that are searched from beginning to end, and no state that follows from other state. Nothing is
//! ever recorded as expired here: what is due has expired.

use super::fixtures::SECRETS;
use super::places::{TypedPlace, each, taken};
use crate::secrets::CodeKey;
use boxoffice_plan::Hall;
use boxoffice_protocol::change::{Change, EventTerms, NewReservation, TakenPlaces};
use boxoffice_protocol::event::{
    Counts, EventSpec, Layout, PlaceState, Sales, SalesPhase, SectionSpec, numbered,
};
use boxoffice_protocol::id::{CustomerId, OrderNumber, ReservationId, Seat};
use boxoffice_protocol::limits::REMEMBERED_MS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
pub struct Model {
    pub terms: EventTerms,
    pub hall: Hall,
    pub blocked: BTreeSet<Seat>,
    pub reservations: Vec<Booked>,
    pub version: u64,
    pub deleted: bool,
    /// When the event that had the slug before was deleted.
    pub predecessor_deleted_at: Option<Timestamp>,
    /// Every id that an event which had the slug before has used.
    pub predecessors_ids: Vec<ReservationId>,
    /// As in the [`HoldRules`](crate::HoldRules) of the one that asks next.
    pub assured_places: Option<u32>,
    /// The key of booking codes.
    pub codes: CodeKey,
    /// Whether the sales window binds the one that asks next.
    pub is_bound_by_window: bool,
    /// Whether there are drafts for the one that asks next.
    pub sees_drafts: bool,
    /// The phase of the sales window that is recorded.
    pub phase: SalesPhase,
    last_at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct Booked {
    pub id: ReservationId,
    pub fingerprint: u64,
    pub customer: CustomerId,
    pub places: TakenPlaces,
    /// As it was recorded.
    pub status: Status,
    pub total: u64,
    /// Of each type in each section, as they were.
    prices: Vec<Vec<Option<u64>>>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revision: u64,
    pub order: Option<OrderNumber>,
    pub(super) ended_at: Option<Timestamp>,
}

impl Booked {
    /// Whether it is recorded as held but has expired.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.status == Status::Held && now >= self.expires_at
    }

    pub fn is_live(&self, now: Timestamp) -> bool {
        self.status.is_live() && !self.is_due(now)
    }

    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        // Whole minutes are remembered.
        let minute = |of: Timestamp| of.plus(Duration::from_millis(REMEMBERED_MS)).as_ms() / 60_000;
        let is_over = |of: Timestamp| minute(of) < now.as_ms() / 60_000;
        self.ended_at.is_some_and(is_over) && is_over(self.id.time())
    }

    fn places_in(&self, section: usize) -> u64 {
        each(&self.places).iter().filter(|place| usize::from(place.0) == section).count() as u64
    }

    fn add_up(&mut self) {
        self.total = each(&self.places).into_iter().map(|place| self.price(place)).sum();
    }

    /// What one of its places costs.
    pub(super) fn price(&self, (section, _, of, own): TypedPlace) -> u64 {
        let of_list = || self.prices[usize::from(section)][usize::from(of)];
        own.or_else(of_list).expect("a ticket that was sold")
    }

    /// Whether a place cost this when its reservation was made.
    pub(super) fn did_cost(&self, (section, _, of, _): TypedPlace, price: u64) -> bool {
        let of_section = self.prices.get(usize::from(section));
        of_section.is_some_and(|prices| prices[usize::from(of)] == Some(price))
    }

    fn has(&self, seat: Seat) -> bool {
        self.places.seats().is_some_and(|seats| seats.contains(&seat))
    }
}

pub type Answer = Result<Option<Change>, Refusal>;

impl Model {
    pub fn new(spec: EventSpec, hall: Hall, at: Timestamp) -> Self {
        Self {
            phase: spec.sales_phase(at),
            terms: EventTerms { spec, sales: Sales::Open },
            hall,
            blocked: BTreeSet::new(),
            reservations: Vec::new(),
            version: 1,
            deleted: false,
            predecessor_deleted_at: None,
            predecessors_ids: Vec::new(),
            assured_places: None,
            codes: SECRETS.codes,
            is_bound_by_window: false,
            sees_drafts: true,
            last_at: at,
        }
    }

    /// The event that is created again after the deletion of this one.
    pub fn created_again(&self, spec: EventSpec, hall: Hall, at: Timestamp) -> Self {
        assert!(self.deleted, "its slug is taken");
        let mut again = Self::new(spec, hall, at);
        (again.version, again.codes) = (self.version + 1, self.codes);
        again.predecessor_deleted_at = Some(self.last_at);
        let own = self.reservations.iter().map(|one| one.id);
        again.predecessors_ids = self.predecessors_ids.iter().copied().chain(own).collect();
        again
    }

    /// Whether the phase of the sales window that is recorded is over.
    pub fn is_move_due(&self, now: Timestamp) -> bool {
        now >= self.terms.spec.end_of_phase(self.phase)
    }

    pub fn sections(&self) -> &[SectionSpec] {
        self.terms.spec.sections.as_slice()
    }

    pub fn all_seats(sections: &[SectionSpec]) -> Vec<Seat> {
        let mut seats = Vec::new();
        for (section, spec) in numbered(sections) {
            if let Layout::Seated { rows } = &spec.layout {
                for (row, &length) in (0u16..).zip(rows) {
                    seats.extend((0..length).map(|number| Seat::new(section, row, number)));
                }
            }
        }
        seats
    }

    /// Whether there is a break before a seat.
    pub fn follows_break(&self, seat: Seat) -> bool {
        let row = self
            .hall
            .plan()
            .and_then(|plan| plan.section(seat.section())?.rows().get(usize::from(seat.row())));
        row.is_some_and(|row| row.seats.breaks().contains(&seat.number()))
    }

    /// The state of a seat, holds that are due being none.
    pub fn state(&self, seat: Seat, now: Timestamp) -> PlaceState {
        if self.blocked.contains(&seat) {
            return PlaceState::Blocked;
        }
        let holder = self.reservations.iter().find(|one| one.is_live(now) && one.has(seat));
        match holder.map(|one| one.status) {
            None => PlaceState::Free,
            Some(Status::Held) => PlaceState::Held,
            Some(_) => PlaceState::Sold,
        }
    }

    pub fn counts(&self, section: usize, now: Timestamp) -> Counts {
        let places = |status| -> u64 {
            let live = self.reservations.iter().filter(|one| one.is_live(now));
            live.filter(|one| one.status == status).map(|one| one.places_in(section)).sum()
        };
        let blocked =
            self.blocked.iter().filter(|seat| usize::from(seat.section()) == section).count();
        let (held, sold) = (places(Status::Held), places(Status::Confirmed));
        let layout = &self.sections()[section].layout;
        let blocked = blocked as u64 + u64::from(layout.blocked());
        Counts { free: u64::from(layout.capacity()) - held - sold - blocked, held, sold, blocked }
    }

    pub fn known(&self, id: ReservationId, now: Timestamp) -> Option<&Booked> {
        self.reservations.iter().rev().find(|one| one.id == id && !one.is_forgotten(now))
    }

    pub fn apply(&mut self, change: &Change, at: Timestamp) {
        self.version += 1;
        self.last_at = at;
        match change {
            Change::Created(_) => unreachable!("a model begins with its creation"),
            Change::Deleted => self.deleted = true,
            Change::Updated(updated) => {
                updated.terms.iter().for_each(|change| self.terms.make(change));
                self.blocked.extend(&updated.blocked);
                self.blocked.retain(|seat| !updated.unblocked.contains(seat));
                self.phase = self.terms.spec.sales_phase(at);
            }
            Change::Held(new) => self.book(new, Status::Held, at),
            Change::Reserved(new) => self.book(new, Status::Confirmed, at),
            Change::Confirmed { id, let_go } => {
                self.change(id, at, Some(Status::Confirmed), let_go);
            }
            Change::Extended { id, to, .. } => {
                let one = self.reservations.iter_mut().rev().find(|one| one.id == *id);
                one.expect("it is there").expires_at = *to;
            }
            Change::Expired { ids } => {
                ids.iter().for_each(|id| self.change(id, at, Some(Status::Expired), &None));
            }
            Change::SalesMoved { to, .. } => self.phase = *to,
            Change::Transferred { id, to, .. } => {
                let one = self.reservations.iter_mut().rev().find(|one| one.id == *id);
                let one = one.expect("it is there");
                (one.customer, one.revision) = (to.clone(), one.revision + 1);
            }
            Change::Exchanged { id, to, .. } => {
                let one = self.reservations.iter_mut().rev().find(|one| one.id == *id);
                let one = one.expect("it is there");
                (one.places, one.revision) = (to.clone(), one.revision + 1);
                one.add_up();
            }
            Change::Ordered { id, order } => {
                let one = self.reservations.iter_mut().rev().find(|one| one.id == *id);
                one.expect("it is there").order = Some(order.clone());
            }
            Change::ConfirmedTogether { ids } => {
                ids.iter().for_each(|id| self.change(id, at, Some(Status::Confirmed), &None));
            }
            Change::Reinstated { id, .. } => {
                self.change(id, at, Some(Status::Confirmed), &None);
            }
            Change::Forfeited { id, .. } => self.change(id, at, Some(Status::Forfeited), &None),
            Change::Released { id, let_go } => {
                self.change(id, at, let_go.is_none().then_some(Status::Released), let_go);
            }
            Change::Cancelled { id, let_go } => {
                self.change(id, at, let_go.is_none().then_some(Status::Cancelled), let_go);
            }
        }
    }

    fn book(&mut self, new: &NewReservation, status: Status, at: Timestamp) {
        let prices = self.prices();
        let mut one = Booked {
            id: new.id,
            fingerprint: new.fingerprint,
            customer: new.customer.clone(),
            places: new.places.clone(),
            status,
            total: 0,
            prices,
            created_at: at,
            expires_at: new.expires_at,
            revision: 0,
            order: new.order.clone(),
            ended_at: None,
        };
        one.add_up();
        self.reservations.push(one);
    }

    fn change(
        &mut self,
        id: &ReservationId,
        at: Timestamp,
        status: Option<Status>,
        let_go: &Option<TakenPlaces>,
    ) {
        let one = self.reservations.iter_mut().rev().find(|one| one.id == *id);
        let one = one.expect("it is there");
        if let Some(gone) = let_go {
            let mut left = each(&one.places);
            for gone in each(gone) {
                left.remove(left.iter().position(|one| *one == gone).expect("it has it"));
            }
            one.places = taken(left).expect("some are left");
        }
        one.add_up();
        one.status = status.unwrap_or(one.status);
        one.ended_at = (!one.status.is_live()).then_some(at);
    }
}

/// The answer without the wording of its refusal.
pub fn without_reason(answer: Answer) -> Answer {
    answer.map_err(|refusal| match refusal {
        Refusal::Invalid { field, .. } => Refusal::invalid(field, ""),
        other => other,
    })
}
