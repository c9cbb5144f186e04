//! The search for reservations, a page at a time.

use crate::inventory::Inventory;
use boxoffice_protocol::id::{BookingCode, CustomerId, OrderNumber};
use boxoffice_protocol::reservation::Reservation;
use boxoffice_protocol::time::Timestamp;

/// Reservations that are looked at for one of a page.
const LOOKS_A_ROW: usize = 10;

/// Which reservations of an event are meant: all but those that something here leaves out.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReservationSearch<'a> {
    /// Only reservations of this customer.
    pub customer: Option<CustomerId<&'a str>>,
    /// Only those with this booking code.
    pub code: Option<BookingCode>,
    /// Only those of this order.
    pub order: Option<OrderNumber<&'a str>>,
}

impl Inventory {
    /// Up to `most` of these reservations that are remembered at `now`, in the order in which they
    /// were made, of those whose beginning made version `from` or a later one;
    /// and the version to go on from, if there is more to look at. Looks at some reservations only,
    /// so that there may be less than `most`, or none.
    pub fn reservations(
        &self,
        from: u64,
        search: ReservationSearch<'_>,
        now: Timestamp,
        most: usize,
    ) -> (Vec<Reservation>, Option<u64>) {
        let customer = match search.customer.map(|customer| self.book.customer(customer)) {
            _ if self.is_deleted() => return (Vec::new(), None),
            Some(None) => return (Vec::new(), None),
            Some(Some(customer)) => Some(customer),
            None => None,
        };
        let looked = most.saturating_mul(LOOKS_A_ROW);
        let few = match search.order {
            Some(order) => Some((self.slots_of_order_from(order, from, now), None)),
            None => customer.and_then(|customer| self.few_of(customer, from, looked)),
        };
        let (slots, mut next) = few.unwrap_or_else(|| self.some_slots(from, looked));
        let mut rows = Vec::new();
        for slot in slots {
            let record = &self.book.records[slot];
            if customer.is_some_and(|customer| customer != record.customer)
                || search.code.is_some_and(|code| code != self.codes.of(&record.id))
                || self.book.is_forgotten(slot, now)
            {
                continue;
            }
            if rows.len() == most {
                next = Some(record.version.get());
                break;
            }
            rows.push(self.render(slot, self.book.customers.name(record.customer)));
        }
        (rows, next)
    }

    /// An order's reservations from version `from` on, which are few.
    fn slots_of_order_from(&self, order: OrderNumber<&str>, from: u64, now: Timestamp) -> Vec<u32> {
        let mut slots = self.slots_of_order(order, now);
        slots.retain(|&slot| self.book.records[slot].version.get() >= from);
        slots
    }

    /// A customer's reservations from version `from` on, if it has `most` at most.
    fn few_of(&self, customer: u32, from: u64, most: usize) -> Option<(Vec<u32>, Option<u64>)> {
        let version = |slot: u32| self.book.records[slot].version.get();
        let mut all = self.book.of_customer(customer);
        let mut slots: Vec<u32> = all.by_ref().take(most).collect();
        if all.next().is_some() {
            return None;
        }
        slots.retain(|&slot| version(slot) >= from);
        slots.sort_unstable_by_key(|&slot| version(slot));
        Some((slots, None))
    }

    fn some_slots(&self, from: u64, most: usize) -> (Vec<u32>, Option<u64>) {
        let mut since = self.book.created.since(from, &self.book.records);
        let slots = since.by_ref().take(most).collect();
        (slots, since.next().map(|slot| self.book.records[slot].version.get()))
    }
}
