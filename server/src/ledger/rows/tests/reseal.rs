//! Checksums made anew, for rows that were changed by hand: what is wrong with them is then for the
//! other checks to find.

use crate::ledger::rows::checksums::{
    BLOCKED_SEATS, BOXOFFICE, ChecksumKey, EVENTS, PRICE_LISTS, RESERVATIONS, SECTIONS, STANDINGS,
    Table, Tally,
};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params, params_from_iter};
use std::collections::BTreeMap;

/// Gives every row the checksum of what it says, and every tally what it counts.
pub(super) fn reseal(connection: &Connection) {
    let folder = connection.query_row("SELECT folder FROM boxoffice", [], |row| row.get(0));
    let Ok(folder) = folder.map(i64::cast_unsigned) else { return };
    let key = ChecksumKey::new(folder);
    for (table, of, prefix) in [
        (&SECTIONS, "events", "section"),
        (&PRICE_LISTS, "events", "price_list"),
        (&BLOCKED_SEATS, "events", "blocked"),
        (&RESERVATIONS, "standings", "reservation"),
    ] {
        let event = if of == "events" { "number" } else { "event" };
        let zero = format!("UPDATE {of} SET {prefix}_rows = 0, {prefix}_sum = 0");
        connection.execute(&zero, []).expect("SQL");
        for (number, tally) in reseal_table(connection, key, table) {
            let set =
                format!("UPDATE {of} SET {prefix}_rows = ?1, {prefix}_sum = ?2 WHERE {event} = ?3");
            let values = params![tally.rows.cast_signed(), tally.sum.cast_signed(), number];
            connection.execute(&set, values).expect("SQL");
        }
    }
    for (table, prefix) in [(&EVENTS, "event"), (&STANDINGS, "standing")] {
        let mut all = Tally::default();
        for tally in reseal_table(connection, key, table).into_values() {
            all.rows += tally.rows;
            all.sum = all.sum.wrapping_add(tally.sum);
        }
        let set = format!("UPDATE boxoffice SET {prefix}_rows = ?1, {prefix}_sum = ?2");
        let values = params![all.rows.cast_signed(), all.sum.cast_signed()];
        connection.execute(&set, values).expect("SQL");
    }
    reseal_table(connection, key, &BOXOFFICE);
}

/// The tallies by event.
fn reseal_table(connection: &Connection, key: ChecksumKey, table: &Table) -> BTreeMap<i64, Tally> {
    let columns: Vec<&str> = table.columns.split(',').map(str::trim).collect();
    let mut statement = connection.prepare(&table.select("")).expect("SQL");
    let rows = statement.query_map([], |row| {
        (0..columns.len()).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()
    });
    let rows: Vec<Vec<Value>> = rows.expect("SQL").collect::<Result<_, _>>().expect("rows");
    let event = usize::from(table.name == RESERVATIONS.name);
    let mut tallies = BTreeMap::<i64, Tally>::new();
    for row in rows {
        let checksum = key.of(table, row.iter().map(ValueRef::from));
        let same: Vec<_> = columns.iter().map(|column| format!("{column} IS ?")).collect();
        let update =
            format!("UPDATE {} SET row_checksum = ? WHERE {}", table.name, same.join(" AND "));
        let Value::Integer(number) = row[event] else { panic!("{row:?}") };
        let values = std::iter::once(Value::Integer(checksum.cast_signed())).chain(row);
        connection.execute(&update, params_from_iter(values)).expect("SQL");
        tallies.entry(number).or_default().add(checksum);
    }
    tallies
}
