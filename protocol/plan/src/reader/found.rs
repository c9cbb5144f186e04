//! What a text can mean.

use crate::hall_names::HallNames;
use crate::plan::SeatNumber;

/// What a text may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadScope {
    /// Seats and ranges of seats, as a buyer writes them.
    Seats,
    /// Also rows, ranges of rows and whole sections, as for a block.
    Blocks,
}

/// Seats of one row in physical order, whatever breaks are between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatRange {
    pub section: u8,
    pub row: u16,
    /// The index of the first seat.
    pub first: u16,
    /// The index of the last seat.
    pub last: u16,
}

impl SeatRange {
    pub fn seats(self) -> impl Iterator<Item = SeatNumber> {
        let Self { section, row, first, last } = self;
        (first..=last).map(move |index| SeatNumber { section, row, index })
    }

    /// The number of its seats.
    pub fn count(self) -> usize {
        usize::from(self.last - self.first) + 1
    }

    /// `A4`, or `A4..A6`, with the section where labels need one.
    pub(super) fn print(self, hall: &dyn HallNames) -> String {
        let Self { section, row, first, last } = self;
        let mut text = hall.label(SeatNumber { section, row, index: first }).into_string();
        if last > first {
            text.push_str("..");
            text.push_str(&hall.local_label(SeatNumber { section, row, index: last }));
        }
        text
    }
}

/// A meaning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PlacesFound {
    Seats(SeatRange),
    /// Rows of a section by their numbers, the last one included.
    Rows {
        section: u8,
        first: u16,
        last: u16,
        backwards: bool,
    },
    Section(u8),
}

impl PlacesFound {
    pub(super) fn section(self) -> u8 {
        match self {
            Self::Seats(SeatRange { section, .. })
            | Self::Rows { section, .. }
            | Self::Section(section) => section,
        }
    }

    /// The seats, a range for each row.
    pub(super) fn ranges(self, hall: &dyn HallNames) -> Vec<SeatRange> {
        let whole = |section: u8, row: u16| {
            let last = hall.seats((section, row)).checked_sub(1)?;
            Some(SeatRange { section, row, first: 0, last })
        };
        match self {
            Self::Seats(range) => vec![range],
            Self::Rows { section, first, last, .. } => {
                (first..=last).filter_map(|row| whole(section, row)).collect()
            }
            Self::Section(section) => {
                (0..hall.rows(section)).filter_map(|row| whole(section, row)).collect()
            }
        }
    }

    /// What it is in words.
    pub(super) fn describe(self, hall: &dyn HallNames) -> String {
        let section = self.section();
        let label = |at: u16| hall.row_label((section, at));
        match self {
            Self::Seats(range) => {
                let seat = |index: u16| hall.seat_label((section, range.row), index);
                let (first, last, row) = (seat(range.first), seat(range.last), label(range.row));
                if first == last {
                    format!("seat {first} of row {row}")
                } else {
                    format!("seats {first} to {last} of row {row}")
                }
            }
            Self::Rows { first, last, .. } if first == last => format!("row {}", label(first)),
            Self::Rows { first, last, backwards, .. } => {
                let (first, last) = if backwards { (last, first) } else { (first, last) };
                format!("rows {} to {}", label(first), label(last))
            }
            Self::Section(_) => format!("section {}", name_of(hall, section)),
        }
    }

    /// What to write so that nothing else is meant.
    pub(super) fn write(self, hall: &dyn HallNames) -> String {
        let section = self.section();
        let label = |at: u16| hall.row_label((section, at));
        let before = match hall.labels_name_sections() {
            true => format!("{}:", name_of(hall, section)),
            false => String::new(),
        };
        match self {
            Self::Seats(range) => range.print(hall),
            Self::Rows { first, last, .. } if first == last => {
                format!("{before}row {}", label(first))
            }
            Self::Rows { first, last, .. } => {
                format!("{before}rows {}..{}", label(first), label(last))
            }
            Self::Section(_) => format!("section {}", name_of(hall, section)),
        }
    }
}

fn name_of(hall: &dyn HallNames, section: u8) -> &str {
    hall.section(section).unwrap_or_default()
}
