//! What is kept of the events between transactions, so that most changes read no rows. It is rolled
//! back with its transaction.

use super::checksums::{ChecksumKey, Tally};
use super::error::RowsError;
use super::verify::EventTallies;
use boxoffice_protocol::change::{Recorded, TakenPlaces};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// The newest event of every slug.
#[derive(Debug)]
pub(super) struct EventCache {
    catalog: Catalog,
    /// The state before the open transaction.
    catalog_before: Catalog,
    events: HashMap<EventId, CachedEvent, foldhash::quality::RandomState>,
    /// Events that the open transaction has changed.
    touched: Vec<EventId>,
    /// Events that it has created, with the one that was there before.
    created: Vec<(EventId, Option<CachedEvent>)>,
}

/// What concerns all events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Catalog {
    pub(super) key: ChecksumKey,
    /// The tally of the table of events.
    pub(super) events: Tally,
    /// The tally of the table of standings.
    pub(super) standings: Tally,
    /// Versions of the catalog before those that its events account for.
    pub(super) before: u64,
    pub(super) last_event: i64,
    pub(super) last_reservation: i64,
}

#[derive(Debug)]
pub(super) struct CachedEvent {
    pub(super) now: Standing,
    /// The state before the open transaction, if that has changed it.
    before: Option<Standing>,
}

/// How an event stands.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) number: i64,
    pub(super) version: u64,
    pub(super) last_at: Timestamp,
    pub(super) deleted: bool,
    /// Today's price list, and what it says.
    pub(super) price_list: u32,
    pub(super) prices: Arc<PriceList>,
    pub(super) tallies: EventTallies,
}

impl CachedEvent {
    pub(super) const fn new(now: Standing) -> Self {
        Self { now, before: None }
    }

    /// The price of places today.
    pub(super) fn total(&self, places: &TakenPlaces) -> Option<u64> {
        self.now.prices.total(places)
    }

    fn roll_back(&mut self) {
        if let Some(before) = self.before.take() {
            self.now = before;
        }
    }
}

impl EventCache {
    /// One without events.
    pub(super) fn new(catalog: Catalog) -> Self {
        Self {
            catalog,
            catalog_before: catalog,
            events: HashMap::default(),
            touched: Vec::new(),
            created: Vec::new(),
        }
    }

    pub(super) const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(super) const fn catalog_mut(&mut self) -> &mut Catalog {
        &mut self.catalog
    }

    /// Has new rows be numbered from these on; no transaction is open.
    #[cfg(feature = "postgres")]
    pub(super) const fn go_on_behind(&mut self, event: i64, reservation: i64) {
        self.catalog.last_event = event;
        self.catalog.last_reservation = reservation;
        self.catalog_before = self.catalog;
    }

    /// Adds what the rows say.
    pub(super) fn add(&mut self, id: EventId, event: CachedEvent) {
        self.events.insert(id, event);
    }

    /// Checks a creation.
    ///
    /// # Errors
    /// It cannot follow.
    pub(super) fn check_creation(&self, id: &EventId, made: &Recorded) -> Result<(), RowsError> {
        let before = self.events.get(id).map(|event| &event.now);
        match before {
            Some(before) if !before.deleted => {
                Err(cannot_follow(id, made, "creates it, but it is there"))
            }
            before => check_version(id, made, before.map_or(0, |before| before.version)),
        }
    }

    /// Checks that there never was an event of a slug.
    ///
    /// # Errors
    /// There is, or was.
    pub(super) fn check_absence(&self, id: &EventId) -> Result<(), RowsError> {
        match self.events.get(id) {
            Some(_) => Err(RowsError::contradiction(format!("event {id}"), "it is there already")),
            None => Ok(()),
        }
    }

    /// Adds an event that is created.
    pub(super) fn create(&mut self, id: &EventId, event: CachedEvent) {
        let before = self.events.insert(id.clone(), event);
        self.created.push((id.clone(), before));
        self.touched.push(id.clone());
    }

    /// Forgets an event whose rows are removed.
    pub(super) fn remove(&mut self, id: &EventId) {
        let before = self.events.remove(id);
        self.created.push((id.clone(), before));
    }

    /// The event of a change that is made now.
    ///
    /// # Errors
    /// The change cannot follow.
    pub(super) fn change(
        &mut self,
        id: &EventId,
        recorded: &Recorded,
    ) -> Result<(&mut CachedEvent, &mut Catalog), RowsError> {
        let event = self.events.get_mut(id).filter(|event| !event.now.deleted);
        let event =
            event.ok_or_else(|| cannot_follow(id, recorded, "is of no event that is there"))?;
        check_version(id, recorded, event.now.version)?;
        if event.before.is_none() {
            event.before = Some(event.now.clone());
            self.touched.push(id.clone());
        }
        event.now.version = recorded.version;
        event.now.last_at = recorded.at;
        Ok((event, &mut self.catalog))
    }

    /// Gives the events that the open transaction has changed, as they are now.
    pub(super) fn each_touched(
        &mut self,
        mut each: impl FnMut(&mut CachedEvent, &mut Catalog) -> Result<(), RowsError>,
    ) -> Result<(), RowsError> {
        for id in &self.touched {
            if let Some(event) = self.events.get_mut(id) {
                each(event, &mut self.catalog)?;
            }
        }
        Ok(())
    }

    /// Keeps what the transaction did.
    pub(super) fn commit(&mut self) {
        self.catalog_before = self.catalog;
        self.created.clear();
        for id in self.touched.drain(..) {
            if let Some(event) = self.events.get_mut(&id) {
                event.before = None;
            }
        }
    }

    /// Takes back what the transaction did.
    pub(super) fn roll_back(&mut self) {
        self.catalog = self.catalog_before;
        for (id, before) in self.created.drain(..).rev() {
            match before {
                Some(event) => self.events.insert(id, event),
                None => self.events.remove(&id),
            };
        }
        for id in self.touched.drain(..) {
            if let Some(event) = self.events.get_mut(&id) {
                event.roll_back();
            }
        }
    }
}

fn check_version(id: &EventId, recorded: &Recorded, version: u64) -> Result<(), RowsError> {
    if version.checked_add(1) == Some(recorded.version) {
        Ok(())
    } else {
        Err(cannot_follow(id, recorded, format!("cannot follow version {version}")))
    }
}

pub(super) fn cannot_follow(
    id: &EventId,
    recorded: &Recorded,
    why: impl Into<String>,
) -> RowsError {
    let (event, version) = (id.to_string(), recorded.version);
    RowsError::CannotFollow { event, version, why: why.into() }
}
