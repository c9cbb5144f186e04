//! Events, as they are answered.

use super::{Moment, schema};
use boxoffice_protocol::event::{Counts, EventDetails, EventSummary, Layout, Sales, SectionSpec};
use boxoffice_protocol::id::{EventId, EventName, SectionName};
use boxoffice_protocol::reply::Effect;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Events)]
pub(crate) struct EventsRecord<'a> {
    events: Vec<EventRecord<'a>>,
    /// Where the next page begins, if there is one.
    #[schema(value_type = Option<schema::EventId>, required)]
    next: Option<&'a EventId>,
    #[schema(value_type = schema::Version)]
    version: u64,
}

impl<'a> EventsRecord<'a> {
    pub(crate) fn new(rows: &'a [EventSummary], next: Option<&'a EventId>, version: u64) -> Self {
        Self { events: rows.iter().map(EventRecord::summary).collect(), next, version }
    }
}

/// An event, in a list or alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventSummary)]
pub(crate) struct EventRecord<'a> {
    #[schema(value_type = schema::EventId)]
    id: &'a EventId,
    #[schema(value_type = schema::Version)]
    version: u64,
    #[schema(value_type = schema::EventName)]
    name: &'a EventName,
    #[schema(value_type = schema::Time)]
    starts_at: Moment,
    #[schema(value_type = schema::Sales)]
    sales: &'static str,
    #[schema(value_type = schema::Currency)]
    currency: &'a str,
    #[schema(value_type = schema::Minor)]
    price_min: u64,
    #[schema(value_type = schema::Minor)]
    price_max: u64,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
    /// None where it is one of a list.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    more: Option<MoreOfEvent<'a>>,
}

/// What a list leaves out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MoreOfEvent<'a> {
    #[schema(required)]
    max_per_customer: Option<u32>,
    sections: Vec<SectionRecord<'a>>,
}

impl<'a> EventRecord<'a> {
    /// One of a list.
    fn summary(event: &'a EventSummary) -> Self {
        Self {
            id: &event.id,
            version: event.version,
            name: &event.name,
            starts_at: Moment(event.starts_at),
            sales: sales(event.sales),
            currency: event.currency.as_str(),
            price_min: event.prices.0,
            price_max: event.prices.1,
            free: event.counts.free,
            held: event.counts.held,
            sold: event.counts.sold,
            blocked: event.counts.blocked,
            more: None,
        }
    }

    /// One with its sections.
    pub(crate) fn details(event: &'a EventDetails, version: u64) -> Self {
        let sections = event.spec.sections.as_slice();
        let prices = sections.iter().map(|section| section.price);
        let records = sections.iter().zip(&event.counts);
        let counts = event.counts.iter().copied().sum::<Counts>();
        Self {
            id: &event.id,
            version,
            name: &event.spec.name,
            starts_at: Moment(event.spec.starts_at),
            sales: sales(event.sales),
            currency: event.spec.currency.as_str(),
            price_min: prices.clone().min().unwrap_or_default(),
            price_max: prices.max().unwrap_or_default(),
            free: counts.free,
            held: counts.held,
            sold: counts.sold,
            blocked: counts.blocked,
            more: Some(MoreOfEvent {
                max_per_customer: event.spec.max_per_customer.map(Into::into),
                sections: records
                    .map(|(section, &counts)| SectionRecord::new(section, counts))
                    .collect(),
            }),
        }
    }
}

/// The word for whether an event can be reserved.
const fn sales(sales: Sales) -> &'static str {
    match sales {
        Sales::Open => "open",
        Sales::Closed => "closed",
    }
}

/// A section.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Section)]
struct SectionRecord<'a> {
    #[schema(value_type = schema::SectionName)]
    section: &'a SectionName,
    #[schema(value_type = schema::Minor)]
    price: u64,
    #[schema(value_type = schema::Kind)]
    kind: &'static str,
    /// Seats of each row; none where people stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<&'a [u16]>,
    capacity: u64,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
}

impl<'a> SectionRecord<'a> {
    fn new(section: &'a SectionSpec, counts: Counts) -> Self {
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(rows.as_slice()),
            Layout::Standing { .. } => None,
        };
        Self {
            section: &section.name,
            price: section.price,
            kind: kind(&section.layout),
            rows,
            capacity: counts.capacity(),
            free: counts.free,
            held: counts.held,
            sold: counts.sold,
            blocked: counts.blocked,
        }
    }
}

/// The word for how places are arranged.
pub(super) const fn kind(layout: &Layout) -> &'static str {
    match layout {
        Layout::Seated { .. } => "seated",
        Layout::Standing { .. } => "standing",
    }
}

/// An event that was created, changed or deleted, or was so already.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Saved)]
pub(crate) struct SavedRecord<'a> {
    #[schema(value_type = schema::EventId)]
    id: &'a EventId,
    changed: bool,
    #[schema(value_type = schema::Version)]
    version: u64,
}

impl<'a> SavedRecord<'a> {
    pub(crate) fn new(id: &'a EventId, effect: Effect, version: u64) -> Self {
        Self { id, changed: effect == Effect::Applied, version }
    }
}
