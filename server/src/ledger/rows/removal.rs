//! Rows of events that are removed, because those events begin anew.

use super::checksums::{EVENTS, STANDINGS, Table};
use super::error::{RowsError, Tried};
use super::event_cache::EventCache;
use boxoffice_protocol::id::EventId;
use rusqlite::{Connection, OptionalExtension};

/// The tables whose rows belong to an event, before it itself.
const PARTS: [&str; 5] = ["reservations", "blocked_seats", "price_lists", "sections", "standings"];

/// Removes all rows of a slug: those of its event, and of all that were deleted before.
pub(super) fn remove(
    connection: &Connection,
    cache: &mut EventCache,
    id: &EventId,
) -> Result<(), RowsError> {
    let doing = "remove an event's rows";
    let sql = "SELECT number FROM events WHERE slug = ?1";
    let mut statement = connection.prepare_cached(sql).tried(doing)?;
    let numbers = statement.query_map([id.as_str()], |row| row.get(0)).tried(doing)?;
    let numbers = numbers.collect::<rusqlite::Result<Vec<i64>>>().tried(doing)?;
    for event in numbers {
        let of_event = checksum(connection, &EVENTS, "number", event)?;
        let of_standing = checksum(connection, &STANDINGS, "event", event)?;
        for table in PARTS {
            let sql = format!("DELETE FROM {table} WHERE event = ?1");
            connection.execute(&sql, [event]).tried(doing)?;
        }
        connection.execute("DELETE FROM events WHERE number = ?1", [event]).tried(doing)?;
        let catalog = cache.catalog_mut();
        of_event.into_iter().for_each(|it| catalog.events.remove(it));
        of_standing.into_iter().for_each(|it| catalog.standings.remove(it));
    }
    cache.remove(id);
    Ok(())
}

/// The checksum that a row says it has.
fn checksum(
    connection: &Connection,
    table: &Table,
    key: &str,
    event: i64,
) -> Result<Option<u64>, RowsError> {
    let sql = format!("SELECT row_checksum FROM {} WHERE {key} = ?1", table.name);
    let found = connection.query_row(&sql, [event], |row| row.get::<_, i64>(0)).optional();
    Ok(found.tried("remove an event's rows")?.map(i64::cast_unsigned))
}
