//! The tables, indexes and views of the file, as they should be.

use super::error::{RowsError, Tried};
use rusqlite::Connection;
use std::sync::OnceLock;

/// Type, name and SQL of each table, index and view.
type Objects = Vec<[String; 3]>;

/// Makes them in an empty file.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(include_str!("schema.sql"))?;
    connection.execute_batch(include_str!("views.sql"))
}

/// Sees that all of them are there as they were made. Others may be there too.
pub(super) fn check(connection: &Connection) -> Result<(), RowsError> {
    let found = objects(connection).tried("read its schema")?;
    for expected in expected()? {
        if !found.contains(expected) {
            let [kind, name, _] = expected;
            let why = "it is missing, or is not as it was made";
            return Err(RowsError::damaged(format!("{kind} {name}"), why));
        }
    }
    Ok(())
}

fn expected() -> Result<&'static Objects, RowsError> {
    static EXPECTED: OnceLock<Objects> = OnceLock::new();
    if let Some(expected) = EXPECTED.get() {
        return Ok(expected);
    }
    let made = Connection::open_in_memory().and_then(|empty| {
        create(&empty)?;
        objects(&empty)
    });
    let made = made.tried("make a schema to compare it with")?;
    Ok(EXPECTED.get_or_init(|| made))
}

fn objects(connection: &Connection) -> rusqlite::Result<Objects> {
    let sql = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL";
    let mut statement = connection.prepare(sql)?;
    let objects = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
    objects.collect()
}
