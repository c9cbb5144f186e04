//! Records of events and their sections.

use super::numbers::{MinorUnits, Version};
use super::section_kind::SectionKind;
use super::text;
use super::tickets::TicketPriceRecord;
use super::time::Rfc3339;
use crate::event::{
    Counts, CurrencyCode, Description, EventDetails, EventSummary, Layout, Link, Publication,
    SalesState, SectionSpec, VenueName, ZoneName, ZonedTime,
};
use crate::id::{EventId, EventName, PlanDigest, SectionName, TicketType};
use crate::price_list::PriceList;
use crate::reply::Effect;
use serde::Serialize;

/// A page of events.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Events))]
pub struct EventsRecord<'a> {
    events: Vec<EventSummaryRecord<'a>>,
    /// The `after` of the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(required))]
    next: Option<&'a EventId>,
    version: Version,
}

impl<'a> EventsRecord<'a> {
    /// The rows at a version of the catalog.
    pub fn new(rows: &'a [EventSummary], next: Option<&'a EventId>, version: u64) -> Self {
        let events = rows.iter().map(EventSummaryRecord::new).collect();
        Self { events, next, version: Version(version) }
    }
}

/// An event in a list.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventSummary))]
pub struct EventSummaryRecord<'a> {
    id: &'a EventId,
    version: Version,
    name: &'a EventName,
    starts_at: Rfc3339,
    /// The same as the clocks of the venue show it, without an offset.
    #[cfg_attr(feature = "openapi", schema(example = "2026-12-24T20:00:00"))]
    starts_local: String,
    zone: &'a ZoneName,
    /// Where it takes place; left out if that was not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    venue: Option<&'a VenueName>,
    #[serde(serialize_with = "text::write")]
    sales: SalesState,
    /// When sales open; null if they were open from the beginning.
    #[cfg_attr(feature = "openapi", schema(required))]
    sales_from: Option<ZonedTimeRecord<'a>>,
    currency: CurrencyCode,
    /// The digits of the minor unit that prices are in: 2 where 4500 is 45.00.
    currency_digits: u8,
    price_min: MinorUnits,
    price_max: MinorUnits,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
}

/// A time, and what the clocks of a zone show then, without an offset.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ZonedTime))]
struct ZonedTimeRecord<'a> {
    at: Rfc3339,
    #[cfg_attr(feature = "openapi", schema(example = "2026-12-24T20:00:00"))]
    local: String,
    zone: &'a ZoneName,
}

impl<'a> From<&'a ZonedTime> for ZonedTimeRecord<'a> {
    fn from(time: &'a ZonedTime) -> Self {
        Self { at: Rfc3339(time.at()), local: format!("{time:#}"), zone: time.zone() }
    }
}

impl<'a> EventSummaryRecord<'a> {
    /// The event of a row.
    pub fn new(event: &'a EventSummary) -> Self {
        let EventSummary { id, version, name, starts_at, sales, prices, currency, counts, .. } =
            event;
        Self {
            id,
            version: Version(*version),
            name,
            starts_at: Rfc3339(starts_at.at()),
            starts_local: format!("{starts_at:#}"),
            zone: starts_at.zone(),
            venue: event.venue.as_ref(),
            sales: *sales,
            sales_from: event.sales_from.as_ref().map(Into::into),
            currency: currency.code(),
            currency_digits: currency.digits(),
            price_min: MinorUnits(prices.0),
            price_max: MinorUnits(prices.1),
            free: counts.free,
            held: counts.held,
            sold: counts.sold,
            blocked: counts.blocked,
        }
    }
}

/// An event with its sections.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Event))]
pub struct EventRecord<'a> {
    #[serde(flatten)]
    summary: EventSummaryRecord<'a>,
    #[serde(flatten)]
    more: MoreOfEvent<'a>,
}

/// The fields of an event that a list leaves out.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct MoreOfEvent<'a> {
    /// When sales end; null if that is when the event begins.
    #[cfg_attr(feature = "openapi", schema(required))]
    sales_until: Option<ZonedTimeRecord<'a>>,
    #[serde(serialize_with = "text::write")]
    publication: Publication,
    #[cfg_attr(feature = "openapi", schema(required))]
    max_per_customer: Option<u32>,
    /// The plan of the hall; null if it has none.
    #[cfg_attr(feature = "openapi", schema(required))]
    plan: Option<PlanDigest>,
    sections: Vec<SectionRecord<'a>>,
    /// The types of its tickets, the first of which is sold where none is asked for; left out if it has
    /// none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    types: &'a [TicketType],
    /// Prices of ticket types that differ from those of their sections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    prices: Vec<TicketPriceRecord>,
    /// What it is; left out if that was not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    description: Option<&'a Description>,
    /// Where there is more about it; left out if that was not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    link: Option<&'a Link>,
}

impl<'a> EventRecord<'a> {
    /// The event at a version.
    pub fn new(event: &'a EventDetails, version: u64) -> Self {
        let EventDetails { id, spec, sales, counts } = event;
        let sections = spec.sections.as_slice();
        let (lowest, highest) = PriceList::of(&spec.sections, &spec.tickets).range();
        let total = counts.iter().copied().sum::<Counts>();
        let summary = EventSummaryRecord {
            id,
            version: Version(version),
            name: &spec.name,
            starts_at: Rfc3339(spec.starts_at.at()),
            starts_local: format!("{:#}", spec.starts_at),
            zone: spec.starts_at.zone(),
            venue: spec.presentation.venue.as_ref(),
            sales: *sales,
            sales_from: spec.sales_from.as_ref().map(Into::into),
            currency: spec.currency.code(),
            currency_digits: spec.currency.digits(),
            price_min: MinorUnits(lowest),
            price_max: MinorUnits(highest),
            free: total.free,
            held: total.held,
            sold: total.sold,
            blocked: total.blocked,
        };
        let sections = sections.iter().zip(counts).map(SectionRecord::new).collect();
        let max_per_customer = spec.max_per_customer.map(Into::into);
        let sales_until = spec.sales_until.as_ref().map(Into::into);
        let prices = spec.tickets.prices().iter().map(TicketPriceRecord::from).collect();
        let (plan, publication, types) = (spec.plan, spec.publication, spec.tickets.types());
        let more = MoreOfEvent {
            sales_until,
            publication,
            max_per_customer,
            plan,
            sections,
            types,
            prices,
            description: spec.presentation.description.as_ref(),
            link: spec.presentation.link.as_ref(),
        };
        Self { summary, more }
    }
}

/// A section and the counts of its places.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Section))]
struct SectionRecord<'a> {
    section: &'a SectionName,
    price: MinorUnits,
    kind: SectionKind,
    /// The number of seats of each row; left out for a standing section.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<&'a [u16]>,
    capacity: u64,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
}

impl<'a> SectionRecord<'a> {
    fn new((section, counts): (&'a SectionSpec, &Counts)) -> Self {
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(rows.as_slice()),
            Layout::Standing { .. } => None,
        };
        Self {
            section: &section.name,
            price: MinorUnits(section.price),
            kind: SectionKind::from(&section.layout),
            rows,
            capacity: counts.capacity(),
            free: counts.free,
            held: counts.held,
            sold: counts.sold,
            blocked: counts.blocked,
        }
    }
}

/// The outcome of creating, changing or deleting an event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Saved))]
pub struct SavedRecord<'a> {
    id: &'a EventId,
    /// False if the event was in that state already.
    changed: bool,
    version: Version,
}

impl<'a> SavedRecord<'a> {
    /// The outcome, with the event's version after it.
    pub fn new(id: &'a EventId, effect: Effect, version: u64) -> Self {
        Self { id, changed: effect == Effect::Applied, version: Version(version) }
    }
}
