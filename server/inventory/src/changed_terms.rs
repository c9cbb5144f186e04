//! What an update changes of an event's terms: only what is different, in the order of a
//! [`Change`](boxoffice_protocol::change::Change).

use crate::adjacent::{Among, seated};
use crate::inventory::Inventory;
use boxoffice_protocol::change::TermChange;
use boxoffice_protocol::event::{
    CustomerLimit, Edit, EventSpec, EventUpdate, LayoutUpdate, Publication, SalesTime, SectionSpec,
    SectionUpdate, Sections, TicketPrice, ZonedTime, check_sales_window,
};
use boxoffice_protocol::id::SectionName;
use boxoffice_protocol::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

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
        terms.extend(changed_window(spec, update)?);
        terms.extend(published(spec.publication, update.publication)?);
        terms.extend(changed_presentation(spec, update));
        if !update.sections.is_empty() {
            let sections = changed_sections(event, &update.sections)?;
            check_bounds(event, &sections)?;
            terms.extend(sections);
        }
        let prices = changed_prices(event, &terms, &update.prices)?;
        terms.extend(prices);
        Ok(Self(terms))
    }
}

/// What an update publishes. A published event is never a draft again: it was seen.
fn published(from: Publication, to: Option<Publication>) -> Result<Option<TermChange>, Refusal> {
    let Some(to) = to.filter(|to| *to != from) else { return Ok(None) };
    if to == Publication::Draft {
        let why = "a published event is no draft again; make it unlisted, or close its sales";
        return Err(Refusal::invalid("publication", why));
    }
    Ok(Some(TermChange::Publication { from, to }))
}

/// What an update changes of what people read about an event.
fn changed_presentation(
    spec: &EventSpec,
    update: &EventUpdate,
) -> impl Iterator<Item = TermChange> {
    let now = &spec.presentation;
    let venue = changed_text(&now.venue, update.venue.as_ref());
    let description = changed_text(&now.description, update.description.as_ref());
    let link = changed_text(&now.link, update.link.as_ref());
    let venue = venue.map(|(from, to)| TermChange::Venue { from, to });
    let description = description.map(|(from, to)| TermChange::Description { from, to });
    let link = link.map(|(from, to)| TermChange::Link { from, to });
    venue.into_iter().chain(description).chain(link)
}

/// A text before and after an update, if it is another one.
fn changed_text<T: Clone + PartialEq>(
    from: &Option<T>,
    edit: Option<&Edit<T>>,
) -> Option<(Option<T>, Option<T>)> {
    let to = edit?.as_value();
    (to != from.as_ref()).then(|| (from.clone(), to.cloned()))
}

/// How an update moves the sales window, which has to be one afterwards.
fn changed_window(spec: &EventSpec, update: &EventUpdate) -> Result<Vec<TermChange>, Refusal> {
    if update.starts_at.is_none() && update.sales_from.is_none() && update.sales_until.is_none() {
        return Ok(Vec::new());
    }
    let time = |update: &Option<SalesTime>, before: &Option<ZonedTime>| match update {
        Some(time) => time.clone().into(),
        None => before.clone(),
    };
    let sales_from = time(&update.sales_from, &spec.sales_from);
    let sales_until = time(&update.sales_until, &spec.sales_until);
    let starts_at = update.starts_at.as_ref().unwrap_or(&spec.starts_at);
    check_sales_window(sales_from.as_ref(), sales_until.as_ref().unwrap_or(starts_at))?;
    let mut changed = Vec::new();
    if sales_from != spec.sales_from {
        let (from, to) = (spec.sales_from.clone(), sales_from);
        changed.push(TermChange::SalesFrom { from, to });
    }
    if sales_until != spec.sales_until {
        let (from, to) = (spec.sales_until.clone(), sales_until);
        changed.push(TermChange::SalesUntil { from, to });
    }
    Ok(changed)
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
                let layout = update.layout.as_ref().and_then(|layout| layout.layout(None));
                let (Some(price), Some(layout)) = (update.price, layout) else {
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

/// Other prices of ticket types, in the order of categories and types by their names.
fn changed_prices(
    event: &Inventory,
    terms: &[TermChange],
    prices: &[TicketPrice],
) -> Result<Vec<TermChange>, Refusal> {
    let tickets = &event.terms.spec.tickets;
    let mut changed = BTreeMap::new();
    for price in prices {
        let TicketPrice { category, ticket_type, offer } = price;
        let invalid = |why: String| Refusal::invalid("prices", why);
        let is_added = |change: &TermChange| matches!(change, TermChange::Added(section) if section.name == *category);
        let is_there = event.by_name.named(&event.terms.spec.sections, category).is_some();
        if !is_there && !terms.iter().any(is_added) {
            return Err(invalid(format!("there is no section {category}")));
        }
        if tickets.number(ticket_type).is_none() {
            return Err(invalid(format!("the event has no tickets of the type {ticket_type}")));
        }
        price.check()?;
        if changed.insert((category, ticket_type), *offer).is_some() {
            return Err(invalid(format!("{price} is there twice")));
        }
    }
    let changed = changed.into_iter().filter_map(|((category, ticket_type), to)| {
        let from = tickets.offer(category, ticket_type);
        let (category, ticket_type) = (category.clone(), ticket_type.clone());
        (from != Some(to)).then_some(TermChange::TicketPrice { category, ticket_type, from, to })
    });
    Ok(changed.collect())
}

fn changed_section(
    section: u8,
    before: &SectionSpec,
    update: &SectionUpdate,
    is_planned: bool,
) -> Result<impl Iterator<Item = TermChange>, Refusal> {
    let price = update.price.filter(|to| *to != before.price);
    let price = price.map(|to| TermChange::Price { section, from: before.price, to });
    let layout = update.layout.as_ref().and_then(|layout| layout.layout(Some(&before.layout)));
    if layout.as_ref().is_some_and(|to| to.is_seated() != before.layout.is_seated()) {
        let is_blocking =
            matches!(update.layout, Some(LayoutUpdate::Standing { capacity: None, .. }));
        if is_blocking {
            return wrong(&before.name, "has seats: block these by name");
        }
        let why = "cannot change between seated and standing; add another section";
        return wrong(&before.name, why);
    }
    let layout = layout.filter(|to| *to != before.layout);
    if let Some(layout) = &layout {
        layout.check(&before.name)?;
        if is_planned && !layout.has_places_of(&before.layout) {
            return wrong(&before.name, "has the places of the event's plan");
        }
    }
    let layout = layout.map(|to| TermChange::Layout { section, from: before.layout.clone(), to });
    Ok(price.into_iter().chain(layout))
}

fn wrong<T>(section: &SectionName, why: &str) -> Result<T, Refusal> {
    Err(Refusal::invalid("sections", format!("the section {section} {why}")))
}

/// Checks the bounds of all sections together.
fn check_bounds(event: &Inventory, changed: &[TermChange]) -> Result<(), Refusal> {
    let rows = seated(&event.sections, Among::All).map(|(_, _, grid)| grid.rows.len());
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
