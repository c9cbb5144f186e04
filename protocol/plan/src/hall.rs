//! The hall that an event takes place in: what its sections say of rows and seats, and what a plan
//! adds.

use crate::hall_names::{HallNames, IndexedPlan};
use crate::plan::{Plan, PlanSection, SeatNumber};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::event::{EventSpec, Layout, SectionSpec, Sections};
use boxoffice_protocol::id::{PlanDigest, RowLabel, Seat, SeatLabel, SectionName};
use compact_str::{CompactString, ToCompactString};
use std::fmt;
use std::sync::Arc;

/// A plan with the index of its names, which the events in one hall share.
pub type HallPlan = IndexedPlan<Arc<Plan>>;

/// The hall of an event: that of a plan, or one whose rows are lettered from A, whose seats are
/// numbered from 1, and which has no breaks.
#[derive(Debug, Clone, Default)]
pub struct Hall(Option<Arc<HallPlan>>);

/// Finds the halls of the plans that events name.
pub trait Halls: fmt::Debug + Send + Sync {
    /// The hall of a plan, or the one without; none if the plan is not at hand.
    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall>;
}

/// Has no plan at hand.
#[derive(Debug, Clone, Copy)]
pub struct NoPlans;

impl Halls for NoPlans {
    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        plan.is_none().then(Hall::default)
    }
}

impl Hall {
    /// The hall of a plan.
    pub const fn planned(plan: Arc<HallPlan>) -> Self {
        Self(Some(plan))
    }

    /// The plan, if the hall has one.
    pub fn plan(&self) -> Option<&Plan> {
        self.indexed_plan().map(IndexedPlan::plan)
    }

    /// The same with its index.
    pub fn indexed_plan(&self) -> Option<&HallPlan> {
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

    /// What a row is called.
    pub fn row_label(&self, section: u8, row: u16) -> CompactString {
        match self.indexed_plan() {
            None => RowLabel(row).to_compact_string(),
            Some(plan) => plan.row_label((section, row)),
        }
    }

    /// Checks that an event has the sections of its plan: their names, their rows and their
    /// capacities. A hall without a plan has any.
    ///
    /// # Errors
    /// The first thing that is different.
    pub fn check(&self, spec: &EventSpec) -> Result<(), InvalidField> {
        let Some(plan) = self.plan() else {
            let why = "must be that of the event's hall";
            return spec.plan.map_or(Ok(()), |_| Err(InvalidField::new("plan", why)));
        };
        if spec.plan.is_none() {
            return Err(InvalidField::new("plan", "must be that of the event's hall"));
        }
        plan.check(&spec.sections)
    }
}

fn printed(plan: &HallPlan, seat: Seat) -> SeatLabel {
    let number = SeatNumber { section: seat.section(), row: seat.row(), index: seat.number() };
    SeatLabel::parse(&plan.label(number)).expect("a plan's labels are texts that people see")
}

impl Plan {
    /// The sections of an event in this hall, each at its price.
    ///
    /// # Errors
    /// A section has no price, or a name that is none of an event's.
    pub fn priced(
        &self,
        price: impl Fn(&SectionName) -> Option<u64>,
    ) -> Result<Sections, InvalidField> {
        let priced = |section: &PlanSection| {
            let name = SectionName::parse(&section.name)?;
            let missing = || InvalidField::new("price", format!("{name} needs one"));
            let price = price(&name).ok_or_else(missing)?;
            Ok(SectionSpec { price, layout: section.layout(), name })
        };
        Sections::new(self.sections.iter().map(priced).collect::<Result<_, InvalidField>>()?)
    }

    fn check(&self, sections: &Sections) -> Result<(), InvalidField> {
        let wrong = |why: String| Err(InvalidField::new("sections", why));
        let names: Vec<_> = self.sections.iter().map(|section| section.name.as_str()).collect();
        let sections = sections.as_slice();
        if !sections.iter().map(|section| section.name.as_str()).eq(names.iter().copied()) {
            let all = names.join(", ");
            return wrong(format!("must be those of the plan, in its order: {all}"));
        }
        for (section, of) in sections.iter().zip(&self.sections) {
            let layout = of.layout();
            if !section.layout.has_places_of(&layout) {
                let places = match &layout {
                    Layout::Seated { rows } => {
                        format!("{} rows with {} seats", rows.len(), layout.capacity())
                    }
                    Layout::Standing { capacity, .. } => format!("{capacity} standing places"),
                };
                let name = &section.name;
                return wrong(format!("{name} must have the places of the plan: {places}"));
            }
        }
        Ok(())
    }
}
