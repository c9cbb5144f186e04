//! What an event is changed with.

use super::Moment;
use super::new_event::{Rows, layout};
use boxoffice_protocol::event::{CustomerLimit, EventUpdate, Sales, SectionUpdate};
use boxoffice_protocol::id::{EventName, SeatLabel, SectionName};
use boxoffice_protocol::limits::{MAX_SECTIONS, MAX_UPDATE_SEATS};
use boxoffice_protocol::refusal::Refusal;
use serde::{Deserialize, Deserializer};
use std::num::NonZeroU32;

/// What shall be otherwise; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventPatch {
    /// Only if the event is still at this version. `If-Match` says it, too.
    pub(crate) if_version: Option<u64>,
    name: Option<EventName>,
    starts_at: Option<Moment>,
    sales: Option<SalesWord>,
    /// Null takes the limit away.
    #[serde(default, deserialize_with = "said")]
    max_per_customer: Option<Option<NonZeroU32>>,
    #[serde(default)]
    sections: Vec<SectionPatch>,
    #[serde(default)]
    block: Vec<SeatLabel>,
    #[serde(default)]
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
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionPatch {
    section: SectionName,
    price: Option<u64>,
    rows: Option<Rows>,
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
