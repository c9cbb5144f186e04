//! What an event is created with.

use super::{Moment, schema};
use boxoffice_protocol::event::{Currency, EventSpec, Layout, SectionSpec, Sections};
use boxoffice_protocol::id::{EventId, EventName, SectionName};
use boxoffice_protocol::refusal::Refusal;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::num::NonZeroU32;
use utoipa::ToSchema;

/// A new event.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEvent {
    /// Its slug, where the address does not say it.
    #[schema(value_type = Option<schema::EventId>)]
    pub(crate) id: Option<EventId>,
    #[schema(value_type = schema::EventName)]
    name: EventName,
    #[schema(value_type = schema::Time)]
    starts_at: Moment,
    /// EUR where it is left out.
    #[schema(value_type = Option<schema::Currency>)]
    currency: Option<Currency>,
    #[schema(value_type = Option<u32>, minimum = 1)]
    max_per_customer: Option<NonZeroU32>,
    #[schema(min_items = 1, max_items = 255)]
    sections: Vec<NewSection>,
}

/// A section of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSection {
    #[schema(value_type = schema::SectionName)]
    section: SectionName,
    /// In minor units.
    #[schema(value_type = schema::Minor)]
    price: u64,
    /// Where people sit.
    #[schema(value_type = Option<schema::Rows>)]
    rows: Option<Rows>,
    /// Where people stand.
    #[schema(maximum = 1_000_000_000)]
    capacity: Option<u32>,
}

/// The seats of each row: `[18, 20, 22]`, or `"10x20"`, ten rows of twenty seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows(Vec<u16>);

impl NewEvent {
    /// All about it.
    ///
    /// # Errors
    /// A refusal names what breaks a bound.
    pub(crate) fn into_spec(self) -> Result<EventSpec, Refusal> {
        let sections = self.sections.into_iter().enumerate().map(|(index, section)| {
            let NewSection { section: name, price, rows, capacity } = section;
            let layout = layout(index, rows, capacity)?;
            let layout = layout.ok_or_else(|| neither_nor(index))?;
            Ok(SectionSpec { name, price, layout })
        });
        let sections = sections.collect::<Result<_, Refusal>>()?;
        Ok(EventSpec {
            name: self.name,
            starts_at: self.starts_at.0,
            currency: self.currency.unwrap_or(Currency::EUR),
            max_per_customer: self.max_per_customer,
            sections: Sections::new(sections)?,
        })
    }
}

/// The layout of the section at `index`, if it says one.
pub(super) fn layout(
    index: usize,
    rows: Option<Rows>,
    capacity: Option<u32>,
) -> Result<Option<Layout>, Refusal> {
    match (rows, capacity) {
        (None, None) => Ok(None),
        (Some(Rows(rows)), None) => Ok(Some(Layout::Seated { rows })),
        (None, Some(capacity)) => Ok(Some(Layout::Standing { capacity })),
        (Some(_), Some(_)) => Err(neither_nor(index)),
    }
}

fn neither_nor(index: usize) -> Refusal {
    let why = "say either rows, where people sit, or capacity, where they stand";
    Refusal::invalid(format!("sections[{index}]"), why)
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the seats of each row, like [18, 20, 22], or \"10x20\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Rows, E> {
        let (rows, seats) = text.split_once('x').unwrap_or_default();
        match (rows.parse::<u16>(), seats.parse::<u16>()) {
            (Ok(rows), Ok(seats)) => Ok(Rows(vec![seats; rows.into()])),
            _ => Err(E::custom("must be like \"10x20\", ten rows of twenty seats")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Rows, A::Error> {
        // As many as the body has room for; the event's sections bound them.
        let mut seats = Vec::new();
        while let Some(row) = rows.next_element()? {
            seats.push(row);
        }
        Ok(Rows(seats))
    }
}
