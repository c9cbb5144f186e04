//! The seats that labels name in an event's hall.

use crate::adjacent::Found;
use crate::lettered_hall::LetteredHall;
use crate::section_index::SectionIndex;
use boxoffice_plan::{Hall, HallNames, LabelError, ReadScope, SeatNumber, SeatReader};
use boxoffice_protocol::event::Sections;
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::limits::MAX_UPDATE_SEATS;
use boxoffice_protocol::refusal::Refusal;

/// Readings that all the labels of a request may be tried for, where they are not written as they are
/// printed. Lists of sixty seats in lower case need fewer; so many take about 100 µs.
const READINGS: u32 = 512;

/// An event's hall with its sections and the index of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelledSeats<'a> {
    pub(crate) hall: &'a Hall,
    pub(crate) sections: &'a Sections,
    pub(crate) index: &'a SectionIndex,
}

impl LabelledSeats<'_> {
    /// The seats that labels name, ascending.
    ///
    /// # Errors
    /// `NoSuchSeat` with all that name none; `Invalid` if two name the same seat, or one could mean
    /// several things.
    pub(crate) fn named(
        self,
        field: &'static str,
        scope: ReadScope,
        labels: &[SeatLabel],
    ) -> Result<Found, Refusal> {
        match self.hall.indexed_plan() {
            None => {
                let lettered = LetteredHall { sections: self.sections, index: self.index };
                let exact = |label: &SeatLabel| lettered.seat(label.lettered()?);
                self.read(&lettered, exact, field, scope, labels)
            }
            Some(plan) => {
                let exact = |label: &SeatLabel| plan.exact(&label.text()).map(numbered);
                self.read(plan, exact, field, scope, labels)
            }
        }
    }

    /// The seats that labels name, in the order in which they name them; of those that were read already.
    #[cold]
    pub(crate) fn in_order(self, scope: ReadScope, labels: &[SeatLabel]) -> Found {
        let lettered = LetteredHall { sections: self.sections, index: self.index };
        let plan = self.hall.indexed_plan();
        let reader = match plan {
            None => SeatReader::new(&lettered),
            Some(plan) => SeatReader::new(plan),
        };
        let reader = reader.trying(READINGS);
        let mut seats = Found::with_capacity(labels.len());
        for label in labels {
            let exact = match plan {
                None => label.lettered().and_then(|label| lettered.seat(label)),
                Some(plan) => plan.exact(&label.text()).map(numbered),
            };
            match exact {
                Some(seat) => seats.push(seat),
                None => {
                    let ranges = reader.places(&label.text(), scope).unwrap_or_default();
                    seats.extend(ranges.iter().flat_map(|range| range.seats()).map(numbered));
                }
            }
        }
        seats
    }

    #[inline]
    fn read(
        self,
        names: &dyn HallNames,
        exact: impl Fn(&SeatLabel) -> Option<Seat>,
        field: &'static str,
        scope: ReadScope,
        labels: &[SeatLabel],
    ) -> Result<Found, Refusal> {
        let mut seats = Found::with_capacity(labels.len());
        let mut others = Vec::new();
        for label in labels {
            match exact(label) {
                Some(seat) => seats.push(seat),
                None => others.push(label),
            }
        }
        if !others.is_empty() {
            read_freely(names, field, scope, &others, &mut seats)?;
        }
        seats.sort_unstable();
        match seats.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(seats),
            Some(pair) => {
                let label = self.hall.label(self.sections, pair[0]);
                Err(Refusal::invalid(field, format!("{label} is there twice")))
            }
        }
    }
}

/// Reads what is not written as it is printed.
#[cold]
fn read_freely(
    names: &dyn HallNames,
    field: &'static str,
    scope: ReadScope,
    labels: &[&SeatLabel],
    seats: &mut Found,
) -> Result<(), Refusal> {
    let reader = SeatReader::new(names).trying(READINGS);
    let (mut missing, mut fault) = (Vec::new(), None);
    for &label in labels {
        match reader.places(&label.text(), scope) {
            Ok(ranges) => {
                let count = ranges.iter().map(|range| range.count()).sum::<usize>();
                if seats.len() + count > MAX_UPDATE_SEATS {
                    let why = format!("{label}: that is more than {MAX_UPDATE_SEATS} seats");
                    fault.get_or_insert(Refusal::invalid(field, why));
                } else {
                    seats.extend(ranges.iter().flat_map(|range| range.seats()).map(numbered));
                }
            }
            Err(LabelError::Unknown { .. } | LabelError::UnknownSection { .. }) => {
                missing.push(label.clone());
            }
            Err(error) => {
                fault.get_or_insert_with(|| Refusal::invalid(field, error.to_string()));
                if matches!(error, LabelError::TooVague { .. }) {
                    break;
                }
            }
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::NoSuchSeat { seats: missing.into() });
    }
    fault.map_or(Ok(()), Err)
}

fn numbered(seat: SeatNumber) -> Seat {
    Seat::new(seat.section, seat.row, seat.index)
}
