//! The first difference between two inventories, for checks.

use crate::grid::Grid;
use crate::inventory::Inventory;
use crate::record::Record;
use boxoffice_protocol::event::{PlaceState, numbered};

impl Inventory {
    /// The first thing in which `other` differs, in words: terms, counts, a place, a reservation.
    /// None where both answer alike for ever.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let numbers = |of: &Self| (of.version, of.live(), of.remembered());
        if numbers(self) != numbers(other) {
            let (one, two) = (numbers(self), numbers(other));
            return Some(format!("version, live and remembered reservations: {one:?}, {two:?}"));
        }
        if (&self.event, self.deleted_at, &self.created)
            != (&other.event, other.deleted_at, &other.created)
        {
            return Some("how it was created, or whether it is deleted".to_owned());
        }
        if (&self.terms, self.window, &self.epochs) != (&other.terms, other.window, &other.epochs) {
            return Some("its terms, sales window or price lists".to_owned());
        }
        if self.predecessors != other.predecessors {
            return Some("the ids that events before it have used".to_owned());
        }
        self.different_place(other).or_else(|| self.different_reservation(other))
    }

    fn different_place(&self, other: &Self) -> Option<String> {
        for (index, (one, two)) in numbered(self.sections.iter().zip(&other.sections)) {
            let name = &self.terms.spec.sections.as_slice().get(usize::from(index))?.name;
            if one.counts != two.counts {
                return Some(format!("section {name}: {:?}, {:?}", one.counts, two.counts));
            }
            let (Some(one), Some(two)) = (&one.grid, &two.grid) else { continue };
            for seat in one.seats(index) {
                let of = |inventory: &Self, grid: &Grid| -> (PlaceState, _) {
                    let holder = grid.holder(seat);
                    (grid.state(seat), holder.map(|slot| inventory.book.records[slot].id))
                };
                let (one, two) = (of(self, one), of(other, two));
                if one != two {
                    let seat = self.hall.label(&self.terms.spec.sections, seat);
                    return Some(format!("seat {seat}: {one:?}, {two:?}"));
                }
            }
        }
        None
    }

    fn different_reservation(&self, other: &Self) -> Option<String> {
        for (slot, one) in self.book.records.iter() {
            let Some(twin) = other.book.find(&one.id) else {
                return Some(format!("reservation {} is only in one", one.id));
            };
            let two = &other.book.records[twin];
            let name = |of: &Self, customer| of.book.customers.name(customer);
            let all = |of: &Self, slot: u32, record: &Record| {
                let asked = (record.version, record.created_at(), record.fingerprint());
                (asked, record.status(), of.book.last_minute(slot))
            };
            let besides = |of: &Self, record: &Record| {
                let particulars = &of.book.particulars;
                let is_shown = record.status().shows_places();
                let shown = particulars.get(&record.id).filter(|_| is_shown);
                let tickets = shown.map(|of| (of.types.clone(), of.prices.clone()));
                let tickets = tickets.unwrap_or_default();
                (particulars.revision(&record.id), particulars.order(&record.id).cloned(), tickets)
            };
            let same = all(self, slot, one) == all(other, twin, two)
                && name(self, one.customer) == name(other, two.customer)
                && self.book.shown(slot) == other.book.shown(twin)
                && besides(self, one) == besides(other, two);
            if !same {
                return Some(format!("reservation {}", one.id));
            }
        }
        None
    }
}
