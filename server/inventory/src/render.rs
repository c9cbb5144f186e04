//! The views of an event: reservations, details, seat map, and the visible part of a change.

use crate::inventory::Inventory;
use crate::places_of::PlacesOf;
use crate::record::place_state;
use boxoffice_protocol::change::{Change, PlacesChanged, SeatsNow, TakenPlaces};
use boxoffice_protocol::event::{
    Counts, EventDetails, EventSummary, PackedStates, PlaceState, SeatMap, SectionMap, SectionSpec,
    numbered,
};
use boxoffice_protocol::id::{CustomerId, ReservationId, Seat};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::reservation::{Places, Reservation, TicketCount};
use boxoffice_protocol::time::Timestamp;
use smallvec::SmallVec;

/// The part of a change that watchers see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisibleChange {
    /// Places came into other states.
    Places(PlacesChanged),
    /// The event has other terms: watchers need a new snapshot.
    Terms,
    /// The event is gone.
    Deleted,
    Nothing,
}

impl Inventory {
    /// A reservation, if it is remembered at `now`.
    pub fn reservation(&self, id: &ReservationId, now: Timestamp) -> Option<Reservation> {
        let slot = self.known(id, now).filter(|_| !self.is_deleted())?;
        Some(self.render(slot, self.book.customers.name(self.book.records[slot].customer)))
    }

    /// The same for an answer to `asker`, whose name need not be read from memory again.
    #[inline]
    pub fn reservation_for(
        &self,
        id: &ReservationId,
        asker: CustomerId<&str>,
        now: Timestamp,
    ) -> Option<Reservation> {
        let slot = self.known(id, now).filter(|_| !self.is_deleted())?;
        let (customers, customer) = (&self.book.customers, self.book.records[slot].customer);
        let is_asker = customers.is(customer, asker);
        let name = if is_asker { asker.to_owned() } else { customers.name(customer) };
        Some(self.render(slot, name))
    }

    #[inline]
    pub(crate) fn render(&self, slot: u32, customer: CustomerId) -> Reservation {
        let record = &self.book.records[slot];
        let spec = &self.terms.spec;
        let (places, price_list, expires_at) = self.book.shown(slot);
        let besides = self.book.particulars.get(&record.id);
        let (types, own) = match besides {
            Some(of) if record.status().shows_places() => (&*of.types, &*of.prices),
            _ => (&[][..], &[][..]),
        };
        let total = match own {
            [] => total(&self.epochs[price_list], places, types),
            own => own.iter().sum(),
        };
        let places = match places {
            PlacesOf::Seats(seats) => Places::Seats(self.hall.labels(&spec.sections, seats)),
            PlacesOf::Standing { section, places } => {
                let section = spec.sections.as_slice()[usize::from(section)].name.clone();
                Places::Standing { section, places }
            }
        };
        Reservation {
            id: record.id,
            code: self.codes.of(&record.id),
            event: self.event.clone(),
            customer,
            status: record.status(),
            places,
            total,
            currency: spec.currency,
            created_at: record.created_at(),
            expires_at,
            revision: besides.map_or(0, |of| of.revision),
            order: besides.and_then(|of| of.order.clone()),
            tickets: TicketCount::runs(spec.tickets.types(), types).into(),
        }
    }

    /// The event without its seats.
    pub fn details(&self) -> EventDetails {
        EventDetails {
            id: self.event.clone(),
            spec: self.terms.spec.clone(),
            sales: self.sales_state(),
            counts: self.sections.iter().map(|section| section.counts).collect(),
        }
    }

    /// The event as a row of a list.
    pub fn summary(&self) -> EventSummary {
        let spec = &self.terms.spec;
        EventSummary {
            id: self.event.clone(),
            version: self.version,
            name: spec.name.clone(),
            starts_at: spec.starts_at.clone(),
            sales: self.sales_state(),
            prices: self.prices().range(),
            currency: spec.currency,
            counts: self.counts(),
            sales_from: spec.sales_from.clone(),
            venue: spec.presentation.venue.clone(),
        }
    }

    /// The counts of all sections together.
    pub(crate) fn counts(&self) -> Counts {
        self.sections.iter().map(|section| section.counts).sum()
    }

    /// The state of every seat, with the price of a ticket of the first type.
    pub fn seat_map(&self) -> SeatMap {
        let specs = self.terms.spec.sections.as_slice();
        let sections =
            numbered(specs).zip(&self.sections).map(|((index, spec), section)| SectionMap {
                section: SectionSpec {
                    price: self.prices().price(index, 0).unwrap_or(spec.price),
                    ..spec.clone()
                },
                counts: section.counts,
                states: match &section.grid {
                    Some(grid) => PackedStates::from_bytes(grid.states.clone()),
                    None => PackedStates::default(),
                },
            });
        SeatMap { plan: self.terms.spec.plan, sections: sections.collect() }
    }

    /// The visible part of the change that was applied last.
    pub fn seen(&self, change: &Change) -> VisibleChange {
        match change {
            Change::Created(_) | Change::Updated(_) | Change::SalesMoved { .. } => {
                VisibleChange::Terms
            }
            Change::Deleted => VisibleChange::Deleted,
            Change::Extended { .. }
            | Change::Transferred { .. }
            | Change::Ordered { .. }
            | Change::Forfeited { .. } => VisibleChange::Nothing,
            Change::Exchanged { id, from, to } => self.exchanged(self.book.slot(id), from, to),
            Change::Held(new) => self.now(&[(PlaceState::Held, PlacesOf::of(&new.places))]),
            Change::Reserved(new) => self.now(&[(PlaceState::Sold, PlacesOf::of(&new.places))]),
            Change::Reinstated { places, .. } => {
                self.now(&[(PlaceState::Sold, PlacesOf::of(places))])
            }
            Change::Confirmed { id, let_go } => {
                let sold = (PlaceState::Sold, self.book.places(self.book.slot(id)));
                match let_go {
                    None => self.now(&[sold]),
                    Some(gone) => self.now(&[sold, (PlaceState::Free, PlacesOf::of(gone))]),
                }
            }
            Change::Expired { ids } => self.all_now(ids, PlaceState::Free),
            Change::ConfirmedTogether { ids } => self.all_now(ids, PlaceState::Sold),
            Change::Released { let_go: Some(gone), .. }
            | Change::Cancelled { let_go: Some(gone), .. } => self.freed(PlacesOf::of(gone)),
            Change::Released { id, .. } | Change::Cancelled { id, .. } => {
                self.freed(self.book.places(self.book.slot(id)))
            }
        }
    }

    /// Places of one section that stay are in neither state: their seats are left out.
    fn exchanged(&self, slot: u32, from: &TakenPlaces, to: &TakenPlaces) -> VisibleChange {
        let state = place_state(self.book.records[slot].status());
        if from.section().is_some() && (from.section(), from.count()) == (to.section(), to.count())
        {
            return self.now(&[]);
        }
        let (gone, new) = (beyond(from, to), beyond(to, from));
        let places = |of, seats| match PlacesOf::of(of) {
            PlacesOf::Seats(_) => PlacesOf::Seats(seats),
            standing @ PlacesOf::Standing { .. } => standing,
        };
        self.now(&[(PlaceState::Free, places(from, &*gone)), (state, places(to, &*new))])
    }

    fn all_now(&self, ids: &[ReservationId], state: PlaceState) -> VisibleChange {
        let places = |id| (state, self.book.places(self.book.slot(id)));
        self.now(&ids.iter().map(places).collect::<Vec<_>>())
    }

    fn freed(&self, places: PlacesOf<'_>) -> VisibleChange {
        self.now(&[(PlaceState::Free, places)])
    }

    fn now(&self, changed: &[(PlaceState, PlacesOf<'_>)]) -> VisibleChange {
        let mut seats: Vec<SeatsNow> = Vec::new();
        let mut touched = SmallVec::<[u8; 8]>::new();
        for &(state, places) in changed {
            match places {
                PlacesOf::Standing { section, .. } => touched.push(section),
                PlacesOf::Seats([]) => {}
                PlacesOf::Seats(changed) => {
                    touched.extend(changed.iter().map(|seat| seat.section()));
                    match seats.last_mut().filter(|last| last.state == state) {
                        Some(last) => last.seats.extend_from_slice(changed),
                        None => {
                            let changed = SmallVec::from_slice(changed).into();
                            seats.push(SeatsNow { state, seats: changed });
                        }
                    }
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        let counts = |&section: &u8| -> (u8, Counts) {
            (section, self.sections[usize::from(section)].counts)
        };
        VisibleChange::Places(PlacesChanged {
            seats: seats.into(),
            counts: touched.iter().map(counts).collect(),
        })
    }
}

/// The seats of one that the other has not.
fn beyond(one: &TakenPlaces, other: &TakenPlaces) -> SmallVec<[Seat; 4]> {
    let has = |places: &TakenPlaces, seat| places.seats().is_some_and(|all| all.contains(seat));
    let seats = one.seats().map_or(&[][..], |seats| seats);
    seats.iter().filter(|seat| !has(other, seat)).copied().collect()
}

/// What places cost whose tickets are of these types; of none, all are of the first.
fn total(prices: &PriceList, places: PlacesOf<'_>, types: &[u8]) -> u64 {
    match (places, types) {
        (PlacesOf::Seats(seats), []) => seats.iter().map(|seat| prices.first(seat.section())).sum(),
        (PlacesOf::Standing { section, places }, []) => prices.first(section) * u64::from(places),
        _ => prices.total(&places.to_taken().with_types(types)).unwrap_or(0),
    }
}
