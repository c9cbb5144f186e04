//! What few reservations have besides their records: a revision, an order, types and prices of
//! tickets. One that has none of it is not here, and takes no memory for it.

use boxoffice_protocol::id::{OrderNumber, ReservationId};
use std::collections::BTreeMap;

/// What some reservations have besides.
///
/// Invariant: none has nothing, and each order has those that belong to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Particulars {
    of: BTreeMap<ReservationId, Particular>,
    orders: BTreeMap<OrderNumber, Vec<ReservationId>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Particular {
    /// How often the reservation was transferred or exchanged.
    pub(crate) revision: u64,
    pub(crate) order: Option<OrderNumber>,
    /// The number of the ticket type of each place, in the order of the places; empty if all are of
    /// the first type.
    pub(crate) types: Box<[u8]>,
    /// The price of each place, in the order of the places; empty if the reservation's price list
    /// has them.
    pub(crate) prices: Box<[u64]>,
}

impl Particular {
    /// Whether it says types or prices of tickets.
    fn has_tickets(&self) -> bool {
        !self.types.is_empty() || !self.prices.is_empty()
    }
}

impl Particulars {
    /// What a reservation has besides.
    pub(crate) fn get(&self, id: &ReservationId) -> Option<&Particular> {
        if self.of.is_empty() { None } else { self.of.get(id) }
    }

    pub(crate) fn revision(&self, id: &ReservationId) -> u64 {
        self.get(id).map_or(0, |of| of.revision)
    }

    pub(crate) fn set_revision(&mut self, id: &ReservationId, revision: u64) {
        self.change(id, |of| of.revision = revision);
    }

    /// The order that a reservation belongs to.
    pub(crate) fn order(&self, id: &ReservationId) -> Option<&OrderNumber> {
        self.get(id)?.order.as_ref()
    }

    /// The reservations of an order, in no order.
    pub(crate) fn of_order(&self, order: OrderNumber<&str>) -> &[ReservationId] {
        self.orders.get(order.as_str()).map_or(&[], Vec::as_slice)
    }

    /// Has a reservation belong to an order.
    pub(crate) fn set_order(&mut self, id: &ReservationId, order: &OrderNumber) {
        self.change(id, |of| of.order = Some(order.clone()));
        self.orders.entry(order.clone()).or_default().push(*id);
    }

    /// The inverse of [`set_order`](Self::set_order).
    pub(crate) fn take_order_back(&mut self, id: &ReservationId, order: &OrderNumber) {
        self.change(id, |of| of.order = None);
        self.leave(id, order);
    }

    /// The types and the prices of a reservation's tickets; empty if all are of the first, and if its
    /// price list has them.
    pub(crate) fn tickets(&self, id: &ReservationId) -> (&[u8], &[u64]) {
        self.get(id).map_or((&[], &[]), |of| (&of.types, &of.prices))
    }

    /// Has the tickets of a reservation be of these types, at these prices.
    #[inline]
    pub(crate) fn set_tickets(&mut self, id: &ReservationId, types: &[u8], prices: &[u64]) {
        let is_plain = types.is_empty() && prices.is_empty();
        if !is_plain || self.get(id).is_some_and(Particular::has_tickets) {
            self.change(id, |of| (of.types, of.prices) = (types.into(), prices.into()));
        }
    }

    /// Forgets what a reservation had.
    pub(crate) fn remove(&mut self, id: &ReservationId) {
        if self.of.is_empty() {
            return;
        }
        if let Some(Particular { order: Some(order), .. }) = self.of.remove(id) {
            self.leave(id, &order);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ReservationId, &Particular)> {
        self.of.iter()
    }

    /// The orders with their reservations.
    pub(crate) fn orders(&self) -> impl Iterator<Item = (&OrderNumber, &[ReservationId])> {
        self.orders.iter().map(|(order, ids)| (order, ids.as_slice()))
    }

    fn leave(&mut self, id: &ReservationId, order: &OrderNumber) {
        if let Some(ids) = self.orders.get_mut(order) {
            ids.retain(|other| other != id);
            if ids.is_empty() {
                self.orders.remove(order);
            }
        }
    }

    fn change(&mut self, id: &ReservationId, change: impl FnOnce(&mut Particular)) {
        let of = self.of.entry(*id).or_default();
        change(of);
        if *of == Particular::default() {
            self.of.remove(id);
        }
    }
}
