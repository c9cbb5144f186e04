//! The rows in a data folder's state file.

use std::path::Path;

/// Counts the reservations in the state file.
pub(super) fn reservation_rows(data: &Path) -> u64 {
    let rows = rusqlite::Connection::open(data.join("boxoffice.db")).expect("it is there");
    let count = "SELECT count(*) FROM reservations";
    rows.query_row(count, [], |row| row.get::<_, i64>(0)).expect("it is whole").unsigned_abs()
}
