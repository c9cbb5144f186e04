//! Loads the rows at a start.

use super::checksums::{RESERVATIONS, Tally};
use super::columns::Columns;
use super::error::{At, RowsError, Tried};
use super::event_cache::{CachedEvent, Catalog, EventCache, Standing};
use super::event_row::tickets;
use super::predecessors::Predecessors;
use super::reader::RowsReader;
use super::section_rows::sections;
use super::snapshot::Snapshot;
use super::structure;
use super::verify::Verification;
use boxoffice_inventory::{Contradiction, SavedEvent, SavedReservation, UsedIds, remembered_until};
use boxoffice_protocol::change::EventTerms;
use boxoffice_protocol::event::{EventSpec, Presentation, Sales};
use boxoffice_protocol::id::{CustomerId, EventId, Principal, Seat};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::time::Timestamp;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// A saved event, tombstone or reservation.
#[derive(Debug)]
pub enum Saved {
    /// An event that is there.
    Event(Box<SavedEvent>),
    /// A slug whose event is gone.
    Deleted(Tombstone),
    /// A reservation. They come after all events.
    Reservation {
        number: i64,
        /// Whose: how many events came before its own.
        event: usize,
        /// What was saved of it.
        reservation: SavedReservation,
        /// The token that asked for it.
        made_by: Option<Principal>,
    },
    /// A reservation of a deleted event, made with a token, whose id is kept.
    MadeInDeleted { by: Principal, customer: CustomerId, at: Timestamp },
    /// The ids that deleted events of a slug have used. They come last.
    UsedIds(EventId, UsedIds),
}

/// The tombstone of a deleted event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    pub id: EventId,
    /// Its last version: an event created again goes on from there.
    pub version: u64,
    /// When it was deleted.
    pub last_at: Timestamp,
    /// The ids that it and its predecessors have used.
    pub used_ids: UsedIds,
}

/// An event while its reservations are read.
struct Loading {
    id: EventId,
    now: Standing,
}

const EVENTS: &str = "\
    SELECT number, slug, version, last_at, name, starts_at, starts_local, zone, \
    sales, currency, currency_digits, max_per_customer, deleted_at, created_as, sales_from, sales_from_local, sales_from_zone, \
    sales_until, sales_until_local, sales_until_zone, publication, tickets, venue, \
    description, link FROM events \
    LEFT JOIN standings ON standings.event = events.number WHERE NOT EXISTS (SELECT 1 FROM events AS newer \
    WHERE newer.slug = events.slug AND newer.number > events.number) ORDER BY number";

/// What was loaded.
pub(super) struct Loaded {
    /// What following more changes needs.
    pub(super) cache: EventCache,
    /// What the index of reservations should have.
    pub(super) index: Tally,
}

/// Gives away all that memory had, once it is verified.
pub(super) fn load(
    connection: &Connection,
    mut take: impl FnMut(Saved) -> Result<(), Contradiction>,
) -> Result<Loaded, RowsError> {
    let snapshot = Snapshot::of(connection)?;
    let mut verification = Verification::begin(&snapshot, &mut Err)?;
    let mut cache = EventCache::new(Catalog {
        key: verification.head.key(),
        events: verification.head.events,
        standings: verification.head.standings,
        before: verification.head.catalog_before,
        last_event: verification.last_event(),
        last_reservation: last_reservation(&snapshot)?,
    });
    let mut loading = load_events(&snapshot, &verification, &mut cache, &mut take)?;
    let mut predecessors = Predecessors::load(&snapshot)?;
    let index = load_reservations(
        &snapshot,
        &mut verification,
        &mut loading,
        &mut predecessors,
        &mut take,
    )?;
    for (id, used_ids) in predecessors.into_used_ids() {
        take(Saved::UsedIds(id, used_ids)).at(|| "table events".into())?;
    }
    verification.finish(&mut Err)?;
    for Loading { id, now } in loading {
        cache.add(id, CachedEvent::new(now));
    }
    Ok(Loaded { cache, index })
}

/// The same, once all else of the file is seen to be sound.
pub(super) fn load_alone(
    reader: &RowsReader,
    take: impl FnMut(Saved) -> Result<(), Contradiction>,
) -> Result<EventCache, RowsError> {
    let index = reader.structure()?;
    let loaded = load(&reader.connection, take)?;
    structure::compare_index(index, loaded.index)?;
    Ok(loaded.cache)
}

fn last_reservation(connection: &Connection) -> Result<i64, RowsError> {
    connection
        .query_row("SELECT coalesce(max(number), 0) FROM reservations", [], |row| row.get(0))
        .tried("read reservations")
}

fn load_events(
    connection: &Connection,
    verification: &Verification,
    cache: &mut EventCache,
    take: &mut impl FnMut(Saved) -> Result<(), Contradiction>,
) -> Result<Vec<Loading>, RowsError> {
    let mut statement = connection.prepare(EVENTS).tried("read events")?;
    let mut rows = statement.query([]).tried("read events")?;
    let mut loading = Vec::new();
    while let Some(row) = rows.next().tried("read events")? {
        let columns = Columns::new("events", row);
        let deleted = !columns.is_null(12)?;
        let id: EventId = columns.parsed(1)?;
        let mut now = Standing {
            number: columns.signed(0)?,
            version: columns.number(2)?,
            last_at: columns.time(3)?,
            deleted,
            price_list: 0,
            prices: Arc::new(PriceList::new([].into(), 0)),
            tallies: verification.event(columns.signed(0)?),
        };
        if deleted {
            let (version, last_at) = (now.version, now.last_at);
            // Its ids come last.
            let used_ids = UsedIds::default();
            let tombstone = Tombstone { id: id.clone(), version, last_at, used_ids };
            take(Saved::Deleted(tombstone)).at(|| columns.place())?;
            cache.add(id, CachedEvent::new(now));
            continue;
        }
        let saved = saved_event(connection, columns, &id, &now)?;
        now.price_list = u32::try_from(saved.price_lists.len().saturating_sub(1))
            .map_err(|why| columns.wrong(0, why))?;
        let EventSpec { sections, tickets, .. } = &saved.terms.spec;
        now.prices = Arc::new(PriceList::of(sections, tickets));
        take(Saved::Event(Box::new(saved))).at(|| columns.place())?;
        loading.push(Loading { id, now });
    }
    Ok(loading)
}

fn saved_event(
    connection: &Connection,
    columns: Columns<'_>,
    id: &EventId,
    now: &Standing,
) -> Result<SavedEvent, RowsError> {
    let sales = match columns.text(8)? {
        "open" => Sales::Open,
        "closed" => Sales::Closed,
        "cancelled" => Sales::Cancelled,
        other => return Err(columns.wrong(8, format!("{other:?} is neither open nor closed"))),
    };
    let max_per_customer = match columns.is_null(11)? {
        true => None,
        false => Some(columns.small::<u32>(11)?.try_into().map_err(|why| columns.wrong(11, why))?),
    };
    let created_as: EventSpec = columns.json(13)?;
    let spec = EventSpec {
        name: columns.parsed(4)?,
        starts_at: columns.zoned_time(5)?,
        currency: columns.currency(9)?,
        max_per_customer,
        // An event keeps the plan that it was created with.
        plan: created_as.plan,
        sections: sections(connection, now.number)?,
        sales_from: columns.optional_zoned_time(14)?,
        sales_until: columns.optional_zoned_time(17)?,
        publication: columns.parsed(20)?,
        tickets: tickets(columns, 21)?,
        presentation: Presentation {
            venue: columns.optional(22)?,
            description: columns.optional(23)?,
            link: columns.optional(24)?,
        },
    };
    // That many rows are there, or it is refused in the end.
    let customers = u32::try_from(now.tallies.reservations.rows).unwrap_or(u32::MAX);
    Ok(SavedEvent {
        id: id.clone(),
        version: now.version,
        last_at: now.last_at,
        created_as,
        terms: EventTerms { spec, sales },
        price_lists: price_lists(connection, now.number)?,
        blocked: blocked(connection, now.number)?,
        customers,
    })
}

pub(super) fn price_lists(
    connection: &Connection,
    event: i64,
) -> Result<Vec<PriceList>, RowsError> {
    let sql = "SELECT event, number, prices FROM price_lists WHERE event = ?1 ORDER BY number";
    let mut statement = connection.prepare_cached(sql).tried("read prices")?;
    let mut rows = statement.query([event]).tried("read prices")?;
    let mut lists = Vec::new();
    while let Some(row) = rows.next().tried("read prices")? {
        let columns = Columns::new("price_lists", row);
        columns.follows(1, lists.len())?;
        lists.push(columns.json(2)?);
    }
    Ok(lists)
}

fn blocked(connection: &Connection, event: i64) -> Result<Vec<Seat>, RowsError> {
    let sql = "SELECT event, seat FROM blocked_seats WHERE event = ?1 ORDER BY seat";
    let mut statement = connection.prepare_cached(sql).tried("read blocked seats")?;
    let mut rows = statement.query([event]).tried("read blocked seats")?;
    let mut seats = Vec::new();
    while let Some(row) = rows.next().tried("read blocked seats")? {
        seats.push(Columns::new("blocked_seats", row).seat(1)?);
    }
    Ok(seats)
}

fn load_reservations(
    connection: &Connection,
    verification: &mut Verification,
    loading: &mut [Loading],
    predecessors: &mut Predecessors,
    take: &mut impl FnMut(Saved) -> Result<(), Contradiction>,
) -> Result<Tally, RowsError> {
    let numbered = loading.iter().enumerate().map(|(index, event)| (event.now.number, index));
    let by_number: HashMap<i64, usize, foldhash::fast::RandomState> = numbered.collect();
    let (key, mut index_tally) = (verification.head.key(), Tally::default());
    let mut statement =
        connection.prepare(&RESERVATIONS.select("ORDER BY number")).tried("read reservations")?;
    let mut rows = statement.query([]).tried("read reservations")?;
    while let Some(row) = rows.next().tried("read reservations")? {
        verification.reservation(row)?;
        index_tally.add(structure::entry(key, row, [4, 1, 0])?);
        let columns = Columns::new("reservations", row);
        let event = columns.signed(1)?;
        let Some(&index) = by_number.get(&event) else {
            if predecessors.see(columns, event, 4)?
                && let Some(by) = columns.optional(15)?
            {
                let (customer, at) = (columns.parsed(5)?, columns.time(11)?);
                take(Saved::MadeInDeleted { by, customer, at }).at(|| columns.place())?;
            }
            continue;
        };
        let Some(event) = loading.get_mut(index) else { continue };
        let Some(reservation) = saved_reservation(columns, event)? else { continue };
        let number = columns.signed(0)?;
        let made_by = columns.optional(15)?;
        take(Saved::Reservation { number, event: index, reservation, made_by })
            .at(|| columns.place())?;
    }
    Ok(index_tally)
}

/// A reservation, if it is not forgotten.
fn saved_reservation(
    columns: Columns<'_>,
    event: &Loading,
) -> Result<Option<SavedReservation>, RowsError> {
    let (id, changed_at) = (columns.reservation_id(4)?, columns.time(13)?);
    if !columns.status(2)?.is_live() && remembered_until(id, changed_at) < event.now.last_at {
        return Ok(None);
    }
    read_reservation(columns).map(Some)
}

/// A reservation, whether it was in memory or not, of all columns.
pub(super) fn read_reservation(columns: Columns<'_>) -> Result<SavedReservation, RowsError> {
    Ok(SavedReservation {
        version: columns.number(3)?,
        id: columns.reservation_id(4)?,
        fingerprint: columns.number(14)?,
        customer: columns.parsed(5)?,
        places: columns.places(6, 19)?,
        status: columns.status(2)?,
        created_at: columns.time(11)?,
        expires_at: columns.time(12)?,
        changed_at: columns.time(13)?,
        price_list: columns.small(9)?,
        revision: columns.number(17)?,
        order: columns.optional(18)?,
    })
}

impl RowsReader {
    /// What [`Rows::load`](super::Rows::load) gives, without going on from it.
    ///
    /// # Errors
    /// The rows contradict themselves, or what `take` found contradicts itself.
    pub fn load(
        &self,
        take: impl FnMut(Saved) -> Result<(), Contradiction>,
    ) -> Result<(), RowsError> {
        load(&self.connection, take).map(drop)
    }
}
