//! The [`model`](super)'s views of an event.

use super::places::each;
use super::state::{Booked, Model};
use crate::inventory::Inventory;
use crate::search::ReservationSearch;
use boxoffice_protocol::event::{
    Counts, EventDetails, EventSummary, PackedStates, SeatMap, SectionMap, SectionSpec, numbered,
};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reservation::{Places, Reservation, TicketCount};
use boxoffice_protocol::time::Timestamp;

/// Holds that are due count until that is recorded, so what is seen is what is at a time when none
/// were.
const RECORDED: Timestamp = Timestamp::from_ms(0);

impl Model {
    pub fn rendered(&self, event: &EventId, one: &Booked) -> Reservation {
        let spec = &self.terms.spec;
        let places = match each(&one.places).as_slice() {
            _ if !one.status.shows_places() => Places::none(),
            all @ [(section, None, ..), ..] => {
                let section = self.sections()[usize::from(*section)].name.clone();
                Places::Standing { section, places: u32::try_from(all.len()).expect("a few") }
            }
            all => {
                let seats = all.iter().filter_map(|place| place.1);
                Places::Seats(seats.map(|seat| self.label(&spec.sections, seat)).collect())
            }
        };
        let types = if one.status.shows_places() { one.places.types() } else { &[] };
        let mut tickets: Vec<TicketCount> = Vec::new();
        for &of in types {
            let name = &spec.tickets.types()[usize::from(of)];
            match tickets.last_mut().filter(|last| last.ticket_type == *name) {
                Some(last) => last.places += 1,
                None => tickets.push(TicketCount { ticket_type: name.clone(), places: 1 }),
            }
        }
        Reservation {
            id: one.id,
            code: self.codes.codes(event).of(&one.id),
            event: event.clone(),
            customer: one.customer.clone(),
            status: one.status,
            places,
            total: if one.status.shows_places() { one.total } else { 0 },
            currency: spec.currency,
            created_at: one.created_at,
            expires_at: one.expires_at,
            revision: one.revision,
            order: one.order.clone(),
            tickets: tickets.into(),
        }
    }

    /// The counts of all sections.
    pub fn all_counts(&self) -> Vec<Counts> {
        (0..self.sections().len()).map(|index| self.counts(index, RECORDED)).collect()
    }

    pub fn details(&self, event: &EventId) -> EventDetails {
        let (spec, sales) = (self.terms.spec.clone(), self.terms.sales_state(self.phase));
        EventDetails { id: event.clone(), spec, sales, counts: self.all_counts().into() }
    }

    pub fn summary(&self, event: &EventId) -> EventSummary {
        let spec = &self.terms.spec;
        let prices = || self.prices().into_iter().flatten().flatten();
        EventSummary {
            id: event.clone(),
            version: self.version,
            name: spec.name.clone(),
            starts_at: spec.starts_at.clone(),
            sales: self.terms.sales_state(self.phase),
            prices: (prices().min().unwrap_or(0), prices().max().unwrap_or(0)),
            currency: spec.currency,
            counts: self.all_counts().into_iter().sum(),
            sales_from: spec.sales_from.clone(),
            venue: spec.presentation.venue.clone(),
        }
    }

    pub fn seat_map(&self) -> SeatMap {
        let sections = numbered(self.sections()).zip(self.all_counts());
        let seats = Self::all_seats(self.sections());
        let map = sections.map(|((index, section), counts)| {
            let here = seats.iter().filter(|seat| seat.section() == index);
            let states = PackedStates::pack(here.map(|&seat| self.state(seat, RECORDED)));
            let price = self.prices()[usize::from(index)][0].unwrap_or(section.price);
            SectionMap { section: SectionSpec { price, ..section.clone() }, counts, states }
        });
        SeatMap { plan: self.terms.spec.plan, sections: map.collect() }
    }

    /// Panics unless what is seen of the inventory is what the model has.
    pub fn assert_seen(&self, inventory: &Inventory, now: Timestamp) {
        assert_eq!(inventory.version(), self.version);
        let event = inventory.id();
        assert_eq!(inventory.details().counts, self.all_counts().into(), "counts");
        assert_eq!(inventory.seat_map(), self.seat_map());
        if self.deleted {
            return;
        }
        let (mut seen, next) =
            inventory.reservations(0, ReservationSearch::default(), now, 100_000);
        assert_eq!(next, None, "more reservations than were ever made");
        seen.sort_by_key(|one| one.id);
        let mut known: Vec<&Booked> =
            self.reservations.iter().filter(|one| !one.is_forgotten(now)).collect();
        known.sort_by_key(|one| one.id);
        assert_eq!(seen.len(), known.len(), "reservations that are remembered");
        for (seen, known) in seen.iter().zip(known) {
            assert_eq!(*seen, self.rendered(event, known));
            assert_eq!(inventory.reservation(&seen.id, now).as_ref(), Some(seen));
        }
    }
}
