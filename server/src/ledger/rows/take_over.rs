//! Events as they are, taken over from elsewhere without the changes that led to them.

use super::error::{RowsError, Tried};
use super::event_cache::{CachedEvent, EventCache};
use super::event_rows;
use super::mark::RowsMark;
use super::reservation_rows::{AddedRow, ReservationRows};
use super::rows::Rows;
use boxoffice_inventory::{Inventory, SavedReservation, UsedIds};
use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::sync::Arc;

/// The customer of a reservation of which only the id is known.
const UNKNOWN: &str = "unknown";

impl Rows {
    /// Writes an event that is not among the rows as it is, in one transaction; `last_at` is the
    /// time of its last change. Of deleted events only the ids are kept, as released reservations
    /// of an unknown customer. It is durable when this returns.
    ///
    /// # Errors
    /// Nothing was written, and this is no longer to be used.
    pub fn take_over(&mut self, event: &Inventory, last_at: Timestamp) -> Result<(), RowsError> {
        let mark = RowsMark { at: self.mark.at.max(last_at), ..self.mark };
        self.transact(mark, |connection, cache| write(connection, cache, event, last_at))
    }

    /// Has the catalog's version be this, if the events do not account for a later one.
    ///
    /// # Errors
    /// As of [`take_over`](Self::take_over).
    pub fn take_over_version(&mut self, version: u64) -> Result<(), RowsError> {
        let own = self.reader.catalog_version()?;
        self.transact(self.mark, |_, cache| {
            cache.catalog_mut().before += version.saturating_sub(own);
            Ok(())
        })
    }
}

/// Writes an event that is not among the rows as it is; a transaction is open.
pub(super) fn write(
    connection: &Connection,
    cache: &mut EventCache,
    event: &Inventory,
    last_at: Timestamp,
) -> Result<(), RowsError> {
    let id = event.id();
    cache.check_absence(id)?;
    let mut rows = ReservationRows::prepare(connection, cache.catalog().key)?;
    let written = match event.used_ids() {
        Some(used) => write_gone(connection, cache, &mut rows, (event, event.version()), used)?,
        None => {
            let before = event.predecessors();
            if before.last_deletion().is_some() {
                // Its version is not known; nothing goes on from it any more.
                write_gone(connection, cache, &mut rows, (event, 1), before.clone())?;
            }
            write_live(connection, cache, &mut rows, event, last_at)?
        }
    };
    cache.create(id, written);
    Ok(())
}

fn write_live(
    connection: &Connection,
    cache: &mut EventCache,
    rows: &mut ReservationRows<'_>,
    event: &Inventory,
    last_at: Timestamp,
) -> Result<CachedEvent, RowsError> {
    let saved = event.saved(last_at);
    let oldest = event.saved_reservations().map(|reservation| reservation.created_at).min();
    let created_at = oldest.map_or(last_at, |oldest| oldest.min(last_at));
    let catalog = cache.catalog_mut();
    let mut written = event_rows::add(connection, catalog, &saved, created_at, None)?;
    for reservation in event.saved_reservations() {
        let SavedReservation { id, places, price_list, .. } = &reservation;
        let prices = saved.price_lists.get(*price_list as usize);
        let total = prices.and_then(|prices| prices.total(places)).ok_or_else(|| {
            RowsError::contradiction(format!("reservation {id}"), "its places have no price")
        })?;
        let row = AddedRow {
            status: reservation.status,
            version: reservation.version,
            id,
            customer: reservation.customer.as_str(),
            places,
            price_list: *price_list,
            total,
            times: [reservation.created_at, reservation.expires_at, reservation.changed_at],
            fingerprint: reservation.fingerprint,
            principal: ValueRef::Null,
            revision: reservation.revision,
            order: reservation.order.as_ref(),
        };
        rows.add(&mut written, catalog, &row).tried("write a reservation")?;
    }
    Ok(written)
}

/// Writes what is left of deleted events of this slug: as one, with the ids that they used.
fn write_gone(
    connection: &Connection,
    cache: &mut EventCache,
    rows: &mut ReservationRows<'_>,
    (event, version): (&Inventory, u64),
    used: UsedIds,
) -> Result<CachedEvent, RowsError> {
    let deleted_at = used.last_deletion().unwrap_or_default();
    let used = Arc::new(used);
    let gone = Inventory::gone(event.id().clone(), version, Arc::clone(&used));
    let gone =
        gone.map_err(|why| RowsError::contradiction(event.id().to_string(), why.to_string()))?;
    let (saved, catalog) = (gone.saved(deleted_at), cache.catalog_mut());
    let at = used.iter().map(|id: ReservationId| id.time()).min().unwrap_or(deleted_at);
    let mut written =
        event_rows::add(connection, catalog, &saved, at.min(deleted_at), Some(deleted_at))?;
    for id in used.iter() {
        let made_at = id.time().min(deleted_at);
        let row = AddedRow {
            status: Status::Released,
            version,
            id: &id,
            customer: UNKNOWN,
            places: &TakenPlaces::Standing { section: 0, places: 1 },
            price_list: 0,
            total: 0,
            times: [made_at, made_at, deleted_at],
            fingerprint: 0,
            principal: ValueRef::Null,
            revision: 0,
            order: None,
        };
        rows.add(&mut written, catalog, &row).tried("write a reservation")?;
    }
    event_rows::stand(connection, &mut written, catalog)?;
    Ok(written)
}
