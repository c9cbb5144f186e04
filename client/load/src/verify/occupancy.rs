//! The places of an event, as far as the run's reservations have them.

use crate::history::exchange::{EventBefore, ExchangePlaces};
use boxoffice_client::protocol::event::Layout;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reservation::Status;

/// Stands for no reservation.
const NO_RESERVATION: u32 = u32::MAX;

/// The last taker of each seat, and the counts of each section.
#[derive(Debug)]
pub(super) struct Occupancy {
    sections: Vec<SectionOccupancy>,
}

#[derive(Debug)]
struct SectionOccupancy {
    /// The beginning of each row in `takers`, and the end of the last.
    rows: Vec<u32>,
    /// The reservation that took each seat last. It may have ended since.
    takers: Vec<u32>,
    capacity: u64,
    held: u64,
    sold: u64,
}

/// Numbers of places of the run's reservations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct HeldAndSold {
    pub(super) held: u64,
    pub(super) sold: u64,
}

impl Occupancy {
    pub(super) fn new(before: &EventBefore) -> Self {
        let sections = before.spec.sections.as_slice().iter();
        Self { sections: sections.map(|section| SectionOccupancy::new(&section.layout)).collect() }
    }

    /// Whether the event has these places.
    pub(super) fn has(&self, places: ExchangePlaces<'_>) -> bool {
        match places {
            ExchangePlaces::Standing { section, .. } => {
                self.sections.get(usize::from(section)).is_some_and(|it| it.takers.is_empty())
            }
            _ => places.seats().iter().all(|&seat| self.index(seat).is_some()),
        }
    }

    /// The reservation that took a seat last.
    pub(super) fn taker(&self, seat: Seat) -> Option<u32> {
        let (section, index) = self.index(seat)?;
        Some(self.sections[section].takers[index]).filter(|&taker| taker != NO_RESERVATION)
    }

    /// Adds the places of a reservation.
    pub(super) fn enter(&mut self, number: u32, status: Status, places: ExchangePlaces<'_>) {
        for &seat in places.seats() {
            if let Some((section, index)) = self.index(seat) {
                self.sections[section].takers[index] = number;
            }
        }
        self.count(status, places, |count, places| *count += places);
    }

    /// Removes the places of a reservation from the counts.
    pub(super) fn leave(&mut self, status: Status, places: ExchangePlaces<'_>) {
        self.count(status, places, |count, places| *count = count.saturating_sub(places));
    }

    /// The run's places in a section, and the section's capacity.
    pub(super) fn section(&self, section: u8) -> Option<(HeldAndSold, u64)> {
        let section = self.sections.get(usize::from(section))?;
        Some((HeldAndSold { held: section.held, sold: section.sold }, section.capacity))
    }

    /// The run's places in the event, and the event's capacity.
    pub(super) fn all(&self) -> (HeldAndSold, u64) {
        let mut sum = (HeldAndSold::default(), 0);
        for section in &self.sections {
            sum.0.held += section.held;
            sum.0.sold += section.sold;
            sum.1 += section.capacity;
        }
        sum
    }

    fn count(
        &mut self,
        status: Status,
        places: ExchangePlaces<'_>,
        change: impl Fn(&mut u64, u64),
    ) {
        let mut add = |section: u8, places: u64| {
            if let Some(section) = self.sections.get_mut(usize::from(section)) {
                match status {
                    Status::Held => change(&mut section.held, places),
                    Status::Confirmed => change(&mut section.sold, places),
                    Status::Released | Status::Expired | Status::Cancelled | Status::Forfeited => {}
                }
            }
        };
        match places {
            ExchangePlaces::Standing { section, places } => add(section, places.into()),
            _ => places.seats().iter().for_each(|seat| add(seat.section(), 1)),
        }
    }

    fn index(&self, seat: Seat) -> Option<(usize, usize)> {
        let section = usize::from(seat.section());
        let rows = &self.sections.get(section)?.rows;
        let row = usize::from(seat.row());
        let (begin, end) = (*rows.get(row)?, *rows.get(row + 1)?);
        let index = begin + u32::from(seat.number());
        (index < end).then_some((section, index as usize))
    }
}

impl SectionOccupancy {
    fn new(layout: &Layout) -> Self {
        let mut rows = vec![0];
        if let Layout::Seated { rows: seats } = layout {
            rows.extend(seats.iter().scan(0, |end, &seats| {
                *end += u32::from(seats);
                Some(*end)
            }));
        }
        let seats = rows.last().map_or(0, |&end| end as usize);
        let capacity = layout.capacity().into();
        Self { rows, takers: vec![NO_RESERVATION; seats], capacity, held: 0, sold: 0 }
    }
}
