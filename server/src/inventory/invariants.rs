//! What is always true of an inventory, checked the slow way.

use super::Inventory;
use super::apply::{prices, state_of};
use super::book::PlacesOf;
use super::record::NOBODY;
use super::row_tree::RowTree;
use super::rows;
use super::sections;
use boxoffice_protocol::event::{Counts, Layout, PlaceState};
use boxoffice_protocol::reservation::Status;

impl Inventory {
    /// Looks at everything, in time that grows with the event.
    ///
    /// # Panics
    /// If anything contradicts anything else; the message says what.
    pub fn invariants(&self) {
        assert_eq!(self.epochs.last(), Some(&prices(&self.terms.spec)), "today's prices");
        self.check_sections();
        self.check_free_bits();
        self.check_holders();
        self.check_records();
        self.check_customers();
    }

    /// Law 1: `free + held + sold + blocked = capacity`, and the states of the seats say the same.
    fn check_sections(&self) {
        let specs = self.terms.spec.sections.as_slice();
        assert_eq!(self.sections.len(), specs.len(), "sections");
        for ((index, section), spec) in (0u8..).zip(&self.sections).zip(specs) {
            let capacity = u64::from(spec.layout.capacity());
            assert_eq!(section.counts.capacity(), capacity, "capacity of {}", spec.name);
            match (&section.grid, &spec.layout) {
                (Some(grid), Layout::Seated { rows }) => {
                    assert!(grid.rows.iter().map(|row| row.seats).eq(rows.iter().copied()));
                    let mut counts = Counts::default();
                    for seat in grid.seats(index) {
                        *sections::of(&mut counts, grid.state(seat)) += 1;
                    }
                    assert_eq!(counts, section.counts, "counts of {}", spec.name);
                }
                (None, Layout::Standing { .. }) => assert_eq!(section.counts.blocked, 0),
                _ => panic!("{} is seated, or it is not", spec.name),
            }
        }
    }

    fn check_free_bits(&self) {
        for (index, grid) in
            (0u8..).zip(&self.sections).filter_map(|(i, s)| Some((i, s.grid.as_ref()?)))
        {
            let free: Vec<_> =
                grid.seats(index).filter(|&s| grid.state(s) == PlaceState::Free).collect();
            let of_row =
                |row: usize| free.iter().filter(move |seat| usize::from(seat.row()) == row);
            for (row, of) in grid.rows.iter().enumerate() {
                let bits: Vec<u16> = rows::free_seats(grid.free_in(row)).collect();
                let seats: Vec<u16> = of_row(row).map(|seat| seat.number()).collect();
                assert_eq!(bits, seats, "free seats of row {row}");
                assert_eq!(usize::from(of.free), seats.len(), "number of free seats of row {row}");
            }
            let lengths = (0..grid.rows.len()).map(|row| rows::lengths(grid.free_in(row)));
            assert_eq!(grid.tree, RowTree::new(lengths), "lengths of the runs");
        }
    }

    /// Law 1: a seat is one reservation's, or nobody's.
    fn check_holders(&self) {
        for (index, grid) in
            (0u8..).zip(&self.sections).filter_map(|(i, s)| Some((i, s.grid.as_ref()?)))
        {
            for seat in grid.seats(index) {
                let holder = grid.holder(seat);
                let held = matches!(grid.state(seat), PlaceState::Held | PlaceState::Sold);
                assert_eq!(holder.is_some(), held, "{seat:?} is held by {holder:?}");
                let Some(slot) = holder else { continue };
                let PlacesOf::Seats(seats) = self.book.places(slot) else {
                    panic!("{seat:?} is held by a reservation of standing places");
                };
                assert!(seats.contains(&seat), "{seat:?} is held by one that does not have it");
                let status = self.book.records[slot].status;
                assert!(status.is_live(), "{seat:?} is held by one that is {status}");
                assert_eq!(grid.state(seat), state_of(status), "the state of {seat:?}");
            }
        }
    }

    fn check_records(&self) {
        let book = &self.book;
        let mut live: Vec<Counts> = vec![Counts::default(); self.sections.len()];
        let (mut lives, mut held, mut groups) = (0, 0, 0);
        for (slot, record) in book.records.iter() {
            assert_eq!(book.find(&record.id), Some(slot), "the index finds {}", record.id);
            let is_held = book.deadlines.contains(&(record.expires_at, slot));
            assert_eq!(is_held, record.status == Status::Held, "the deadline of {}", record.id);
            let until = book.remembered_until.get(&slot);
            assert_eq!(until.is_none(), record.status.is_live(), "the memory of {}", record.id);
            assert!(until.is_none_or(|&until| book.forgetting.contains(&(until, slot))));
            lives += u64::from(record.status.is_live());
            held += usize::from(is_held);
            let places = book.places(slot);
            assert!(places.count() > 0, "{} has no places", record.id);
            if let PlacesOf::Seats(seats) = places {
                groups += usize::from(seats.len() > 1);
                assert!(seats.is_sorted_by(|a, b| a < b), "the seats of {} ascend", record.id);
            }
            if record.status.is_live() {
                count(&mut live, places, state_of(record.status));
            }
        }
        assert_eq!((lives, held), (book.live, book.deadlines.len()), "live and held ones");
        assert_eq!((book.ids.len(), book.groups.len()), (book.records.len(), groups));
        let ended = book.records.len() - usize::try_from(lives).unwrap_or(usize::MAX);
        assert_eq!((book.remembered_until.len(), book.forgetting.len()), (ended, ended));
        for (live, section) in live.iter().zip(&self.sections) {
            let Counts { held, sold, .. } = section.counts;
            assert_eq!((live.held, live.sold), (held, sold), "places of live reservations");
        }
    }

    fn check_customers(&self) {
        let book = &self.book;
        let mut listed = 0;
        for (index, customer) in book.customers.iter() {
            let name = book.customers.name(index);
            assert_eq!(book.customer(&name), Some(index), "the index finds {name}");
            assert_ne!(customer.newest, NOBODY, "{name} has no reservation");
            let (mut taken, mut newer) = (0, NOBODY);
            for slot in book.of_customer(index) {
                let record = &book.records[slot];
                assert_eq!((record.customer, record.newer), (index, newer), "the list of {name}");
                if record.status.is_live() {
                    taken += book.places(slot).count();
                }
                newer = slot;
                listed += 1;
            }
            assert_eq!(customer.taken, taken, "places of {name}");
        }
        assert_eq!(listed, book.records.len(), "every reservation is its customer's");
        let (by_slot, by_name) = book.customers.counts();
        assert_eq!(by_slot, by_name, "customers by slot and by name");
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
