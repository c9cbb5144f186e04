//! Random updates of an event's terms.

use super::fixtures::layout;
use super::random_command::RandomCommands;
use super::state::Model;
use super::{random_presentation, random_seats, random_tickets};
use boxoffice_protocol::event::{
    CustomerLimit, EventUpdate, Layout, LayoutUpdate, Publication, Sales, SalesTime, SectionUpdate,
};
use boxoffice_protocol::id::{EventName, SectionName};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::num::NonZeroU32;

impl RandomCommands {
    pub(super) fn if_version(&mut self, model: &Model) -> Option<u64> {
        match self.dice.below(6) {
            0 => Some(model.version),
            1 => Some(model.version.saturating_sub(self.dice.below(5))),
            _ => None,
        }
    }

    /// Sometimes the sales window is soon, and mostly there is none.
    fn sales_window(&mut self, update: &mut EventUpdate, now: Timestamp) {
        if self.dice.once_in(2) {
            update.sales_from = Some(SalesTime::Default);
            update.sales_until = Some(SalesTime::Default);
            return;
        }
        let mut soon = |ms: u64| {
            let at = now.as_ms() + self.dice.below(ms);
            SalesTime::At(Timestamp::from_ms(at.saturating_sub(ms / 4)).into())
        };
        let (from, until) = (soon(20_000), soon(120_000));
        update.sales_from = (!self.dice.once_in(3)).then_some(from);
        update.sales_until = self.dice.once_in(2).then_some(until);
        if self.dice.once_in(6) {
            let starts = now.plus(Duration::from_millis(self.dice.below(200_000)));
            update.starts_at = Some(starts.into());
        }
    }

    pub(super) fn update(&mut self, model: &Model, now: Timestamp) -> EventUpdate {
        let mut update = EventUpdate::default();
        match self.dice.below(11) {
            10 => update.publication = Some(*self.dice.pick(&Publication::ALL)),
            8 | 9 => self.sales_window(&mut update, now),
            0 => update.name = Some(EventName::parse("Another").expect("a name")),
            1 => {
                let sales = [Sales::Open, Sales::Open, Sales::Closed, Sales::Cancelled];
                update.sales = Some(*self.dice.pick(&sales));
            }
            2 => {
                let places = NonZeroU32::new(self.dice.of(1..12)).expect("not zero");
                let limits = [CustomerLimit::Unlimited, CustomerLimit::Places(places)];
                update.max_per_customer = Some(*self.dice.pick(&limits));
            }
            3 | 4 => {
                for _ in 0..=self.dice.below(3) {
                    update.block.push(self.label(model));
                }
            }
            5 => {
                for &seat in model.blocked.iter().take(4) {
                    update.unblock.push(random_seats::called(&mut self.dice, model, seat));
                }
            }
            _ => update.sections.push(self.section_update(model)),
        }
        if update.sections.is_empty() && self.dice.once_in(6) {
            update.sections.push(self.section_update(model));
        }
        update.prices = random_tickets::prices(&mut self.dice, model);
        random_presentation::edit(&mut self.dice, &mut update);
        if self.dice.once_in(3) {
            update.sales = Some(Sales::Open);
        }
        update
    }

    fn section_update(&mut self, model: &Model) -> SectionUpdate {
        let new: SectionName = "gallery".parse().expect("a name");
        if model.sections().len() < 4 && self.dice.once_in(20) {
            let layout = layout(self.dice.pick::<&str>(&["2x3", "4", "1x70"]));
            let price = (!self.dice.once_in(5)).then_some(77);
            return SectionUpdate { name: new, price, layout: Some(layout.into()) };
        }
        let section = self.dice.pick(model.sections()).clone();
        let price = self.dice.once_in(2).then(|| self.dice.below(4) * 1_000);
        let layout = match section.layout {
            Layout::Seated { mut rows } => {
                for seats in &mut rows {
                    let change = self.dice.of(0..3);
                    *seats = (*seats + u16::try_from(change).expect("small")).saturating_sub(1);
                }
                if self.dice.once_in(3) && rows.len() < 6 {
                    rows.push(4);
                } else if self.dice.once_in(3) {
                    rows.pop();
                }
                LayoutUpdate::Seated { rows }
            }
            Layout::Standing { capacity, .. } => {
                let change = self.dice.of(0..5);
                let capacity = (capacity + change).saturating_sub(2);
                let blocked = self.dice.once_in(2).then(|| self.dice.of(0..5));
                let is_told = blocked.is_none() || self.dice.once_in(2);
                LayoutUpdate::Standing { capacity: is_told.then_some(capacity), blocked }
            }
        };
        let layout = (!self.dice.once_in(3)).then_some(layout);
        SectionUpdate { name: section.name, price, layout }
    }
}
