//! What a plan has, in numbers.

use crate::plan::{Plan, PlanSection, View};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanSummary {
    pub seats: u64,
    pub standing: u64,
    pub rows: u64,
    pub accessible: u64,
    pub companions: u64,
    /// Seats with a restricted view.
    pub restricted: u64,
    /// Rows that are taken entirely or not at all.
    pub whole_rows: u64,
    /// The categories that have places, by name, with their number, in the order of the plan.
    pub categories: Vec<(String, u64)>,
    pub sections: Vec<SectionSummary>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionSummary {
    pub name: String,
    pub floor: Option<String>,
    pub is_seated: bool,
    pub rows: u64,
    /// Seats or standing places.
    pub places: u64,
    pub categories: Vec<String>,
    pub accessible: u64,
    pub companions: u64,
    pub restricted: u64,
    pub whole_rows: u64,
}

impl PlanSummary {
    pub fn of(plan: &Plan) -> Self {
        let mut categories = BTreeMap::new();
        let sections = plan.sections.iter();
        let sections: Vec<_> =
            sections.map(|section| section_summary(plan, section, &mut categories)).collect();
        let sum = |of: fn(&SectionSummary) -> u64| sections.iter().map(of).sum();
        let places = |seated| {
            let those = sections.iter().filter(move |section| section.is_seated == seated);
            those.map(|section| section.places).sum()
        };
        let name = |number: u16| plan.categories.get(usize::from(number)).cloned();
        Self {
            seats: places(true),
            standing: places(false),
            rows: sum(|it| it.rows),
            accessible: sum(|it| it.accessible),
            companions: sum(|it| it.companions),
            restricted: sum(|it| it.restricted),
            whole_rows: sum(|it| it.whole_rows),
            categories: categories
                .into_iter()
                .filter_map(|(number, places)| Some((name(number)?, places)))
                .collect(),
            sections,
        }
    }
}

fn section_summary(
    plan: &Plan,
    section: &PlanSection,
    all: &mut BTreeMap<u16, u64>,
) -> SectionSummary {
    let mut summary = SectionSummary {
        name: section.name.clone(),
        floor: section.floor.clone(),
        is_seated: section.is_seated(),
        places: section.capacity(),
        ..SectionSummary::default()
    };
    let mut categories = BTreeMap::new();
    if !section.is_seated() {
        categories.insert(section.category, section.capacity());
    }
    for row in section.rows() {
        summary.rows += 1;
        summary.whole_rows += u64::from(row.whole);
        for index in 0..row.seats.count() {
            *categories.entry(row.category_of(index)).or_default() += 1;
            let mark = row.mark(index);
            summary.accessible += u64::from(mark.is_some_and(|mark| mark.accessible));
            summary.companions += u64::from(mark.is_some_and(|mark| mark.companion_of.is_some()));
            summary.restricted += u64::from(row.view_of(index) == View::Restricted);
        }
    }
    for (&category, places) in &categories {
        *all.entry(category).or_default() += places;
        summary.categories.extend(plan.categories.get(usize::from(category)).cloned());
    }
    summary
}
