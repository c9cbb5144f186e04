//! What an event is changed with.

use super::new_event::{Rows, layout};
use super::{Moment, schema};
use boxoffice_protocol::event::{CustomerLimit, EventUpdate, Sales, SectionUpdate};
use boxoffice_protocol::id::{EventName, SeatLabel, SectionName};
use boxoffice_protocol::limits::{MAX_SECTIONS, MAX_UPDATE_SEATS};
use boxoffice_protocol::refusal::Refusal;
use serde::{Deserialize, Deserializer};
use std::num::NonZeroU32;
use utoipa::ToSchema;

/// What shall be otherwise; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EventUpdate)]
pub(crate) struct EventPatch {
    /// Only if the event is still at this version. `If-Match` says it, too.
    #[schema(value_type = Option<schema::Version>)]
    pub(crate) if_version: Option<u64>,
    #[schema(value_type = Option<schema::EventName>)]
    name: Option<EventName>,
    #[schema(value_type = Option<schema::Time>)]
    starts_at: Option<Moment>,
    #[schema(value_type = Option<schema::Sales>)]
    sales: Option<SalesWord>,
    /// Null takes the limit away.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    max_per_customer: Option<Option<NonZeroU32>>,
    #[serde(default)]
    #[schema(max_items = 255)]
    sections: Vec<SectionPatch>,
    #[serde(default)]
    #[schema(value_type = Vec<schema::SeatLabel>, max_items = 2_000)]
    block: Vec<SeatLabel>,
    #[serde(default)]
    #[schema(value_type = Vec<schema::SeatLabel>, max_items = 2_000)]
    unblock: Vec<SeatLabel>,
}

/// Whether an event can be reserved.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SalesWord {
    Open,
    Closed,
}

/// What shall be otherwise in a section; one that is new has all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SectionUpdate)]
struct SectionPatch {
    #[schema(value_type = schema::SectionName)]
    section: SectionName,
    #[schema(value_type = Option<schema::Minor>)]
    price: Option<u64>,
    #[schema(value_type = Option<schema::Rows>)]
    rows: Option<Rows>,
    #[schema(maximum = 1_000_000_000)]
    capacity: Option<u32>,
}

/// Tells null from a field that is left out.
fn said<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl EventPatch {
    /// The update.
    ///
    /// # Errors
    /// A refusal names what breaks a bound.
    pub(crate) fn into_update(self) -> Result<EventUpdate, Refusal> {
        at_most("sections", self.sections.len(), MAX_SECTIONS)?;
        at_most("block", self.block.len(), MAX_UPDATE_SEATS)?;
        at_most("unblock", self.unblock.len(), MAX_UPDATE_SEATS)?;
        let sections = self.sections.into_iter().enumerate().map(|(index, section)| {
            let SectionPatch { section: name, price, rows, capacity } = section;
            Ok(SectionUpdate { name, price, layout: layout(index, rows, capacity)? })
        });
        Ok(EventUpdate {
            name: self.name,
            starts_at: self.starts_at.map(|starts_at| starts_at.0),
            sales: self.sales.map(|sales| match sales {
                SalesWord::Open => Sales::Open,
                SalesWord::Closed => Sales::Closed,
            }),
            max_per_customer: self
                .max_per_customer
                .map(|limit| limit.map_or(CustomerLimit::Unlimited, CustomerLimit::Places)),
            sections: sections.collect::<Result<_, Refusal>>()?,
            block: self.block,
            unblock: self.unblock,
        })
    }
}

fn at_most(field: &str, entries: usize, most: usize) -> Result<(), Refusal> {
    if entries <= most {
        return Ok(());
    }
    Err(Refusal::invalid(field, format!("at most {most} entries, this has {entries}")))
}
