//! Requests that create or change an event.

use super::numbers::{MinorUnits, Version};
#[cfg(feature = "openapi")]
use super::schema;
use super::tickets::TicketPriceRecord;
use crate::event::{
    Currency, CurrencyCode, CustomerLimit, Description, Edit, EventSpec, EventUpdate, Layout,
    LayoutUpdate, Link, Presentation, Publication, Sales, SalesTime, SectionSpec, SectionUpdate,
    Sections, TicketPrice, Tickets, VenueName, ZoneName, ZonedTime,
};
use crate::id::{EventId, EventName, PlanDigest, SeatLabel, SectionName, TicketType};
use crate::limits::{MAX_SECTIONS, MAX_TICKET_PRICES, MAX_UPDATE_SEATS};
use crate::refusal::Refusal;
use crate::text::InvalidField;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::num::NonZeroU32;

/// Reads a time as it is written, in a zone: of a field, for its faults. The rules of zones are not
/// this crate's.
pub trait ReadTime:
    Fn(&'static str, &str, Option<&ZoneName>) -> Result<ZonedTime, InvalidField>
{
}

impl<F> ReadTime for F where
    F: Fn(&'static str, &str, Option<&ZoneName>) -> Result<ZonedTime, InvalidField>
{
}

/// A new event and its sections.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NewEvent))]
pub struct CreateEventRequest {
    /// The event's slug, needed where the address does not have it.
    pub id: Option<EventId>,
    name: EventName,
    #[cfg_attr(feature = "openapi", schema(value_type = schema::WrittenTime))]
    starts_at: String,
    /// Where the event takes place; UTC if it is left out.
    zone: Option<ZoneName>,
    /// When sales open; at once if it is left out. Without an offset it is in the zone.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::WrittenTime>))]
    sales_from: Option<String>,
    /// When sales end; when the event begins if it is left out.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::WrittenTime>))]
    sales_until: Option<String>,
    /// `listed` if it is left out.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Publication>))]
    publication: Option<PublicationWord>,
    /// EUR if it is left out.
    currency: Option<CurrencyCode>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1))]
    max_per_customer: Option<NonZeroU32>,
    /// The plan of the hall, which `POST /v1/plans` takes.
    pub plan: Option<PlanDigest>,
    /// With a plan, all of its sections in its order.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 255))]
    sections: Vec<NewSection>,
    /// The types of its tickets, which stay. A reservation that says none gets tickets of the first.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    types: Vec<TicketType>,
    /// Prices of ticket types that differ from those of their sections.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 4_080))]
    prices: Vec<TicketPriceRecord>,
    /// Where it takes place.
    venue: Option<VenueName>,
    /// What it is.
    description: Option<Description>,
    /// Where there is more about it.
    link: Option<Link>,
}

/// A section of a new event: either seated or standing, which a plan says where there is one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct NewSection {
    section: SectionName,
    price: MinorUnits,
    /// The rows of a seated section.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::Rows>))]
    rows: Option<RowSizes>,
    /// The number of places of a standing section.
    #[cfg_attr(feature = "openapi", schema(maximum = 1_000_000_000))]
    capacity: Option<u32>,
}

impl CreateEventRequest {
    /// The event that is asked for; its plan says the layout of sections that come without one.
    ///
    /// # Errors
    /// The refusal names the bound that is broken.
    pub fn into_spec(
        self,
        read: impl ReadTime,
        planned: impl Fn(&SectionName) -> Option<Layout>,
    ) -> Result<EventSpec, Refusal> {
        let sections = self.sections.into_iter().enumerate().map(|(index, section)| {
            let NewSection { section: name, price, rows, capacity } = section;
            let layout = layout(index, rows, capacity)?;
            let layout = layout.or_else(|| planned(&name));
            let layout = layout.ok_or_else(|| rows_or_capacity(index))?;
            Ok(SectionSpec { name, price: price.0, layout })
        });
        let sections = sections.collect::<Result<_, Refusal>>()?;
        let time = |field, text: Option<&str>| {
            text.map(|text| read(field, text, self.zone.as_ref())).transpose()
        };
        let prices = self.prices.into_iter().map(TicketPrice::from).collect();
        let spec = EventSpec {
            name: self.name,
            starts_at: read("starts_at", &self.starts_at, self.zone.as_ref())?,
            currency: self.currency.map_or(Ok(Currency::EUR), Currency::of)?,
            max_per_customer: self.max_per_customer,
            plan: self.plan,
            sections: Sections::new(sections)?,
            sales_from: time("sales_from", self.sales_from.as_deref())?,
            sales_until: time("sales_until", self.sales_until.as_deref())?,
            publication: self.publication.map(Into::into).unwrap_or_default(),
            tickets: Tickets::new(self.types, prices)?,
            presentation: Presentation {
                venue: self.venue,
                description: self.description,
                link: self.link,
            },
        };
        spec.check()?;
        Ok(spec)
    }
}

/// Changes of an event. Fields that are left out stay as they are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventUpdate))]
pub struct UpdateEventRequest {
    /// The version that the event must have; the header `If-Match` has the same effect.
    pub if_version: Option<Version>,
    name: Option<EventName>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::WrittenTime>))]
    starts_at: Option<String>,
    /// Where the event takes place from now on; needs `starts_at`.
    zone: Option<ZoneName>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Sales>))]
    sales: Option<SalesWord>,
    /// When sales open; null opens them at once. Without an offset it is in the event's zone.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::WrittenTime>))]
    sales_from: Option<Option<String>>,
    /// When sales end; null ends them when the event begins.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::WrittenTime>))]
    sales_until: Option<Option<String>>,
    /// A published event does not become a draft again.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Publication>))]
    publication: Option<PublicationWord>,
    /// Null removes the limit.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1))]
    max_per_customer: Option<Option<NonZeroU32>>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 255))]
    sections: Vec<SectionChange>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 2_000))]
    block: Vec<SeatLabel>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 2_000))]
    unblock: Vec<SeatLabel>,
    /// Other prices of ticket types; reservations keep theirs.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 4_080))]
    prices: Vec<TicketPriceRecord>,
    /// Where it takes place; null for no such text, as below.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<VenueName>))]
    venue: Option<Option<VenueName>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>))]
    description: Option<Option<Description>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Link>))]
    link: Option<Option<Link>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SalesWord {
    Open,
    Closed,
    Cancelled,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PublicationWord {
    Listed,
    Unlisted,
    Draft,
}

impl From<PublicationWord> for Publication {
    fn from(word: PublicationWord) -> Self {
        match word {
            PublicationWord::Listed => Self::Listed,
            PublicationWord::Unlisted => Self::Unlisted,
            PublicationWord::Draft => Self::Draft,
        }
    }
}

/// Changes of a section. A section that is new needs a price, and rows or a capacity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SectionUpdate))]
struct SectionChange {
    section: SectionName,
    price: Option<MinorUnits>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::Rows>))]
    rows: Option<RowSizes>,
    #[cfg_attr(feature = "openapi", schema(maximum = 1_000_000_000))]
    capacity: Option<u32>,
    /// How many of the standing places are not for sale.
    #[cfg_attr(feature = "openapi", schema(maximum = 1_000_000_000))]
    blocked: Option<u32>,
}

/// Tells null from a field that is left out.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl UpdateEventRequest {
    /// The update that is asked for.
    ///
    /// # Errors
    /// The refusal names the bound that is broken.
    pub fn into_update(self, read: impl ReadTime) -> Result<EventUpdate, Refusal> {
        if self.zone.is_some() && self.starts_at.is_none() {
            return Err(Refusal::invalid("zone", "needs starts_at, the time in that zone"));
        }
        at_most("sections", self.sections.len(), MAX_SECTIONS)?;
        at_most("block", self.block.len(), MAX_UPDATE_SEATS)?;
        at_most("unblock", self.unblock.len(), MAX_UPDATE_SEATS)?;
        at_most("prices", self.prices.len(), MAX_TICKET_PRICES)?;
        let sections = self.sections.into_iter().enumerate().map(|(index, section)| {
            let SectionChange { section: name, price, rows, capacity, blocked } = section;
            let price = price.map(|price| price.0);
            let layout = match (rows, capacity, blocked) {
                (None, None, None) => None,
                (Some(RowSizes(rows)), None, None) => Some(LayoutUpdate::Seated { rows }),
                (None, capacity, blocked) => Some(LayoutUpdate::Standing { capacity, blocked }),
                (Some(_), ..) => return Err(rows_or_capacity(index)),
            };
            let update = SectionUpdate { name, price, layout };
            update.check()?;
            Ok(update)
        });
        let starts_at = self.starts_at.as_deref();
        let starts_at = starts_at.map(|text| read("starts_at", text, self.zone.as_ref()));
        let sales_time = |field, text: Option<Option<String>>| {
            let time = |text: String| read(field, &text, self.zone.as_ref()).map(SalesTime::At);
            text.map(|text| text.map_or(Ok(SalesTime::Default), time)).transpose()
        };
        Ok(EventUpdate {
            name: self.name,
            starts_at: starts_at.transpose()?,
            sales: self.sales.map(|sales| match sales {
                SalesWord::Open => Sales::Open,
                SalesWord::Closed => Sales::Closed,
                SalesWord::Cancelled => Sales::Cancelled,
            }),
            max_per_customer: self
                .max_per_customer
                .map(|limit| limit.map_or(CustomerLimit::Unlimited, CustomerLimit::Places)),
            sections: sections.collect::<Result<_, Refusal>>()?,
            block: self.block,
            unblock: self.unblock,
            sales_from: sales_time("sales_from", self.sales_from)?,
            sales_until: sales_time("sales_until", self.sales_until)?,
            publication: self.publication.map(Into::into),
            prices: self.prices.into_iter().map(TicketPrice::from).collect(),
            venue: self.venue.map(Edit::from),
            description: self.description.map(Edit::from),
            link: self.link.map(Edit::from),
        })
    }
}

fn at_most(field: &str, entries: usize, most: usize) -> Result<(), Refusal> {
    if entries <= most {
        return Ok(());
    }
    Err(Refusal::invalid(field, format!("at most {most} entries, this has {entries}")))
}

/// The layout of the section at `index`, if the request has one.
fn layout(
    index: usize,
    rows: Option<RowSizes>,
    capacity: Option<u32>,
) -> Result<Option<Layout>, Refusal> {
    match (rows, capacity) {
        (None, None) => Ok(None),
        (Some(RowSizes(rows)), None) => Ok(Some(Layout::Seated { rows })),
        (None, Some(capacity)) => Ok(Some(Layout::standing(capacity))),
        (Some(_), Some(_)) => Err(rows_or_capacity(index)),
    }
}

fn rows_or_capacity(index: usize) -> Refusal {
    let why = "say either rows, where people sit, or capacity, where they stand";
    Refusal::invalid(format!("sections[{index}]"), why)
}

/// The seats of each row: `[18, 20, 22]`, or `"10x20"` for ten rows of twenty seats.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RowSizes(Vec<u16>);

impl<'de> Deserialize<'de> for RowSizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowSizesVisitor)
    }
}

/// By hand: serde's untagged enums do not say which of the rows is wrong.
struct RowSizesVisitor;

impl<'de> Visitor<'de> for RowSizesVisitor {
    type Value = RowSizes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the seats of each row, like [18, 20, 22], or \"10x20\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RowSizes, E> {
        let (rows, seats) = text.split_once('x').unwrap_or_default();
        match (rows.parse::<u16>(), seats.parse::<u16>()) {
            (Ok(rows), Ok(seats)) => Ok(RowSizes(vec![seats; rows.into()])),
            _ => Err(E::custom("must be like \"10x20\", ten rows of twenty seats")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<RowSizes, A::Error> {
        // The size of the body bounds them here; the bound of a section is checked later.
        let mut seats = Vec::new();
        while let Some(row) = rows.next_element()? {
            seats.push(row);
        }
        Ok(RowSizes(seats))
    }
}
