//! An event of the run, with its seats.

use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_client::protocol::id::{EventId, EventName, LetteredSeat, SeatLabel, SectionName};
use boxoffice_client::protocol::limits::MAX_ROW_SEATS;
use boxoffice_client::protocol::reservation::{SeatLabels, Selection};
use boxoffice_client::protocol::time::Timestamp;

/// The longest row; with shorter rows, seat maps would be larger.
const LONGEST_ROW: u32 = 1_000;

/// An event that the run creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Venue {
    pub(crate) event: EventId,
    /// Its index among the run's events.
    pub(crate) index: u32,
    pub(crate) size: VenueSize,
    /// The length of holds in milliseconds; none if the workload never holds.
    pub(crate) hold_ms: Option<u64>,
}

/// The kind and the number of places of an event. It has one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VenueSize {
    Seats(u32),
    Standing(u32),
}

impl VenueSize {
    /// The number of places.
    pub const fn places(self) -> u32 {
        match self {
            Self::Seats(places) | Self::Standing(places) => places,
        }
    }
}

impl Venue {
    /// The event as it is created.
    pub(crate) fn spec(&self, starts_at: Timestamp) -> Result<EventSpec, InvalidField> {
        let (name, layout) = match self.size {
            VenueSize::Standing(capacity) => ("floor", Layout::standing(capacity)),
            VenueSize::Seats(seats) => ("stalls", rows(seats)),
        };
        let section = SectionSpec { name: SectionName::parse(name)?, price: 4_500, layout };
        Ok(EventSpec {
            name: EventName::parse("A load test")?,
            starts_at: starts_at.into(),
            currency: Currency::EUR,
            max_per_customer: None,
            plan: None,
            sections: Sections::new(vec![section])?,
            sales_from: None,
            sales_until: None,
            publication: Publication::Unlisted,
            presentation: Presentation::default(),
            tickets: Tickets::default(),
        })
    }

    /// `count` seats from seat `index` on, counted row by row; fewer at the end of the row.
    pub(crate) fn seats(&self, index: u32, count: u32) -> Selection {
        let length = row_length(self.size.places());
        let (row, number) = (index / length, index % length);
        let end = (number + count).min(length).min(self.size.places() - row * length);
        let labels = (number..end)
            .map(|number| SeatLabel::from(LetteredSeat::new(narrow(row), narrow(number))));
        Selection::Seats(SeatLabels::new(labels).expect("a few seats, each once"))
    }
}

/// Rows of equal length; the last has the rest.
fn rows(seats: u32) -> Layout {
    let length = row_length(seats);
    let (full, rest) = (seats / length, seats % length);
    let mut rows = vec![narrow(length); full as usize];
    rows.extend((rest > 0).then(|| narrow(rest)));
    Layout::Seated { rows }
}

/// About a square, up to the longest row.
fn row_length(seats: u32) -> u32 {
    seats.isqrt().clamp(1, LONGEST_ROW)
}

fn narrow(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(MAX_ROW_SEATS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_client::protocol::limits::MAX_EVENT_SEATS;

    #[test]
    fn every_size_has_exactly_its_seats_and_each_seat_its_label() {
        let event = EventId::parse("bench-1").expect("a slug");
        let largest = u32::try_from(MAX_EVENT_SEATS).expect("a million");
        for seats in [1, 2, 99, 100, 20_000, 99_999, largest] {
            let venue = Venue {
                event: event.clone(),
                index: 0,
                size: VenueSize::Seats(seats),
                hold_ms: None,
            };
            let spec = venue.spec(Timestamp::from_ms(0)).expect("within the bounds");
            let Layout::Seated { rows } = &spec.sections.as_slice()[0].layout else {
                panic!("seats")
            };
            assert_eq!(rows.iter().map(|&row| u32::from(row)).sum::<u32>(), seats);
            for index in [0, seats / 2, seats - 1] {
                let Selection::Seats(labels) = venue.seats(index, 4) else { panic!("seats") };
                for label in labels.as_slice() {
                    assert!(spec.sections.seat(label).is_some(), "{label} of {seats}");
                }
            }
        }
    }
}
