//! The [`model`](super)'s decisions about updates.

use super::decide::invalid;
use super::state::{Answer, Model};
use boxoffice_protocol::change::{Change, EventTerms, TermChange, Updated};
use boxoffice_protocol::event::{
    Counts, CustomerLimit, EventSpec, EventUpdate, Layout, LayoutUpdate, PlaceState, Presentation,
    Publication, SalesTime, SectionSpec, Sections, TicketPrice, Tickets,
};
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::limits::MAX_UPDATE_SEATS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeSet;

impl Model {
    pub fn update(&self, if_version: Option<u64>, update: &EventUpdate, now: Timestamp) -> Answer {
        let wanted = self.updated(update);
        if let Ok((after, block, unblock)) = &wanted
            && *after == self.terms
            && block.iter().all(|seat| self.blocked.contains(seat))
            && !unblock.iter().any(|seat| self.blocked.contains(seat))
        {
            return Ok(None);
        }
        if if_version.is_some_and(|version| version != self.version) {
            return Err(Refusal::VersionConflict { current: self.version });
        }
        let (after, mut block, mut unblock) = wanted?;
        for (index, spec) in after.spec.sections.as_slice().iter().enumerate() {
            let Some(_) = self.sections().get(index).filter(|_| !spec.layout.is_seated()) else {
                continue;
            };
            let Counts { held, sold, .. } = self.counts(index, now);
            let limit = u64::from(spec.layout.capacity() - spec.layout.blocked());
            if held + sold > limit {
                return Err(Refusal::LimitExceeded { limit, have: held + sold });
            }
        }
        let stay = Self::all_seats(after.spec.sections.as_slice());
        let mut gone = Self::all_seats(self.sections());
        gone.retain(|seat| !stay.contains(seat));
        block.retain(|seat| !self.blocked.contains(seat));
        unblock.retain(|seat| self.blocked.contains(seat));
        let mut taken: Vec<Seat> = gone.iter().chain(&block).copied().collect();
        taken.retain(|seat| matches!(self.state(*seat, now), PlaceState::Held | PlaceState::Sold));
        taken.sort_unstable();
        if !taken.is_empty() {
            return Err(Refusal::SeatsTaken { seats: self.labels(taken).into() });
        }
        gone.retain(|seat| self.blocked.contains(seat));
        unblock.extend(gone);
        unblock.sort_unstable();
        let terms = differences(&self.terms, &after);
        let (terms, blocked, unblocked) = (terms.into(), block.into(), unblock.into());
        Ok(Some(Change::Updated(Box::new(Updated { terms, blocked, unblocked }))))
    }

    fn updated(&self, update: &EventUpdate) -> Result<(EventTerms, Vec<Seat>, Vec<Seat>), Refusal> {
        let mut after = self.terms.clone();
        let spec = &mut after.spec;
        if let Some(name) = &update.name {
            spec.name = name.clone();
        }
        if let Some(starts_at) = &update.starts_at {
            spec.starts_at = starts_at.clone();
        }
        after.sales = update.sales.unwrap_or(after.sales);
        move_window(spec, update)?;
        match update.publication {
            Some(Publication::Draft) if spec.publication != Publication::Draft => {
                return Err(invalid("publication"));
            }
            Some(to) => spec.publication = to,
            None => {}
        }
        present(&mut spec.presentation, update);
        match update.max_per_customer {
            None => {}
            Some(CustomerLimit::Unlimited) => spec.max_per_customer = None,
            Some(CustomerLimit::Places(limit)) => spec.max_per_customer = Some(limit),
        }
        let mut names = BTreeSet::new();
        let mut sections = spec.sections.as_slice().to_vec();
        for change in &update.sections {
            if !names.insert(change.name.clone()) {
                return Err(invalid("sections"));
            }
            match sections.iter_mut().find(|section| section.name == change.name) {
                Some(section) => {
                    section.price = change.price.unwrap_or(section.price);
                    section.layout = self.layout(&section.layout, change.layout.as_ref())?;
                }
                None if self.hall.plan().is_some() => return Err(invalid("sections")),
                None => sections.push(SectionSpec {
                    name: change.name.clone(),
                    price: change.price.ok_or(invalid("sections"))?,
                    layout: match &change.layout {
                        Some(layout) => layout.layout(None).ok_or(invalid("sections"))?,
                        None => return Err(invalid("sections")),
                    },
                }),
            }
        }
        spec.sections = Sections::new(sections)?;
        move_prices(spec, update)?;
        spec.check()?;
        let listed = |field, labels: &[SeatLabel]| {
            if labels.len() > MAX_UPDATE_SEATS {
                return Err(invalid(field));
            }
            self.resolved(&spec.sections, field, labels)
        };
        let block = listed("block", &update.block)?;
        let unblock = listed("unblock", &update.unblock)?;
        if block.iter().any(|seat| unblock.contains(seat)) {
            return Err(invalid("unblock"));
        }
        Ok((after, block, unblock))
    }
}

fn present(presentation: &mut Presentation, update: &EventUpdate) {
    if let Some(edit) = &update.venue {
        presentation.venue = edit.as_value().cloned();
    }
    if let Some(edit) = &update.description {
        presentation.description = edit.as_value().cloned();
    }
    if let Some(edit) = &update.link {
        presentation.link = edit.as_value().cloned();
    }
}

impl Model {
    fn layout(&self, before: &Layout, to: Option<&LayoutUpdate>) -> Result<Layout, Refusal> {
        let is_planned = self.hall.plan().is_some();
        match (before, to) {
            (_, None) => Ok(before.clone()),
            (Layout::Seated { rows: before }, Some(LayoutUpdate::Seated { rows }))
                if !is_planned || before == rows =>
            {
                Ok(Layout::Seated { rows: rows.clone() })
            }
            (
                Layout::Standing { capacity: planned, blocked: stays },
                Some(LayoutUpdate::Standing { capacity, blocked }),
            ) if !is_planned || capacity.is_none_or(|capacity| capacity == *planned) => {
                let capacity = capacity.unwrap_or(*planned);
                Ok(Layout::Standing { capacity, blocked: blocked.unwrap_or(*stays) })
            }
            _ => Err(invalid("sections")),
        }
    }
}

fn move_prices(spec: &mut EventSpec, update: &EventUpdate) -> Result<(), Refusal> {
    let mut prices = spec.tickets.prices().to_vec();
    for (index, price) in update.prices.iter().enumerate() {
        let key = |one: &TicketPrice| (one.category.clone(), one.ticket_type.clone());
        if update.prices[..index].iter().any(|one| key(one) == key(price)) {
            return Err(invalid("prices"));
        }
        prices.retain(|one| key(one) != key(price));
        prices.push(price.clone());
    }
    let types = spec.tickets.types().to_vec();
    spec.tickets = Tickets::new(types, prices).map_err(|_| invalid("prices"))?;
    Ok(())
}

fn move_window(spec: &mut EventSpec, update: &EventUpdate) -> Result<(), Refusal> {
    for (time, to) in
        [(&mut spec.sales_from, &update.sales_from), (&mut spec.sales_until, &update.sales_until)]
    {
        match to {
            None => {}
            Some(SalesTime::Default) => *time = None,
            Some(SalesTime::At(to)) => *time = Some(to.clone()),
        }
    }
    let moves = [update.sales_from.is_some(), update.sales_until.is_some()];
    let until = spec.sales_until.as_ref().unwrap_or(&spec.starts_at).at();
    let is_empty = spec.sales_from.as_ref().is_some_and(|from| from.at() >= until);
    if (update.starts_at.is_some() || moves.contains(&true)) && is_empty {
        return Err(invalid("sales_from"));
    }
    Ok(())
}

fn differences(before: &EventTerms, after: &EventTerms) -> Vec<TermChange> {
    let mut terms = Vec::new();
    let (one, two) = (&before.spec, &after.spec);
    if one.name != two.name {
        terms.push(TermChange::Name { from: one.name.clone(), to: two.name.clone() });
    }
    if one.starts_at != two.starts_at {
        terms.push(TermChange::StartsAt { from: one.starts_at.clone(), to: two.starts_at.clone() });
    }
    if before.sales != after.sales {
        terms.push(TermChange::Sales { from: before.sales, to: after.sales });
    }
    if one.max_per_customer != two.max_per_customer {
        let (from, to) = (one.max_per_customer, two.max_per_customer);
        terms.push(TermChange::MaxPerCustomer { from, to });
    }
    if one.sales_from != two.sales_from {
        let (from, to) = (one.sales_from.clone(), two.sales_from.clone());
        terms.push(TermChange::SalesFrom { from, to });
    }
    if one.sales_until != two.sales_until {
        let (from, to) = (one.sales_until.clone(), two.sales_until.clone());
        terms.push(TermChange::SalesUntil { from, to });
    }
    if one.publication != two.publication {
        terms.push(TermChange::Publication { from: one.publication, to: two.publication });
    }
    let (before_texts, after_texts) = (&one.presentation, &two.presentation);
    if before_texts.venue != after_texts.venue {
        let (from, to) = (before_texts.venue.clone(), after_texts.venue.clone());
        terms.push(TermChange::Venue { from, to });
    }
    if before_texts.description != after_texts.description {
        let (from, to) = (before_texts.description.clone(), after_texts.description.clone());
        terms.push(TermChange::Description { from, to });
    }
    if before_texts.link != after_texts.link {
        let (from, to) = (before_texts.link.clone(), after_texts.link.clone());
        terms.push(TermChange::Link { from, to });
    }
    let (one, two) = (one.sections.as_slice(), two.sections.as_slice());
    for (section, (one, two)) in (0..).zip(one.iter().zip(two)) {
        if one.price != two.price {
            terms.push(TermChange::Price { section, from: one.price, to: two.price });
        }
        if one.layout != two.layout {
            let (from, to) = (one.layout.clone(), two.layout.clone());
            terms.push(TermChange::Layout { section, from, to });
        }
    }
    terms.extend(two[one.len()..].iter().cloned().map(TermChange::Added));
    let (one, two) = (&before.spec.tickets, &after.spec.tickets);
    for price in two.prices().iter().filter(|price| !one.prices().contains(price)) {
        let TicketPrice { category, ticket_type, offer: to } = price.clone();
        let from = one.offer(&category, &ticket_type);
        terms.push(TermChange::TicketPrice { category, ticket_type, from, to });
    }
    terms
}
