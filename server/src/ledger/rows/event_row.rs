//! The one row of the table of events that each event has.

use super::checksums::{ChecksumKey, EVENTS};
use super::columns::{Columns, time};
use super::error::{RowsError, Tried};
use super::event_cache::Standing;
use super::verify::EventTallies;
use boxoffice_protocol::change::TermChange;
use boxoffice_protocol::event::{
    Description, EventSpec, Link, Presentation, Sales, Tickets, VenueName, ZonedTime,
};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::num::NonZeroU32;

/// The first of the columns of the sales window.
const SALES_FROM: usize = 19;

/// All columns of an event's row but its tallies.
#[derive(Debug, Default)]
pub(super) struct EventRow {
    pub(super) number: i64,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) starts_at: i64,
    pub(super) starts_local: i64,
    pub(super) zone: String,
    pub(super) sales: String,
    pub(super) currency: String,
    pub(super) currency_digits: i64,
    pub(super) max_per_customer: Option<i64>,
    pub(super) created_at: i64,
    pub(super) deleted_at: Option<i64>,
    pub(super) created_as: String,
    pub(super) sales_from: Option<TimeColumns>,
    pub(super) sales_until: Option<TimeColumns>,
    pub(super) publication: String,
    pub(super) tickets: Tickets,
    pub(super) presentation: Presentation,
}

/// An instant, the local time, and the zone.
type TimeColumns = (i64, i64, String);

fn time_columns(of: &ZonedTime) -> TimeColumns {
    (time(of.at()), time(of.local()), of.zone().to_string())
}

impl EventRow {
    /// Sets what an update can change.
    pub(super) fn set_terms(&mut self, spec: &EventSpec, sales: Sales) {
        self.name = spec.name.to_string();
        self.set_start(&spec.starts_at);
        self.max_per_customer = most(spec.max_per_customer);
        self.sales = sales.as_str().to_owned();
        self.sales_from = spec.sales_from.as_ref().map(time_columns);
        self.sales_until = spec.sales_until.as_ref().map(time_columns);
        self.publication = spec.publication.as_str().to_owned();
        self.tickets = spec.tickets.clone();
        self.presentation = spec.presentation.clone();
    }

    fn set_start(&mut self, starts_at: &ZonedTime) {
        (self.starts_at, self.starts_local, self.zone) = time_columns(starts_at);
    }

    /// Makes a change of the terms, where it is of this row.
    pub(super) fn change(&mut self, change: &TermChange) {
        match change {
            TermChange::Name { to, .. } => self.name = to.to_string(),
            TermChange::StartsAt { to, .. } => self.set_start(to),
            TermChange::Sales { to, .. } => self.sales = to.as_str().to_owned(),
            TermChange::SalesFrom { to, .. } => self.sales_from = to.as_ref().map(time_columns),
            TermChange::SalesUntil { to, .. } => self.sales_until = to.as_ref().map(time_columns),
            TermChange::Publication { to, .. } => self.publication = to.as_str().to_owned(),
            TermChange::MaxPerCustomer { to, .. } => self.max_per_customer = most(*to),
            TermChange::Venue { to, .. } => self.presentation.venue = to.clone(),
            TermChange::Description { to, .. } => self.presentation.description = to.clone(),
            TermChange::Link { to, .. } => self.presentation.link = to.clone(),
            TermChange::TicketPrice { .. } => change.make_in_tickets(&mut self.tickets),
            TermChange::Price { .. } | TermChange::Layout { .. } | TermChange::Added(_) => {}
        }
    }

    /// Reads and verifies the row of an event.
    pub(super) fn read(
        connection: &Connection,
        key: ChecksumKey,
        event: &Standing,
    ) -> Result<Self, RowsError> {
        let doing = "read an event";
        let mut statement =
            connection.prepare_cached(&EVENTS.select("WHERE number = ?1")).tried(doing)?;
        let mut rows = statement.query([event.number]).tried(doing)?;
        let place = || format!("table events, row {}", event.number);
        let row = rows.next().tried(doing)?;
        let row = row.ok_or_else(|| RowsError::damaged(place(), "it is missing"))?;
        if key.verified(&EVENTS, row)? != event.tallies.event {
            return Err(RowsError::damaged(place(), "it is an older version of itself"));
        }
        let columns = Columns::new(EVENTS.name, row);
        let text = |column| columns.text(column).map(str::to_owned);
        let optional = |column| match columns.is_null(column)? {
            true => Ok(None),
            false => columns.signed(column).map(Some),
        };
        let times = |column: usize| match columns.is_null(column)? {
            true => Ok(None),
            false => {
                let (at, local) = (columns.signed(column)?, columns.signed(column + 1)?);
                Ok(Some((at, local, text(column + 2)?)))
            }
        };
        Ok(Self {
            number: columns.signed(0)?,
            slug: text(1)?,
            name: text(2)?,
            starts_at: columns.signed(3)?,
            starts_local: columns.signed(4)?,
            zone: text(5)?,
            sales: text(6)?,
            currency: text(7)?,
            currency_digits: columns.signed(8)?,
            max_per_customer: optional(9)?,
            created_at: columns.signed(10)?,
            deleted_at: optional(11)?,
            created_as: text(12)?,
            sales_from: times(SALES_FROM)?,
            sales_until: times(SALES_FROM + 3)?,
            publication: text(SALES_FROM + 6)?,
            tickets: tickets(columns, EVENTS.column("tickets"))?,
            presentation: Presentation {
                venue: columns.optional(EVENTS.column("venue"))?,
                description: columns.optional(EVENTS.column("description"))?,
                link: columns.optional(EVENTS.column("link"))?,
            },
        })
    }

    /// Adds it, and returns its checksum.
    pub(super) fn insert(
        &self,
        connection: &Connection,
        key: ChecksumKey,
        tallies: &EventTallies,
    ) -> Result<u64, RowsError> {
        self.write(connection, &EVENTS.insert(), key, tallies)
    }

    /// Writes what can change of it, and returns its checksum.
    pub(super) fn update(
        &self,
        connection: &Connection,
        key: ChecksumKey,
        tallies: &EventTallies,
    ) -> Result<u64, RowsError> {
        let sql = "UPDATE events SET name = ?3, starts_at = ?4, starts_local = ?5, zone = ?6, sales = ?7, \
            max_per_customer = ?10, deleted_at = ?12, section_rows = ?14, section_sum = ?15, \
            price_list_rows = ?16, price_list_sum = ?17, blocked_rows = ?18, blocked_sum = ?19, \
            sales_from = ?20, sales_from_local = ?21, sales_from_zone = ?22, sales_until = ?23, \
            sales_until_local = ?24, sales_until_zone = ?25, publication = ?26, tickets = ?27, \
            venue = ?28, description = ?29, link = ?30, row_checksum = ?31 \
            WHERE number = ?1";
        self.write(connection, sql, key, tallies)
    }

    fn write(
        &self,
        connection: &Connection,
        sql: &str,
        key: ChecksumKey,
        tallies: &EventTallies,
    ) -> Result<u64, RowsError> {
        let optional = |value: Option<i64>| value.map_or(ValueRef::Null, ValueRef::Integer);
        let [section_rows, section_sum] = tallies.sections.values();
        let [price_list_rows, price_list_sum] = tallies.price_lists.values();
        let [blocked_rows, blocked_sum] = tallies.blocked.values();
        let [from, from_local, from_zone] = written(self.sales_from.as_ref());
        let [until, until_local, until_zone] = written(self.sales_until.as_ref());
        let tickets = (!self.tickets.is_empty()).then(|| serde_json::to_string(&self.tickets));
        let tickets = tickets.transpose().map_err(|why| {
            RowsError::contradiction(format!("event {}", self.slug), why.to_string())
        })?;
        let Presentation { venue, description, link } = &self.presentation;
        let values = [
            ValueRef::Integer(self.number),
            ValueRef::Text(self.slug.as_bytes()),
            ValueRef::Text(self.name.as_bytes()),
            ValueRef::Integer(self.starts_at),
            ValueRef::Integer(self.starts_local),
            ValueRef::Text(self.zone.as_bytes()),
            ValueRef::Text(self.sales.as_bytes()),
            ValueRef::Text(self.currency.as_bytes()),
            ValueRef::Integer(self.currency_digits),
            optional(self.max_per_customer),
            ValueRef::Integer(self.created_at),
            optional(self.deleted_at),
            ValueRef::Text(self.created_as.as_bytes()),
            section_rows,
            section_sum,
            price_list_rows,
            price_list_sum,
            blocked_rows,
            blocked_sum,
            from,
            from_local,
            from_zone,
            until,
            until_local,
            until_zone,
            ValueRef::Text(self.publication.as_bytes()),
            optional_text(tickets.as_deref()),
            optional_text(venue.as_ref().map(VenueName::as_str)),
            optional_text(description.as_ref().map(Description::as_str)),
            optional_text(link.as_ref().map(Link::as_str)),
        ];
        connection
            .prepare_cached(sql)
            .and_then(|mut sql| key.write(&EVENTS, &mut sql, &values))
            .tried("write an event")
    }
}

fn optional_text(text: Option<&str>) -> ValueRef<'_> {
    text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes()))
}

fn written(times: Option<&TimeColumns>) -> [ValueRef<'_>; 3] {
    times.map_or([ValueRef::Null; 3], |(at, local, zone)| {
        [ValueRef::Integer(*at), ValueRef::Integer(*local), ValueRef::Text(zone.as_bytes())]
    })
}

/// The types and prices of a column; none if it is empty.
pub(super) fn tickets(columns: Columns<'_>, column: usize) -> Result<Tickets, RowsError> {
    if columns.is_null(column)? { Ok(Tickets::default()) } else { columns.json(column) }
}

fn most(limit: Option<NonZeroU32>) -> Option<i64> {
    limit.map(|most| most.get().into())
}
