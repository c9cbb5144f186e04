//! Whether SQLite's own structures are sound: pages, and the index of reservations.

use super::checksums::{ChecksumKey, RESERVATIONS, Tally};
use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::reader::RowsReader;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// Findings that SQLite reports of one file at most.
const FINDINGS: u32 = 100;

/// How much of SQLite's own check is made.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thoroughness {
    /// All pages and rows, but of the indexes only that of events. The larger one, of
    /// reservations, is left to [`indexed_reservations`].
    Quick,
    /// Every row is looked for in every index, too.
    Full,
}

/// Gives what SQLite itself finds wrong with its file.
pub(super) fn damaged_pages(
    connection: &Connection,
    how: Thoroughness,
    take: &mut impl FnMut(RowsError),
) -> Result<(), RowsError> {
    match how {
        Thoroughness::Quick => {
            findings(connection, &format!("PRAGMA quick_check({FINDINGS})"), take)?;
            findings(connection, "PRAGMA integrity_check('events')", take)
        }
        Thoroughness::Full => {
            findings(connection, &format!("PRAGMA integrity_check({FINDINGS})"), take)
        }
    }
}

fn findings(
    connection: &Connection,
    pragma: &str,
    take: &mut impl FnMut(RowsError),
) -> Result<(), RowsError> {
    let mut statement = connection.prepare(pragma).tried("check it")?;
    let mut rows = statement.query([]).tried("check it")?;
    while let Some(row) = rows.next().tried("check it")? {
        let said = Columns::new("boxoffice.db", row).text(0)?;
        if said != "ok" {
            take(RowsError::damaged("the file boxoffice.db", said));
        }
    }
    Ok(())
}

/// The tally of the index of reservations, whose entries ascend: equal to the tally of what the
/// rows should have there, it has an entry for each row and no other. This takes a fraction of the
/// time in which SQLite looks every row up.
pub(super) fn indexed_reservations(
    connection: &Connection,
    key: ChecksumKey,
) -> Result<Tally, RowsError> {
    let sql = "SELECT id, event, number FROM reservations INDEXED BY reservations_by_id \
        ORDER BY id, event";
    let mut statement = connection.prepare(sql).tried("read the index of reservations")?;
    let mut rows = statement.query([]).tried("read the index of reservations")?;
    let (mut tally, mut before) = (Tally::default(), None);
    while let Some(row) = rows.next().tried("read the index of reservations")? {
        let columns = Columns::new("reservations", row);
        let this = (columns.bytes::<16>(0)?, columns.signed(1)?);
        if before.is_some_and(|before| before >= this) {
            return Err(RowsError::damaged(INDEX, "its entries do not ascend"));
        }
        before = Some(this);
        tally.add(entry(key, row, [0, 1, 2])?);
    }
    Ok(tally)
}

/// The checksum of a reservation's entry in the index, of the columns id, event and number.
pub(super) fn entry(
    key: ChecksumKey,
    row: &Row<'_>,
    columns: [usize; 3],
) -> Result<u64, RowsError> {
    let mut values = [ValueRef::Null; 3];
    for (value, column) in values.iter_mut().zip(columns) {
        *value = row.get_ref(column).tried("read a column")?;
    }
    Ok(key.of(&RESERVATIONS, values.into_iter()))
}

/// Compares the index with the rows.
pub(super) fn compare_index(found: Tally, expected: Tally) -> Result<(), RowsError> {
    found.compare(expected, || INDEX.to_owned()).map_or(Ok(()), Err)
}

const INDEX: &str = "the index reservations_by_id";

impl RowsReader {
    /// Sees that the file's pages are sound, and returns the tally of its index.
    pub(super) fn structure(&self) -> Result<Tally, RowsError> {
        let mut first = None;
        damaged_pages(&self.connection, Thoroughness::Quick, &mut |wrong| {
            first.get_or_insert(wrong);
        })?;
        if let Some(wrong) = first {
            return Err(wrong);
        }
        let key = ChecksumKey::new(super::file::head(&self.connection)?.identity.folder);
        indexed_reservations(&self.connection, key)
    }
}
