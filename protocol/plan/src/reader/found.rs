//! What a text can mean.

use crate::plan::{Plan, PlanRow, SeatNumber};

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

    fn row_of(self, plan: &Plan) -> Option<&PlanRow> {
        plan.section(self.section)?.rows().get(usize::from(self.row))
    }

    /// `A4`, or `A4..A6`, with the section where labels need one.
    pub(super) fn print(self, plan: &Plan) -> String {
        let first = SeatNumber { section: self.section, row: self.row, index: self.first };
        let mut text = plan.label(first).unwrap_or_default().into_string();
        if self.last > self.first
            && let Some(row) = self.row_of(plan)
        {
            text.push_str("..");
            text.push_str(&row.label_of(self.last));
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
    pub(super) fn ranges(self, plan: &Plan) -> Vec<SeatRange> {
        let rows = |section: u8| plan.section(section).map_or(&[][..], |it| it.rows());
        let whole = |section: u8, row: u16| {
            let last = rows(section).get(usize::from(row))?.seats.count() - 1;
            Some(SeatRange { section, row, first: 0, last })
        };
        match self {
            Self::Seats(range) => vec![range],
            Self::Rows { section, first, last, .. } => {
                (first..=last).filter_map(|row| whole(section, row)).collect()
            }
            Self::Section(section) => {
                (0u16..).zip(rows(section)).filter_map(|(row, _)| whole(section, row)).collect()
            }
        }
    }

    /// What it is in words.
    pub(super) fn describe(self, plan: &Plan) -> String {
        let Some(section) = plan.section(self.section()) else { return String::new() };
        let row = |row: u16| section.rows().get(usize::from(row));
        let label = |at: u16| row(at).map_or("", |row| row.label.as_str());
        match self {
            Self::Seats(range) => {
                let Some(row) = row(range.row) else { return String::new() };
                let seat = |index: u16| &row.seats.labels()[usize::from(index)];
                let (first, last) = (seat(range.first), seat(range.last));
                if first == last {
                    format!("seat {first} of row {}", row.label)
                } else {
                    format!("seats {first} to {last} of row {}", row.label)
                }
            }
            Self::Rows { first, last, .. } if first == last => format!("row {}", label(first)),
            Self::Rows { first, last, backwards, .. } => {
                let (first, last) = if backwards { (last, first) } else { (first, last) };
                format!("rows {} to {}", label(first), label(last))
            }
            Self::Section(_) => format!("section {}", section.name),
        }
    }

    /// What to write so that nothing else is meant.
    pub(super) fn write(self, plan: &Plan) -> String {
        let Some(section) = plan.section(self.section()) else { return String::new() };
        let label = |at: u16| section.rows().get(usize::from(at)).map_or("", |row| &row.label);
        let before = match plan.labels_name_sections() {
            true => format!("{}:", section.name),
            false => String::new(),
        };
        match self {
            Self::Seats(range) => range.print(plan),
            Self::Rows { first, last, .. } if first == last => {
                format!("{before}row {}", label(first))
            }
            Self::Rows { first, last, .. } => {
                format!("{before}rows {}..{}", label(first), label(last))
            }
            Self::Section(_) => format!("section {}", section.name),
        }
    }
}
