//! What the rows of a section are called, and their seats.

use crate::values::RowRange;
use boxoffice_client::protocol::id::{RowLabel, SectionName};
use boxoffice_plan::{Hall, PlanRow};
use std::ops::RangeInclusive;

/// The rows of a section of an event in this hall.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowNames<'a> {
    /// None where rows are lettered, and seats numbered from 1.
    planned: Option<&'a [PlanRow]>,
}

impl<'a> RowNames<'a> {
    pub(crate) fn of(hall: &'a Hall, section: &SectionName) -> Self {
        let rows = |section: &'a boxoffice_plan::PlanSection| section.rows();
        let of = |plan: &'a boxoffice_plan::Plan| {
            plan.section_named(section.as_str()).map_or(&[][..], rows)
        };
        Self { planned: hall.plan().map(of) }
    }

    /// What a row is called, which is counted from 0.
    pub(crate) fn row(self, row: usize) -> String {
        match self.planned {
            Some(rows) => rows.get(row).map_or_else(String::new, |row| row.label.to_string()),
            None => {
                u16::try_from(row).map_or_else(|_| row.to_string(), |row| RowLabel(row).to_string())
            }
        }
    }

    /// What a seat is called within its row.
    pub(crate) fn seat(self, row: usize, index: usize) -> String {
        let planned = self.planned.and_then(|rows| rows.get(row)?.seats.labels().get(index));
        planned.map_or_else(|| (index + 1).to_string(), |label| label.to_string())
    }

    /// Whether seats are numbered from 1 on, from left to right.
    pub(crate) const fn are_counted(self) -> bool {
        self.planned.is_none()
    }

    /// The rows that a range has; they may end before it does.
    pub(crate) fn range(self, range: &RowRange) -> RangeInclusive<usize> {
        let place = |rows: &[PlanRow], label: &str| {
            let folded = boxoffice_plan::fold(label);
            rows.iter().position(|row| boxoffice_plan::fold(&row.label) == folded)
        };
        let (first, last) = range.ends();
        let ends = match self.planned {
            Some(rows) => place(rows, first).zip(place(rows, last)),
            None => range.lettered(),
        };
        #[expect(clippy::reversed_empty_ranges, reason = "it has no row")]
        ends.map_or(1..=0, |(first, last)| first.min(last)..=first.max(last))
    }
}
