//! Who has which seat of an event, and how many stand where.

use crate::exchange::{EventBefore, Taken};
use boxoffice_client::protocol::event::Layout;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reservation::Status;

/// In place of a number: the run never took the seat.
const NOBODY: u32 = u32::MAX;

/// An event's places, as far as the run's own reservations have them.
#[derive(Debug)]
pub(super) struct Hall {
    sections: Vec<Section>,
}

#[derive(Debug)]
struct Section {
    /// Where each row begins in `takers`; one more for the end.
    rows: Vec<u32>,
    /// Who took each seat last. Whether they have it still is theirs to say.
    takers: Vec<u32>,
    capacity: u64,
    held: u64,
    sold: u64,
}

/// Places of the run's reservations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) held: u64,
    pub(super) sold: u64,
}

impl Hall {
    pub(super) fn new(before: &EventBefore) -> Self {
        let sections = before.spec.sections.as_slice().iter();
        Self { sections: sections.map(|section| Section::new(&section.layout)).collect() }
    }

    /// Whether the event has these places.
    pub(super) fn has(&self, places: Taken<'_>) -> bool {
        match places {
            Taken::Standing { section, .. } => {
                self.sections.get(usize::from(section)).is_some_and(|it| it.takers.is_empty())
            }
            _ => places.seats().iter().all(|&seat| self.index(seat).is_some()),
        }
    }

    /// Who took a seat last.
    pub(super) fn taker(&self, seat: Seat) -> Option<u32> {
        let (section, index) = self.index(seat)?;
        Some(self.sections[section].takers[index]).filter(|&taker| taker != NOBODY)
    }

    /// A reservation has these places now.
    pub(super) fn enter(&mut self, number: u32, status: Status, places: Taken<'_>) {
        for &seat in places.seats() {
            if let Some((section, index)) = self.index(seat) {
                self.sections[section].takers[index] = number;
            }
        }
        self.count(status, places, |count, places| *count += places);
    }

    /// A reservation does not have these places any more.
    pub(super) fn leave(&mut self, status: Status, places: Taken<'_>) {
        self.count(status, places, |count, places| *count = count.saturating_sub(places));
    }

    /// The run's places in a section, and its capacity.
    pub(super) fn section(&self, section: u8) -> Option<(Places, u64)> {
        let section = self.sections.get(usize::from(section))?;
        Some((Places { held: section.held, sold: section.sold }, section.capacity))
    }

    /// The run's places in all sections, and the event's capacity.
    pub(super) fn all(&self) -> (Places, u64) {
        let mut sum = (Places::default(), 0);
        for section in &self.sections {
            sum.0.held += section.held;
            sum.0.sold += section.sold;
            sum.1 += section.capacity;
        }
        sum
    }

    fn count(&mut self, status: Status, places: Taken<'_>, change: impl Fn(&mut u64, u64)) {
        let mut add = |section: u8, places: u64| {
            if let Some(section) = self.sections.get_mut(usize::from(section)) {
                match status {
                    Status::Held => change(&mut section.held, places),
                    Status::Confirmed => change(&mut section.sold, places),
                    Status::Released | Status::Expired | Status::Cancelled => {}
                }
            }
        };
        match places {
            Taken::Standing { section, places } => add(section, places.into()),
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

impl Section {
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
        Self { rows, takers: vec![NOBODY; seats], capacity, held: 0, sold: 0 }
    }
}
