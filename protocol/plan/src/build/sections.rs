//! The walk over a file.

use super::categories::Categories;
use super::rows::{RowsBuilder, SharedPatterns};
use super::{checks, drawing, marks};
use crate::fault::{Faults, PlanError, PlanFault};
use crate::file::{PlanFile, SectionTable};
use crate::fold::fold;
use crate::geometry::PlanFrame;
use crate::limits::{
    MAX_CAPACITY, MAX_CATEGORIES, MAX_CATEGORY_NAME_BYTES, MAX_PLAN_NAME_BYTES, MAX_PLAN_SECTIONS,
    MAX_SECTION_NAME_BYTES,
};
use crate::name::{check_section_name, check_text};
use crate::plan::{Plan, PlanSection, SectionPlaces};
use std::collections::HashMap;

/// Makes the plan that a file describes.
///
/// # Errors
/// [`PlanError`] with everything that is wrong.
pub(crate) fn build(file: &PlanFile) -> Result<Plan, PlanError> {
    let mut faults = Faults::default();
    let name = faults.ok("name", check_text(&file.name, MAX_PLAN_NAME_BYTES)).unwrap_or_default();
    checks::point(&mut faults, &str::to_owned, "focus", file.focus);
    let mut builder = SectionsBuilder {
        categories: Categories::new(&file.category, &mut faults),
        faults,
        names: HashMap::new(),
        patterns: SharedPatterns::default(),
    };
    if file.section.is_empty() {
        builder.faults.add("section", "there is none; a plan has at least one [[section]]");
    }
    if file.section.len() > MAX_PLAN_SECTIONS || file.category.len() > MAX_CATEGORIES {
        let why = format!(
            "a plan has at most {MAX_PLAN_SECTIONS} sections and {MAX_CATEGORIES} categories; this \
             has {} and {}",
            file.section.len(),
            file.category.len()
        );
        return Err(PlanFault::new("section", why).into());
    }
    let tables = file.section.iter().enumerate();
    let sections: Vec<_> = tables.filter_map(|(at, table)| builder.section(at, table)).collect();
    let SectionsBuilder { categories, mut faults, .. } = builder;
    drawing::check(file, &mut faults);
    let mut plan = Plan { name, focus: file.focus, categories: categories.names.clone(), sections };
    // Seats have numbers only if no section is missing.
    if faults.is_empty() {
        marks::add(file, &mut plan, &categories, &mut faults);
    }
    faults.result(plan)
}

struct SectionsBuilder {
    categories: Categories,
    faults: Faults,
    /// The sections so far by their folded names.
    names: HashMap<String, String>,
    patterns: SharedPatterns,
}

impl SectionsBuilder {
    fn section(&mut self, at: usize, table: &SectionTable) -> Option<PlanSection> {
        let path = move |key: &str| format!("section[{at}].{key}");
        let name = check_section_name(&table.name, MAX_SECTION_NAME_BYTES);
        let name = self.faults.ok(&path("name"), name).unwrap_or_else(|| format!("{at}"));
        if let Some(other) = self.names.insert(fold(&name), name.clone()) {
            let why = format!(
                "{name:?} cannot be told from section {other:?}: they differ in case, spaces, \
                 hyphens or zeros at most"
            );
            self.faults.add(path("name"), why);
        }
        let floor = table.floor.as_ref().and_then(|floor| {
            self.faults.ok(&path("floor"), check_text(floor, MAX_CATEGORY_NAME_BYTES))
        });
        let own = table
            .category
            .as_ref()
            .and_then(|category| self.faults.ok(&path("category"), self.categories.find(category)));
        self.numbers(&path, table);
        let (places, category) = match table.capacity {
            Some(capacity) => self.standing(&path, table, &name, capacity, own)?,
            None => self.seated(at, table, &name, own)?,
        };
        let at_of_rows = table.row.iter().any(|row| row.at.is_some() || row.points.is_some());
        let outlined = table.capacity.is_some() && table.outline.is_some();
        Some(PlanSection {
            name,
            was: table.was.clone(),
            floor,
            category,
            places,
            frame: PlanFrame {
                at: table.at.unwrap_or_default(),
                angle: table.angle.unwrap_or_default(),
            },
            is_placed: table.at.is_some() || at_of_rows || outlined,
        })
    }

    fn numbers(&mut self, path: &dyn Fn(&str) -> String, table: &SectionTable) {
        use checks::Sign::{Any, NotNegative, Positive};
        checks::point(&mut self.faults, path, "at", table.at);
        for (key, value, sign) in [
            ("angle", table.angle, Any),
            ("pitch", table.pitch, Positive),
            ("row_pitch", table.row_pitch, Positive),
            ("aisle", table.aisle, NotNegative),
            ("radius", table.radius, Positive),
        ] {
            checks::number(&mut self.faults, path, key, value, sign);
        }
    }

    fn standing(
        &mut self,
        path: &dyn Fn(&str) -> String,
        table: &SectionTable,
        name: &str,
        capacity: u32,
        own: Option<u16>,
    ) -> Option<(SectionPlaces, u16)> {
        let seated = [
            ("rows", table.rows.is_some()),
            ("seats", table.seats.is_some()),
            ("row", !table.row.is_empty()),
            ("seat", !table.seat.is_empty()),
            ("whole", table.whole),
        ];
        if let Some((key, _)) = seated.iter().find(|(_, given)| *given) {
            let why = "a section has seats or a capacity, not both; make it two sections";
            self.faults.add(path(key), why);
        }
        if !(1..=MAX_CAPACITY).contains(&capacity) {
            let why = format!("a capacity is 1 to {MAX_CAPACITY}");
            self.faults.add(path("capacity"), why);
        }
        let category = match own {
            Some(category) => category,
            None => self.faults.ok(&path("category"), self.categories.of_section(name))?,
        };
        Some((SectionPlaces::Standing { capacity }, category))
    }

    fn seated(
        &mut self,
        at: usize,
        table: &SectionTable,
        name: &str,
        own: Option<u16>,
    ) -> Option<(SectionPlaces, u16)> {
        let Self { categories, faults, patterns, .. } = self;
        let rows = RowsBuilder { section: at, table, name, own, categories, faults, patterns };
        let rows = rows.build()?;
        let category = own.or_else(|| rows.first().map(|row| row.category))?;
        Some((SectionPlaces::Seated { rows }, category))
    }
}
