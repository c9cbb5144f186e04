//! The invariants of an inventory, checked the slow way.

use crate::adjacent::{Among, seated};
use crate::inventory::{Inventory, prices};
use crate::particulars::Particular;
use crate::places_of::PlacesOf;
use crate::record::{NO_SLOT, place_state};
use crate::restore::Contradiction;
use crate::rows;
use crate::sections;
use boxoffice_protocol::event::{Counts, Layout, PlaceState, numbered};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::reservation::Status;

macro_rules! ensure {
    ($is_so:expr, $($what:tt)+) => {
        if !$is_so {
            return contradiction(format!($($what)+));
        }
    };
}

macro_rules! ensure_eq {
    ($one:expr, $other:expr, $($what:tt)+) => {{
        let (one, other) = (&$one, &$other);
        ensure!(one == other, "{}: {one:?} is not {other:?}", format_args!($($what)+));
    }};
}

fn contradiction(what: String) -> Result<(), Contradiction> {
    Err(Contradiction::new(what))
}

impl Inventory {
    /// Looks at everything, in time that grows with the event.
    ///
    /// # Panics
    /// If anything contradicts anything else; the message says what.
    pub fn invariants(&self) {
        self.check().unwrap_or_else(|contradiction| panic!("{}: {contradiction}", self.event));
    }

    /// The first contradiction in words, for reports.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn check(&self) -> Result<(), Contradiction> {
        ensure_eq!(self.epochs.last(), Some(&prices(&self.terms.spec)), "today's prices");
        let until = self.terms.spec.end_of_phase(self.window.phase);
        ensure_eq!(self.window.until, until, "the end of a phase of the sales window");
        self.check_sections()?;
        self.check_free_bits()?;
        self.check_holders()?;
        self.check_records()?;
        self.check_customers()
    }

    /// Law 1: `free + held + sold + blocked = capacity`, and the states of the seats say the same.
    fn check_sections(&self) -> Result<(), Contradiction> {
        let specs = self.terms.spec.sections.as_slice();
        ensure_eq!(self.sections.len(), specs.len(), "sections");
        ensure!(self.hall.check(&self.terms.spec).is_ok(), "the sections are those of the plan");
        for ((index, section), spec) in numbered(&self.sections).zip(specs) {
            let capacity = u64::from(spec.layout.capacity());
            ensure_eq!(section.counts.capacity(), capacity, "capacity of {}", spec.name);
            let named = self.by_name.named(&self.terms.spec.sections, &spec.name);
            ensure_eq!(named, Some((index, spec)), "the section that is called {}", spec.name);
            match (&section.grid, &spec.layout) {
                (Some(grid), Layout::Seated { rows }) => {
                    let seats = grid.rows.iter().map(|row| row.seats);
                    ensure!(seats.eq(rows.iter().copied()), "rows of {}", spec.name);
                    let mut counts = Counts::default();
                    for seat in grid.seats(index) {
                        *sections::of(&mut counts, grid.state(seat)) += 1;
                    }
                    ensure_eq!(counts, section.counts, "counts of {}", spec.name);
                }
                (None, Layout::Standing { .. }) => {
                    let blocked = u64::from(spec.layout.blocked());
                    ensure_eq!(section.counts.blocked, blocked, "blocked places of {}", spec.name);
                }
                _ => return contradiction(format!("{} is seated, or it is not", spec.name)),
            }
        }
        Ok(())
    }

    fn check_free_bits(&self) -> Result<(), Contradiction> {
        for (index, _, grid) in seated(&self.sections, Among::All) {
            let (special, free): (Vec<_>, Vec<_>) = grid
                .seats(index)
                .filter(|&s| grid.state(s) == PlaceState::Free)
                .partition(|&seat| grid.is_special(seat));
            ensure_eq!(grid.special_free(), special.len() as u64, "free special seats");
            let of_row =
                |row: usize| free.iter().filter(move |seat| usize::from(seat.row()) == row);
            for (row, of) in grid.rows.iter().enumerate() {
                let bits: Vec<u16> = rows::free_seats(grid.free_in(row)).collect();
                let position = |seat: &Seat| grid.breaks.of(row).position(seat.number());
                let seats: Vec<u16> = of_row(row).map(position).collect();
                ensure_eq!(bits, seats, "free seats of row {row}");
                ensure_eq!(usize::from(of.free), seats.len(), "number of free seats of row {row}");
            }
            let (tree, runs, by_free) = grid.indexes();
            ensure_eq!(grid.tree, tree, "lengths of the runs");
            ensure_eq!(grid.runs, runs, "how many runs of each length");
            ensure_eq!(grid.by_free, by_free, "rows by their free seats");
        }
        Ok(())
    }

    /// Law 1: a seat belongs to one reservation at most.
    fn check_holders(&self) -> Result<(), Contradiction> {
        for (index, _, grid) in seated(&self.sections, Among::All) {
            for seat in grid.seats(index) {
                let holder = grid.holder(seat);
                let held = matches!(grid.state(seat), PlaceState::Held | PlaceState::Sold);
                ensure_eq!(holder.is_some(), held, "{seat:?} is held by {holder:?}");
                let Some(slot) = holder else { continue };
                let PlacesOf::Seats(seats) = self.book.places(slot) else {
                    return contradiction(format!("{seat:?} is held by standing places"));
                };
                ensure!(seats.contains(&seat), "{seat:?} is held by one that does not have it");
                let status = self.book.records[slot].status();
                ensure!(status.is_live(), "{seat:?} is held by one that is {status}");
                ensure_eq!(grid.state(seat), place_state(status), "the state of {seat:?}");
            }
        }
        Ok(())
    }

    fn check_records(&self) -> Result<(), Contradiction> {
        let book = &self.book;
        let mut live: Vec<Counts> = vec![Counts::default(); self.sections.len()];
        let (mut lives, mut held, mut groups, mut allotments) = (0, 0, 0, 0);
        for (slot, record) in book.records.iter() {
            ensure_eq!(book.find(&record.id), Some(slot), "the index finds {}", record.id);
            let status = record.status();
            let is_held = book.deadlines.has(book.expires_at(slot), slot);
            ensure_eq!(is_held, status == Status::Held, "the deadline of {}", record.id);
            let last_minute = book.last_minute(slot);
            let forgets = last_minute.is_none_or(|minute| book.forgetting.has(minute, slot));
            ensure!(forgets, "the forgetting of {}", record.id);
            lives += u64::from(status.is_live());
            held += usize::from(is_held);
            let places = book.places(slot);
            let is_packed = record.allotment().is_none();
            ensure!(!is_packed || places.count() == 0, "the places of {}", record.id);
            // Snapshots have no places of a released one. Most of these are packed; a hold of many days
            // is not.
            let has_some = places.count() > 0 || !status.keeps_places();
            ensure!(has_some, "{} has no places", record.id);
            allotments += usize::from(!is_packed);
            if let PlacesOf::Seats(seats) = places {
                groups += usize::from(!is_packed && seats.len() != 1);
                ensure!(seats.is_sorted_by(|a, b| a < b), "the seats of {} ascend", record.id);
            }
            if status.is_live() {
                count(&mut live, places, place_state(status));
            }
        }
        ensure_eq!((lives, held), (book.live, book.deadlines.len()), "live and held ones");
        let (ids, records) = (book.ids.len(), book.records.len());
        ensure_eq!((ids, book.groups.len()), (records, groups), "ids and lists of seats");
        ensure_eq!(book.allotments.len(), allotments, "allotments");
        let ended = book.records.len() - usize::try_from(lives).unwrap_or(usize::MAX);
        ensure_eq!(book.forgetting.len(), ended, "ended ones in memory");
        let in_order: Vec<u32> = book.created.since(0, &book.records).collect();
        let version = |&slot: &u32| book.records[slot].version.get();
        let ascends = in_order.is_sorted_by(|one, next| version(one) < version(next));
        ensure!(ascends && in_order.len() == records, "the order in which they were made");
        for (id, particular) in book.particulars.iter() {
            let is_some = *particular != Particular::default();
            let Some(slot) = book.find(id).filter(|_| is_some) else {
                return contradiction(format!("what {id} has besides: {particular:?}"));
            };
            let (types, places) = (&particular.types, book.places(slot).count() as usize);
            let fits = types.len() == places && types.iter().any(|&of| of > 0);
            ensure!(types.is_empty() || fits, "the types of {id}: {types:?}");
            let prices = &particular.prices;
            let fits = prices.is_empty() || prices.len() == places;
            ensure!(fits, "the prices of {id}: {prices:?}");
        }
        let mut ordered = 0;
        for (order, ids) in book.particulars.orders() {
            ordered += ids.len();
            let belongs = |id| book.particulars.order(id) == Some(order);
            ensure!(!ids.is_empty() && ids.iter().all(belongs), "reservations of {order}: {ids:?}");
        }
        let with_order = book.particulars.iter().filter(|(_, of)| of.order.is_some()).count();
        ensure_eq!(ordered, with_order, "reservations that belong to an order");
        for (live, section) in live.iter().zip(&self.sections) {
            let Counts { held, sold, .. } = section.counts;
            ensure_eq!((live.held, live.sold), (held, sold), "places of live reservations");
        }
        Ok(())
    }

    fn check_customers(&self) -> Result<(), Contradiction> {
        let book = &self.book;
        let mut listed = 0;
        for (index, customer) in book.customers.iter() {
            let name = book.customers.name(index);
            ensure_eq!(book.customer(name.borrowed()), Some(index), "the index finds {name}");
            ensure!(customer.newest != NO_SLOT, "{name} has no reservation");
            let (mut taken, mut newer) = (0, NO_SLOT);
            for slot in book.of_customer(index) {
                let record = &book.records[slot];
                ensure_eq!((record.customer, record.newer), (index, newer), "the list of {name}");
                if record.status().is_live() {
                    taken += book.places(slot).count();
                }
                newer = slot;
                listed += 1;
            }
            ensure_eq!(customer.taken, taken, "places of {name}");
        }
        ensure_eq!(listed, book.records.len(), "every reservation is its customer's");
        let (by_slot, by_name) = book.customers.counts();
        ensure_eq!(by_slot, by_name, "customers by slot and by name");
        Ok(())
    }
}

fn count(live: &mut [Counts], places: PlacesOf<'_>, state: PlaceState) {
    match places {
        PlacesOf::Standing { section, places } => {
            *sections::of(&mut live[usize::from(section)], state) += u64::from(places);
        }
        PlacesOf::Seats(seats) => {
            for seat in seats {
                *sections::of(&mut live[usize::from(seat.section())], state) += 1;
            }
        }
    }
}
