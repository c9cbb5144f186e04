//! The hall that an event takes place in: what its sections say of rows and seats, and what a plan
//! adds.

use crate::breaks::SectionBreaks;
use crate::sections::Section;
use boxoffice_plan::{HallNames, IndexedPlan, Plan, PlanSection, SeatNumber};
use boxoffice_protocol::event::{SectionSpec, Sections, numbered};
use boxoffice_protocol::id::{Seat, SeatLabel};
use std::sync::Arc;

/// A plan with the index of its names, which the events in one hall share.
pub type HallPlan = IndexedPlan<Arc<Plan>>;

/// The hall of an event: that of a plan, or one whose rows are lettered from A, whose seats are
/// numbered from 1, and which has no breaks.
#[derive(Debug, Clone, Default)]
pub struct Hall(Option<Arc<HallPlan>>);

impl Hall {
    /// The hall of a plan.
    pub const fn planned(plan: Arc<HallPlan>) -> Self {
        Self(Some(plan))
    }

    /// The plan, if the hall has one.
    pub fn plan(&self) -> Option<&Plan> {
        self.indexed_plan().map(IndexedPlan::plan)
    }

    pub(crate) fn indexed_plan(&self) -> Option<&HallPlan> {
        self.0.as_deref()
    }

    /// What a seat of these sections is called.
    pub fn label(&self, sections: &Sections, seat: Seat) -> SeatLabel {
        match self.indexed_plan() {
            None => sections.label(seat),
            Some(plan) => printed(plan, seat),
        }
    }

    /// What seats of these sections are called.
    pub fn labels<C: FromIterator<SeatLabel>>(&self, sections: &Sections, seats: &[Seat]) -> C {
        match self.indexed_plan() {
            None => sections.labels(seats).collect(),
            Some(plan) => seats.iter().map(|&seat| printed(plan, seat)).collect(),
        }
    }

    /// Whether these sections are the plan's: their names, their rows and their capacities. Every
    /// section is one of a hall without a plan.
    pub fn has(&self, sections: &Sections) -> bool {
        let Some(plan) = self.plan() else { return true };
        let sections = sections.as_slice();
        let is_it = |(spec, of): (&SectionSpec, &PlanSection)| {
            spec.name.as_str() == of.name && spec.layout == of.layout()
        };
        sections.len() == plan.sections.len() && sections.iter().zip(&plan.sections).all(is_it)
    }

    /// The sections of an event in this hall, all places free.
    pub(crate) fn sections(&self, sections: &Sections) -> Vec<Section> {
        let all = numbered(sections.as_slice());
        all.map(|(index, section)| Section::new(&section.layout, self.breaks(index))).collect()
    }

    /// The breaks in the rows of a section.
    fn breaks(&self, section: u8) -> SectionBreaks {
        let section = self.plan().and_then(|plan| plan.section(section));
        let rows = section.map_or(&[][..], |section| section.rows());
        SectionBreaks::new(rows.iter().map(|row| row.seats.breaks()))
    }
}

fn printed(plan: &HallPlan, seat: Seat) -> SeatLabel {
    let number = SeatNumber { section: seat.section(), row: seat.row(), index: seat.number() };
    SeatLabel::parse(&plan.label(number)).expect("a plan's labels are texts that people see")
}
