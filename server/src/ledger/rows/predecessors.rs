//! The ids that deleted events have used, while the reservations are read.

use super::columns::Columns;
use super::error::{RowsError, Tried};
use boxoffice_inventory::UsedIds;
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::time::Timestamp;
use rusqlite::Connection;
use std::collections::HashMap;

/// The deleted events, by the slug that they had.
#[derive(Debug, Default)]
pub(super) struct Predecessors {
    /// The index of each event's slug, by the event's number.
    slugs: HashMap<i64, usize, foldhash::fast::RandomState>,
    used: Vec<UsedUnderSlug>,
}

#[derive(Debug)]
struct UsedUnderSlug {
    slug: EventId,
    deleted_at: Timestamp,
    ids: Vec<ReservationId>,
}

impl Predecessors {
    /// All deleted events, without their ids.
    pub(super) fn load(connection: &Connection) -> Result<Self, RowsError> {
        let sql = "SELECT number, slug, deleted_at FROM events WHERE deleted_at IS NOT NULL \
            ORDER BY slug, number";
        let mut statement = connection.prepare(sql).tried("read events")?;
        let mut rows = statement.query([]).tried("read events")?;
        let mut predecessors = Self::default();
        while let Some(row) = rows.next().tried("read events")? {
            let columns = Columns::new("events", row);
            let (slug, deleted_at): (EventId, _) = (columns.parsed(1)?, columns.time(2)?);
            let used = &mut predecessors.used;
            match used.last_mut().filter(|last| last.slug == slug) {
                Some(last) => last.deleted_at = deleted_at,
                None => used.push(UsedUnderSlug { slug, deleted_at, ids: Vec::new() }),
            }
            predecessors.slugs.insert(columns.signed(0)?, used.len() - 1);
        }
        Ok(predecessors)
    }

    /// Takes the id in column `id` of a reservation, if it is of a deleted event. Says whether it is
    /// kept.
    pub(super) fn see(
        &mut self,
        columns: Columns<'_>,
        event: i64,
        id: usize,
    ) -> Result<bool, RowsError> {
        if let Some(&slug) = self.slugs.get(&event)
            && let Some(UsedUnderSlug { deleted_at, ids, .. }) = self.used.get_mut(slug)
        {
            let id = columns.reservation_id(id)?;
            if id.time() >= UsedIds::oldest_kept(*deleted_at) {
                ids.push(id);
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn into_used_ids(self) -> impl Iterator<Item = (EventId, UsedIds)> {
        let of = |used: UsedUnderSlug| (used.slug, UsedIds::new(used.deleted_at, used.ids));
        self.used.into_iter().map(of)
    }
}
