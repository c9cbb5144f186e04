//! What an update changes of an event's terms: only what is different, in the order of a
//! [`Change`](boxoffice_protocol::change::Change).

use crate::adjacent::seated;
use crate::inventory::Inventory;
use boxoffice_protocol::change::TermChange;
use boxoffice_protocol::event::{CustomerLimit, EventUpdate, SectionSpec, SectionUpdate, Sections};
use boxoffice_protocol::id::SectionName;
use boxoffice_protocol::refusal::Refusal;
use std::collections::BTreeSet;

/// Those of the sections that were there come by their index, then those that are added.
pub(crate) struct ChangedTerms(pub(crate) Vec<TermChange>);

impl ChangedTerms {
    /// What is different with an update.
    ///
    /// # Errors
    /// The update makes no sense for this event.
    pub(crate) fn of(event: &Inventory, update: &EventUpdate) -> Result<Self, Refusal> {
        let (spec, sales) = (&event.terms.spec, event.terms.sales);
        let mut terms = Vec::new();
        if let Some(to) = update.name.as_ref().filter(|to| **to != spec.name) {
            terms.push(TermChange::Name { from: spec.name.clone(), to: to.clone() });
        }
        if let Some(to) = update.starts_at.as_ref().filter(|to| **to != spec.starts_at) {
            terms.push(TermChange::StartsAt { from: spec.starts_at.clone(), to: to.clone() });
        }
        if let Some(to) = update.sales.filter(|to| *to != sales) {
            terms.push(TermChange::Sales { from: sales, to });
        }
        let limit = update.max_per_customer.map(|limit| match limit {
            CustomerLimit::Unlimited => None,
            CustomerLimit::Places(limit) => Some(limit),
        });
        if let Some(to) = limit.filter(|to| *to != spec.max_per_customer) {
            terms.push(TermChange::MaxPerCustomer { from: spec.max_per_customer, to });
        }
        if !update.sections.is_empty() {
            let sections = changed_sections(event, &update.sections)?;
            check_bounds(event, &sections)?;
            terms.extend(sections);
        }
        Ok(Self(terms))
    }
}

/// Whether changes make another list of prices.
pub(crate) fn has_new_prices(terms: &[TermChange]) -> bool {
    terms.iter().any(TermChange::is_of_prices)
}

fn changed_sections(
    event: &Inventory,
    updates: &[SectionUpdate],
) -> Result<Vec<TermChange>, Refusal> {
    let before = &event.terms.spec.sections;
    let mut named = BTreeSet::new();
    let (mut changed, mut added) = (Vec::new(), Vec::new());
    for update in updates {
        let name = &update.name;
        if !named.insert(name.as_str()) {
            return wrong(name, "is there twice");
        }
        match event.by_name.named(before, name) {
            Some((index, section)) => {
                let is_planned = event.hall.plan().is_some();
                changed.extend(changed_section(index, section, update, is_planned)?);
            }
            None if event.hall.plan().is_some() => {
                return wrong(name, "is not in the event's plan");
            }
            None => {
                let (Some(price), Some(layout)) = (update.price, update.layout.clone()) else {
                    return wrong(name, "is new; it needs a price and a layout");
                };
                let name = name.clone();
                added.push(TermChange::Added(SectionSpec { name, price, layout }));
            }
        }
    }
    Sections::check_count(before.as_slice().len() + added.len())?;
    updates.iter().try_for_each(SectionUpdate::check)?;
    changed.sort_by_key(TermChange::section);
    changed.extend(added);
    Ok(changed)
}

fn changed_section(
    section: u8,
    before: &SectionSpec,
    update: &SectionUpdate,
    is_planned: bool,
) -> Result<impl Iterator<Item = TermChange>, Refusal> {
    let price = update.price.filter(|to| *to != before.price);
    let price = price.map(|to| TermChange::Price { section, from: before.price, to });
    let layout = update.layout.as_ref();
    if layout.is_some_and(|to| to.is_seated() != before.layout.is_seated()) {
        let why = "cannot change between seated and standing; add another section";
        return wrong(&before.name, why);
    }
    let layout = layout.filter(|to| **to != before.layout);
    if layout.is_some() && is_planned {
        return wrong(&before.name, "has the places of the event's plan");
    }
    let layout = layout.map(|to| TermChange::Layout {
        section,
        from: before.layout.clone(),
        to: to.clone(),
    });
    Ok(price.into_iter().chain(layout))
}

fn wrong<T>(section: &SectionName, why: &str) -> Result<T, Refusal> {
    Err(Refusal::invalid("sections", format!("the section {section} {why}")))
}

/// Checks the bounds of all sections together.
fn check_bounds(event: &Inventory, changed: &[TermChange]) -> Result<(), Refusal> {
    let rows = seated(&event.sections, None).map(|(_, _, grid)| grid.rows.len());
    let (mut seats, mut rows) = (event.seats(), rows.sum());
    for change in changed {
        let (go, come) = change.seats();
        seats = seats - go + come;
        match change {
            TermChange::Layout { from, to, .. } => rows = rows - from.rows() + to.rows(),
            TermChange::Added(section) => rows += section.layout.rows(),
            _ => {}
        }
    }
    Ok(Sections::check_size(seats, rows)?)
}
