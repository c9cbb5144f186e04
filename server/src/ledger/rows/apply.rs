//! Changes become rows: many in one transaction, one row written for most of them.

use super::error::RowsError;
use super::event_cache::{Catalog, EventCache};
use super::event_rows;
use super::file::Head;
use super::identity::Identity;
use super::mark::RowsMark;
use super::reservation_rows::{ReservationChange, ReservationRows, RowChange};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::reservation::Status;
use rusqlite::Connection;

/// Writes changes. A transaction is open, and what is written is written for good when the caller
/// commits it.
pub(super) fn write<'a>(
    connection: &Connection,
    cache: &mut EventCache,
    changes: impl Iterator<Item = (&'a EventId, &'a Recorded)>,
) -> Result<(), RowsError> {
    let mut reservations = ReservationRows::prepare(connection, cache.catalog().key)?;
    for (event, recorded) in changes {
        write_one(connection, &mut reservations, cache, event, recorded)?;
    }
    Ok(())
}

/// Writes how far the events that were touched have come, and the mark that this leads to.
pub(super) fn finish(
    connection: &Connection,
    cache: &mut EventCache,
    identity: Identity,
    mark: RowsMark,
) -> Result<(), RowsError> {
    cache.each_touched(|event, catalog| event_rows::stand(connection, event, catalog))?;
    let Catalog { events, standings, before, .. } = *cache.catalog();
    let head =
        Head { identity, mark, events, standings, catalog_before: before, stands_alone: false };
    head.update(connection)
}

fn write_one(
    connection: &Connection,
    reservations: &mut ReservationRows<'_>,
    cache: &mut EventCache,
    id: &EventId,
    recorded: &Recorded,
) -> Result<(), RowsError> {
    if let Change::Created(spec) = &recorded.change {
        cache.check_creation(id, recorded)?;
        let created = event_rows::create(connection, cache.catalog_mut(), id, spec, recorded)?;
        cache.create(id, created);
        return Ok(());
    }
    let (event, catalog) = cache.change(id, recorded)?;
    let about = |reservation| ReservationChange { event: id, recorded, reservation };
    match &recorded.change {
        Change::Updated(updated) => event_rows::update(connection, event, catalog, updated),
        Change::Deleted => event_rows::delete(connection, event, catalog),
        Change::Held(new) => reservations.begin(event, catalog, about(&new.id), new, Status::Held),
        Change::Reserved(new) => {
            reservations.begin(event, catalog, about(&new.id), new, Status::Confirmed)
        }
        Change::Expired { ids } => {
            let to = RowChange::new(Status::Held, Status::Expired);
            ids.iter().try_for_each(|id| reservations.change(event, about(id), to))
        }
        Change::ConfirmedTogether { ids } => {
            let to = RowChange::new(Status::Held, Status::Confirmed);
            ids.iter().try_for_each(|id| reservations.change(event, about(id), to))
        }
        change => match row_change(change) {
            Some((id, to)) => reservations.change(event, about(id), to),
            None => Ok(()),
        },
    }
}

/// What a change about one reservation makes of its row.
fn row_change(change: &Change) -> Option<(&ReservationId, RowChange<'_>)> {
    use Status::{Cancelled, Confirmed, Expired, Forfeited, Held, Released};
    Some(match change {
        Change::Confirmed { id, let_go } => {
            (id, RowChange::new(Held, Confirmed).without(let_go.as_ref()))
        }
        Change::Extended { id, to, .. } => (id, RowChange::new(Held, Held).extended(*to)),
        Change::Released { id, let_go } => {
            let to = if let_go.is_some() { Held } else { Released };
            (id, RowChange::new(Held, to).without(let_go.as_ref()))
        }
        Change::Cancelled { id, let_go } => {
            let to = if let_go.is_some() { Confirmed } else { Cancelled };
            (id, RowChange::new(Confirmed, to).without(let_go.as_ref()))
        }
        Change::Transferred { id, from, to } => (id, RowChange::transferred(from, to)),
        Change::Exchanged { id, from, to } => (id, RowChange::exchanged(from, to)),
        Change::Ordered { id, order } => (id, RowChange::ordered(order)),
        Change::Reinstated { id, .. } => (id, RowChange::new(Expired, Confirmed)),
        Change::Forfeited { id, .. } => (id, RowChange::new(Expired, Forfeited)),
        Change::Created(_)
        | Change::Updated(_)
        | Change::Deleted
        | Change::Held(_)
        | Change::Reserved(_)
        | Change::ConfirmedTogether { .. }
        | Change::Expired { .. }
        | Change::SalesMoved { .. } => return None,
    })
}
