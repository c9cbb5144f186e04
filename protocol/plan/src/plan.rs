//! A plan that holds: its seats, what is next to what, and what is special about some.
//!
//! Rows that are alike share a [`SeatPattern`], so a regular hall takes a few bytes a row.

use crate::fold::fold;
use crate::geometry::{PlanFrame, Point, RowShape};
use crate::label;
use boxoffice_protocol::event::Layout;
use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A seat by its numbers, all from 0. The last is its place in physical order, whatever its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNumber {
    pub section: u8,
    pub row: u16,
    pub index: u16,
}

/// How well the stage is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    Full,
    Restricted,
}

/// A hall.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub name: String,
    /// The point that seats are the better the nearer they are.
    pub focus: Option<Point>,
    /// The names of categories: those that the file lists, then those of sections that name none.
    pub categories: Vec<String>,
    /// At least one, in the order of the file.
    pub sections: Vec<PlanSection>,
}

/// A section of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSection {
    pub name: String,
    /// The section's name in the plan before, where it had another.
    pub was: Option<String>,
    pub floor: Option<String>,
    /// The category of places that have none of their own.
    pub category: u16,
    pub places: SectionPlaces,
    pub(crate) frame: PlanFrame,
    /// Whether the file says where it is.
    pub(crate) is_placed: bool,
}

/// What a section has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionPlaces {
    /// Rows, the front one first; at least one.
    Seated {
        rows: Vec<PlanRow>,
    },
    Standing {
        capacity: u32,
    },
}

/// A row of a section.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    pub label: CompactString,
    /// The row's label in the plan before, where it had another.
    pub was: Option<CompactString>,
    pub seats: Arc<SeatPattern>,
    /// Whether it is taken entirely or not at all, like a table or a box.
    pub whole: bool,
    /// The category of seats that have none of their own.
    pub category: u16,
    /// The view of seats for which their mark says nothing.
    pub view: View,
    /// What is special about seats, by their index.
    pub marks: BTreeMap<u16, SeatMark>,
    pub(crate) frame: PlanFrame,
    pub(crate) shape: Arc<RowShape>,
}

// Coordinates are finite, as the builder sees to.
impl Eq for PlanRow {}

/// What is special about a seat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatMark {
    pub category: Option<u16>,
    pub accessible: bool,
    /// The accessible seat whose companion sits here.
    pub companion_of: Option<SeatNumber>,
    pub view: Option<View>,
    /// The seat's id in another system, unique in the plan.
    pub guid: Option<String>,
    /// The seat's label in the plan before: its section where that was another, row and seat.
    pub was: Option<String>,
}

/// The labels of a row's seats, and its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatPattern {
    /// In physical order; at least one.
    labels: Vec<CompactString>,
    /// The indices of the seats that follow a break, ascending.
    breaks: Vec<u16>,
    /// All indices, ordered by their folded labels.
    by_fold: Vec<u16>,
}

impl SeatPattern {
    pub(crate) fn new(labels: Vec<CompactString>, breaks: Vec<u16>) -> Self {
        let mut folded: Vec<_> =
            labels.iter().zip(0u16..).map(|(label, index)| (fold(label), index)).collect();
        folded.sort_unstable();
        let by_fold = folded.into_iter().map(|(_, index)| index).collect();
        Self { labels, breaks, by_fold }
    }

    /// The number of seats.
    pub fn count(&self) -> u16 {
        u16::try_from(self.labels.len()).unwrap_or(u16::MAX)
    }

    pub fn labels(&self) -> &[CompactString] {
        &self.labels
    }

    /// The indices of the seats that follow a break, ascending.
    pub fn breaks(&self) -> &[u16] {
        &self.breaks
    }

    /// Seats that stand next to each other: what is between breaks.
    pub fn runs(&self) -> impl Iterator<Item = Range<u16>> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain([self.count()]);
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// The seats whose labels fold to this.
    pub(crate) fn by_fold(&self, folded: &str) -> impl Iterator<Item = u16> {
        let key = |index: u16| fold(&self.labels[usize::from(index)]);
        let start = self.by_fold.partition_point(|&index| key(index).as_str() < folded);
        let rest = self.by_fold[start..].iter().copied();
        rest.take_while(move |&index| key(index) == folded)
    }

    /// Two seats with the same label, if there are any.
    pub(crate) fn twins(&self) -> Option<(u16, u16)> {
        let label = |index: u16| &self.labels[usize::from(index)];
        // Equal labels fold alike, and few labels fold alike.
        self.by_fold.iter().enumerate().find_map(|(at, &first)| {
            let folded = fold(label(first));
            let alike = self.by_fold[at + 1..].iter().copied();
            let mut alike = alike.take_while(|&other| fold(label(other)) == folded);
            alike.find(|&other| label(other) == label(first)).map(|other| (first, other))
        })
    }
}

impl PlanRow {
    pub fn mark(&self, index: u16) -> Option<&SeatMark> {
        self.marks.get(&index)
    }

    /// The category of a seat.
    pub fn category_of(&self, index: u16) -> u16 {
        self.mark(index).and_then(|mark| mark.category).unwrap_or(self.category)
    }

    pub fn view_of(&self, index: u16) -> View {
        self.mark(index).and_then(|mark| mark.view).unwrap_or(self.view)
    }

    pub fn is_accessible(&self, index: u16) -> bool {
        self.mark(index).is_some_and(|mark| mark.accessible)
    }

    /// Whether a seat is sold only by its name: it is accessible, a companion's, or of a row that is taken
    /// as a whole.
    pub fn is_special(&self, index: u16) -> bool {
        let marked = |mark: &SeatMark| mark.accessible || mark.companion_of.is_some();
        self.whole || self.mark(index).is_some_and(marked)
    }

    /// What a seat is called within its section.
    pub(crate) fn label_of(&self, index: u16) -> CompactString {
        label::print(&self.label, &self.seats.labels[usize::from(index)])
    }

    /// The points of its seats, in the frame of its section.
    pub(crate) fn points(&self) -> impl Iterator<Item = Point> {
        let points = self.shape.points(self.seats.labels.len(), &self.seats.breaks);
        points.into_iter().map(|point| self.frame.place(point))
    }
}

impl PlanSection {
    /// Its rows; none of a standing section.
    pub fn rows(&self) -> &[PlanRow] {
        match &self.places {
            SectionPlaces::Seated { rows } => rows,
            SectionPlaces::Standing { .. } => &[],
        }
    }

    /// The number of its seats or places.
    pub fn capacity(&self) -> u64 {
        match &self.places {
            SectionPlaces::Seated { rows } => {
                rows.iter().map(|row| u64::from(row.seats.count())).sum()
            }
            SectionPlaces::Standing { capacity } => u64::from(*capacity),
        }
    }

    pub fn is_seated(&self) -> bool {
        matches!(self.places, SectionPlaces::Seated { .. })
    }

    /// Its rows or its capacity, as an event has them.
    pub fn layout(&self) -> Layout {
        match &self.places {
            SectionPlaces::Seated { rows } => {
                Layout::Seated { rows: rows.iter().map(|row| row.seats.count()).collect() }
            }
            SectionPlaces::Standing { capacity } => Layout::standing(*capacity),
        }
    }
}

impl Plan {
    /// The section that is called this, exactly.
    pub fn section_named(&self, name: &str) -> Option<&PlanSection> {
        self.sections.iter().find(|section| section.name == name)
    }

    pub fn section(&self, number: u8) -> Option<&PlanSection> {
        self.sections.get(usize::from(number))
    }

    /// The row of a seat; none for numbers of another plan.
    pub fn row(&self, seat: SeatNumber) -> Option<&PlanRow> {
        let row = self.section(seat.section)?.rows().get(usize::from(seat.row))?;
        (seat.index < row.seats.count()).then_some(row)
    }

    pub fn mark(&self, seat: SeatNumber) -> Option<&SeatMark> {
        self.row(seat)?.mark(seat.index)
    }

    /// Whether labels name their section: there is more than one with seats.
    pub fn labels_name_sections(&self) -> bool {
        self.sections.iter().filter(|section| section.is_seated()).nth(1).is_some()
    }

    /// What a seat is called: `A12`, `12-7`, or `balcony:C4` where several sections have seats.
    pub fn label(&self, seat: SeatNumber) -> Option<CompactString> {
        let label = self.row(seat)?.label_of(seat.index);
        let section = self.section(seat.section)?;
        Some(match self.labels_name_sections() {
            true => format_compact!("{}:{label}", section.name),
            false => label,
        })
    }

    /// All seats with their numbers, in order.
    pub fn seats(&self) -> impl Iterator<Item = SeatNumber> {
        self.sections.iter().zip(0u8..).flat_map(|(section, number)| {
            section.rows().iter().zip(0u16..).flat_map(move |(row, at)| {
                let seats = 0..row.seats.count();
                seats.map(move |index| SeatNumber { section: number, row: at, index })
            })
        })
    }
}
