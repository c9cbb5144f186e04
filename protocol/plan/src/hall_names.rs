//! What the sections, rows and seats of a hall are called, as a reader of seats asks for it.

use crate::fold::fold;
use crate::label;
use crate::plan::{Plan, PlanRow, SeatNumber};
use compact_str::{CompactString, format_compact};
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;

/// A row by its numbers: section, then row.
pub type RowNumber = (u8, u16);

/// The names of a hall's sections, rows and seats, and what has a name.
pub trait HallNames: fmt::Debug {
    /// How many sections there are.
    fn sections(&self) -> usize;

    /// The name of a section.
    fn section(&self, section: u8) -> Option<&str>;

    /// How many rows a section has; none where people stand.
    fn rows(&self, section: u8) -> u16;

    /// The label of a row that there is.
    fn row_label(&self, row: RowNumber) -> CompactString;

    /// How many seats a row has.
    fn seats(&self, row: RowNumber) -> u16;

    /// The label of a seat that there is, without its row's.
    fn seat_label(&self, row: RowNumber, index: u16) -> CompactString;

    /// The seats of a row that follow a break, ascending.
    fn breaks(&self, row: RowNumber) -> &[u16];

    /// Whether labels name their section: more than one has seats.
    fn labels_name_sections(&self) -> bool;

    /// The seat that is printed so. Its section may be there without need.
    fn exact(&self, text: &str) -> Option<SeatNumber>;

    /// The section that is called this, or folds to the same.
    fn section_named(&self, text: &str) -> Option<u8>;

    /// The rows whose labels fold to the same as this, of all sections or one.
    fn rows_named(&self, text: &str, section: Option<u8>) -> Vec<RowNumber>;

    /// The seats of a row whose labels fold to the same as this.
    fn seats_named(&self, row: RowNumber, text: &str) -> Vec<u16>;

    /// What a seat is called within its section.
    fn local_label(&self, seat: SeatNumber) -> CompactString {
        let row = (seat.section, seat.row);
        label::print(&self.row_label(row), &self.seat_label(row, seat.index))
    }

    /// What a seat is called: `A12`, `12-7`, or `balcony:C4` where several sections have seats.
    fn label(&self, seat: SeatNumber) -> CompactString {
        let label = self.local_label(seat);
        match self.section(seat.section).filter(|_| self.labels_name_sections()) {
            Some(section) => format_compact!("{section}:{label}"),
            None => label,
        }
    }
}

/// A plan with an index of its rows and sections by their folded names.
#[derive(Debug, Clone)]
pub struct IndexedPlan<P> {
    plan: P,
    rows: HashMap<String, Vec<RowNumber>>,
    sections: HashMap<String, u8>,
}

impl<P: Deref<Target = Plan>> IndexedPlan<P> {
    pub fn new(plan: P) -> Self {
        let (mut rows, mut sections) = (HashMap::<_, Vec<_>>::new(), HashMap::new());
        for (section, number) in plan.sections.iter().zip(0u8..) {
            sections.insert(fold(&section.name), number);
            for (row, at) in section.rows().iter().zip(0u16..) {
                rows.entry(fold(&row.label)).or_default().push((number, at));
            }
        }
        Self { plan, rows, sections }
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn row(&self, (section, row): RowNumber) -> Option<&PlanRow> {
        self.plan.section(section)?.rows().get(usize::from(row))
    }
}

impl<P: Deref<Target = Plan> + fmt::Debug> HallNames for IndexedPlan<P> {
    fn sections(&self) -> usize {
        self.plan.sections.len()
    }

    fn section(&self, section: u8) -> Option<&str> {
        self.plan.section(section).map(|section| section.name.as_str())
    }

    fn rows(&self, section: u8) -> u16 {
        let rows = self.plan.section(section).map_or(0, |section| section.rows().len());
        u16::try_from(rows).unwrap_or(u16::MAX)
    }

    fn row_label(&self, row: RowNumber) -> CompactString {
        self.row(row).map_or_else(CompactString::default, |row| row.label.clone())
    }

    fn seats(&self, row: RowNumber) -> u16 {
        self.row(row).map_or(0, |row| row.seats.count())
    }

    fn seat_label(&self, row: RowNumber, index: u16) -> CompactString {
        let labels = self.row(row).map_or(&[][..], |row| row.seats.labels());
        labels.get(usize::from(index)).cloned().unwrap_or_default()
    }

    fn breaks(&self, row: RowNumber) -> &[u16] {
        self.row(row).map_or(&[], |row| row.seats.breaks())
    }

    fn labels_name_sections(&self) -> bool {
        self.plan.labels_name_sections()
    }

    fn exact(&self, text: &str) -> Option<SeatNumber> {
        let (only, local) = match text.rsplit_once(':') {
            None if self.labels_name_sections() => return None,
            None => (None, text),
            Some((name, local)) => (
                Some(self.section_named(name).filter(|&it| self.section(it) == Some(name))?),
                local,
            ),
        };
        let (row, seat) = label::split(local)?;
        let is_printed = |&number: &SeatNumber| self.local_label(number) == local;
        self.rows_named(row, only).into_iter().find_map(|(section, row)| {
            let indices = self.seats_named((section, row), seat).into_iter();
            indices.map(|index| SeatNumber { section, row, index }).find(is_printed)
        })
    }

    fn section_named(&self, text: &str) -> Option<u8> {
        self.sections.get(&fold(text)).copied()
    }

    fn rows_named(&self, text: &str, section: Option<u8>) -> Vec<RowNumber> {
        let rows = self.rows.get(&fold(text)).map_or(&[][..], Vec::as_slice).iter().copied();
        rows.filter(|row| section.is_none_or(|section| section == row.0)).collect()
    }

    fn seats_named(&self, row: RowNumber, text: &str) -> Vec<u16> {
        let folded = fold(text);
        self.row(row).map_or_else(Vec::new, |row| row.seats.by_fold(&folded).collect())
    }
}
