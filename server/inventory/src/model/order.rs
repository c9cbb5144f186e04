//! The [`model`](super)'s orders, and those of random commands.

use super::random_command::RandomCommands;
use super::state::{Answer, Booked, Model};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::Sales;
use boxoffice_protocol::id::{CustomerId, OrderNumber, ReservationId};
use boxoffice_protocol::limits::MAX_ORDER_RESERVATIONS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;

impl Model {
    /// All reservations of an order.
    pub fn of_order(&self, order: OrderNumber<&str>, now: Timestamp) -> Vec<&Booked> {
        let belongs = |one: &&Booked| one.order.as_ref().is_some_and(|of| of.borrowed() == order);
        self.reservations.iter().filter(belongs).filter(|one| !one.is_forgotten(now)).collect()
    }

    pub(super) fn check_order(
        &self,
        order: OrderNumber<&str>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let have = self.of_order(order, now).len();
        if have >= MAX_ORDER_RESERVATIONS {
            let limit = MAX_ORDER_RESERVATIONS as u64;
            return Err(Refusal::LimitExceeded { limit, have: have as u64 });
        }
        Ok(())
    }

    pub(super) fn set_order(
        &self,
        id: ReservationId,
        customer: CustomerId<&str>,
        order: OrderNumber<&str>,
        now: Timestamp,
    ) -> Answer {
        let one = self.owned(id, customer, now)?;
        match (&one.order, one.status_at(now)) {
            (Some(of), _) if of.borrowed() == order => Ok(None),
            (Some(of), _) => Err(Refusal::OrderConflict { order: of.clone() }),
            (None, Status::Held | Status::Confirmed) => {
                self.check_order(order, now)?;
                Ok(Some(Change::Ordered { id, order: order.to_owned() }))
            }
            (None, Status::Expired) => Err(Refusal::HoldExpired),
            (None, status) => Err(Refusal::WrongStatus { status }),
        }
    }

    pub(super) fn confirm_order(&self, order: OrderNumber<&str>, now: Timestamp) -> Answer {
        let all = self.of_order(order, now);
        if all.is_empty() {
            return Err(Refusal::ReservationNotFound);
        }
        for one in &all {
            match one.status_at(now) {
                Status::Held | Status::Confirmed => {}
                Status::Expired => return Err(Refusal::HoldExpired),
                status => return Err(Refusal::WrongStatus { status }),
            }
        }
        let held = all.iter().filter(|one| one.status == Status::Held);
        let ids: Vec<ReservationId> = held.map(|one| one.id).collect();
        match self.terms.sales {
            _ if ids.is_empty() => Ok(None),
            Sales::Cancelled => Err(Refusal::EventCancelled),
            _ => Ok(Some(Change::ConfirmedTogether { ids: ids.into() })),
        }
    }
}

impl RandomCommands {
    pub(super) fn order(&mut self) -> OrderNumber {
        // Most are of a few reservations that were made one after the other: an order with one that
        // ended is confirmed no more.
        let number = match self.dice.below(8) {
            0 => self.dice.below(1_000),
            1 => self.dice.below(4),
            _ => 1_000 + self.made / 12,
        };
        format!("order {number}").parse().expect("an order number")
    }

    /// The order of a reservation, as a rule, and often one of several that are held.
    pub(super) fn order_of(&mut self, model: &Model) -> OrderNumber {
        let recent = || model.reservations.iter().rev().take(25);
        let of = |one: &Booked| one.order.clone();
        let mut held: Vec<_> =
            recent().filter(|one| one.status == Status::Held).filter_map(of).collect();
        held.sort_unstable();
        let shared = held.windows(2).find(|two| two[0] == two[1]).map(|two| two[0].clone());
        if let Some(shared) = shared.filter(|_| !self.dice.once_in(4)) {
            return shared;
        }
        let orders: Vec<_> = recent().filter_map(of).collect();
        if orders.is_empty() { self.order() } else { self.dice.pick(&orders).clone() }
    }
}
