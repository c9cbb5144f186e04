//! Orders of a shop: reservations that are paid, and so confirmed, together.

use crate::decide::not_held;
use crate::decision::Outcome;
use crate::inventory::Inventory;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::{PlaceState, Sales};
use boxoffice_protocol::id::{CustomerId, OrderNumber, ReservationId};
use boxoffice_protocol::limits::MAX_ORDER_RESERVATIONS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Reservation, Status};
use boxoffice_protocol::time::Timestamp;

impl Inventory {
    /// Has a live reservation belong to an order, once and for ever.
    pub(crate) fn set_order(
        &self,
        id: &ReservationId,
        customer: CustomerId<&str>,
        order: OrderNumber<&str>,
        now: Timestamp,
    ) -> Outcome {
        let slot = self.settled(id, customer, now)?;
        match self.book.particulars.order(id) {
            Some(known) if known.borrowed() == order => return Ok(None),
            Some(_) if mutants::on(Mutant::OtherOrderTold) => return Ok(None),
            Some(known) => return Err(Refusal::OrderConflict { order: known.clone() }.into()),
            None => {}
        }
        match self.book.records[slot].status() {
            Status::Held | Status::Confirmed => {}
            ended => return Err(not_held(ended).into()),
        }
        self.check_order(order, now)?;
        Ok(Some(Change::Ordered { id: *id, order: order.to_owned() }))
    }

    /// Refuses an order that has as many reservations as it may have.
    pub(crate) fn check_order(
        &self,
        order: OrderNumber<&str>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let have = self.slots_of_order(order, now).len() as u64;
        let limit = MAX_ORDER_RESERVATIONS as u64;
        if have < limit { Ok(()) } else { Err(Refusal::LimitExceeded { limit, have }) }
    }

    /// Confirms all held reservations of an order, if the others are confirmed already.
    pub(crate) fn confirm_order(&self, order: OrderNumber<&str>, now: Timestamp) -> Outcome {
        let slots = self.slots_of_order(order, now);
        if slots.is_empty() {
            return Err(Refusal::ReservationNotFound.into());
        }
        self.expire_first(slots.iter().copied(), now)?;
        let mut held = Vec::new();
        for record in slots.iter().map(|&slot| &self.book.records[slot]) {
            match record.status() {
                Status::Held => held.push(record.id),
                Status::Confirmed => {}
                _ if mutants::on(Mutant::EndedOrderConfirmed) => {}
                ended => return Err(not_held(ended).into()),
            }
        }
        if held.is_empty() {
            return Ok(None);
        }
        if self.terms.sales == Sales::Cancelled {
            return Err(Refusal::EventCancelled.into());
        }
        if mutants::on(Mutant::OrderConfirmedInPart) {
            held.truncate(1);
        }
        Ok(Some(Change::ConfirmedTogether { ids: held.into() }))
    }

    /// The reservations of an order that are remembered at `now`, in the order in which they were
    /// made.
    pub fn of_order(&self, order: OrderNumber<&str>, now: Timestamp) -> Vec<Reservation> {
        let slots = self.slots_of_order(order, now).into_iter();
        let name = |slot: u32| self.book.customers.name(self.book.records[slot].customer);
        slots.map(|slot| self.render(slot, name(slot))).collect()
    }

    /// The same by their slots.
    pub(crate) fn slots_of_order(&self, order: OrderNumber<&str>, now: Timestamp) -> Vec<u32> {
        let ids = self.book.particulars.of_order(order);
        let mut slots: Vec<u32> = ids.iter().filter_map(|id| self.known(id, now)).collect();
        slots.sort_unstable_by_key(|&slot| self.book.records[slot].version.get());
        slots
    }

    /// Makes held reservations confirmed.
    pub(crate) fn confirm_all(&mut self, ids: &[ReservationId]) {
        for id in ids {
            let slot = self.book.slot(id);
            self.put_all(slot, PlaceState::Held, PlaceState::Sold);
            self.book.confirm(slot);
        }
    }

    /// The inverse of [`confirm_all`](Self::confirm_all).
    pub(crate) fn unconfirm_all(&mut self, ids: &[ReservationId]) {
        for id in ids.iter().rev() {
            let slot = self.book.slot(id);
            self.book.unconfirm(slot);
            self.put_all(slot, PlaceState::Sold, PlaceState::Held);
        }
    }
}
