//! Checksums of rows, and the tallies that tell whether rows are missing.
//!
//! Every row ends with a checksum of its other columns. The tables form a tree: the row of an event
//! has the tallies of its sections, price lists and blocked seats, its standing has the tally of its
//! reservations, and the row of the file has the tallies of events and standings. A tally is the
//! number of rows and the sum of their checksums, and is written in the transaction that changes the
//! rows. So a row that was altered is found by its checksum, and one that is missing, is there twice
//! or is an older version of itself by the tally.

use super::columns::{Columns, number};
use super::error::{RowsError, Tried};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, Statement, params_from_iter};
use twox_hash::XxHash3_64;

/// A table whose rows have checksums.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// What a checksum is of, in this order.
    pub(super) columns: &'static str,
}

pub(super) const BOXOFFICE: Table = Table {
    name: "boxoffice",
    columns: "only, folder, fingerprint_key, sequence, position, checksum, at, event_rows, \
        event_sum, standing_rows, standing_sum, catalog_before",
};

pub(super) const EVENTS: Table = Table {
    name: "events",
    columns: "number, slug, name, starts_at, starts_local, zone, sales, currency, \
        currency_digits, max_per_customer, created_at, deleted_at, created_as, section_rows, section_sum, price_list_rows, price_list_sum, \
        blocked_rows, blocked_sum, sales_from, sales_from_local, sales_from_zone, sales_until, \
        sales_until_local, sales_until_zone, publication, tickets, venue, description, link",
};

pub(super) const STANDINGS: Table = Table {
    name: "standings",
    columns: "event, version, last_at, reservation_rows, reservation_sum",
};

pub(super) const SECTIONS: Table =
    Table { name: "sections", columns: "event, number, name, price, capacity, rows, blocked" };

pub(super) const PRICE_LISTS: Table =
    Table { name: "price_lists", columns: "event, number, prices" };

pub(super) const BLOCKED_SEATS: Table = Table { name: "blocked_seats", columns: "event, seat" };

pub(super) const RESERVATIONS: Table = Table {
    name: "reservations",
    columns: "number, event, status, version, id, customer, seats, section, places, price_list, \
        total, created_at, expires_at, changed_at, fingerprint, made_by, changed_by, \
        revision, order_number, types, prices",
};

pub(super) const PLANS: Table = Table { name: "plans", columns: "number, digest, at, file" };

impl Table {
    /// A query of all columns, the checksum last.
    pub(super) fn select(&self, rest: &str) -> String {
        format!("SELECT {}, row_checksum FROM {} {rest}", self.columns, self.name)
    }

    /// A statement that adds a row, or puts it in the place of one.
    pub(super) fn put(&self) -> String {
        self.written("INSERT OR REPLACE")
    }

    /// A statement that adds a row.
    pub(super) fn insert(&self) -> String {
        self.written("INSERT")
    }

    /// The place of a column in [`select`](Self::select).
    pub(super) fn column(&self, name: &str) -> usize {
        let place = self.columns.split(',').position(|column| column.trim() == name);
        place.expect("it is a column of the table")
    }

    fn written(&self, verb: &str) -> String {
        let marks = "?, ".repeat(self.columns.split(',').count());
        format!("{verb} INTO {} ({}, row_checksum) VALUES ({marks}?)", self.name, self.columns)
    }
}

/// The key of a file's checksums, which is its folder's number: what a client sends ends up in rows
/// byte for byte, and without the key it cannot be made to fit another row's checksum.
#[derive(Clone, Copy)]
pub(super) struct ChecksumKey(u64);

impl std::fmt::Debug for ChecksumKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChecksumKey(..)")
    }
}

impl ChecksumKey {
    pub(super) const fn new(folder: u64) -> Self {
        Self(folder)
    }

    /// The checksum of a row with these values.
    pub(super) fn of<'v>(self, table: &Table, values: impl Iterator<Item = ValueRef<'v>>) -> u64 {
        let mut bytes = smallvec::SmallVec::<[u8; 256]>::new();
        bytes.extend_from_slice(table.name.as_bytes());
        for value in values {
            match value {
                ValueRef::Null => bytes.push(0),
                ValueRef::Integer(number) => {
                    bytes.push(1);
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
                ValueRef::Real(number) => {
                    bytes.push(2);
                    bytes.extend_from_slice(&number.to_bits().to_le_bytes());
                }
                ValueRef::Text(text) => sized(&mut bytes, 3, text),
                ValueRef::Blob(blob) => sized(&mut bytes, 4, blob),
            }
        }
        XxHash3_64::oneshot_with_seed(self.0, &bytes)
    }

    /// The checksum of a row that was read with [`Table::select`], if it is the one that it says.
    pub(super) fn verified(self, table: &Table, row: &Row<'_>) -> Result<u64, RowsError> {
        let columns = Columns::new(table.name, row);
        let last = row.as_ref().column_count() - 1;
        let mut values = smallvec::SmallVec::<[ValueRef<'_>; 20]>::new();
        for column in 0..last {
            values.push(row.get_ref(column).tried("read a column")?);
        }
        let checksum = self.of(table, values.into_iter());
        if Self::said(row)? == checksum {
            return Ok(checksum);
        }
        let why = "its checksum is not that of what it says: it was altered";
        Err(RowsError::damaged(columns.place(), why))
    }

    /// The checksum that a row says it has.
    pub(super) fn said(row: &Row<'_>) -> Result<u64, RowsError> {
        match row.get_ref(row.as_ref().column_count() - 1).tried("read a column")? {
            ValueRef::Integer(said) => Ok(said.cast_unsigned()),
            _ => Ok(0),
        }
    }

    /// Writes a row with its checksum, which is returned.
    pub(super) fn write(
        self,
        table: &Table,
        statement: &mut Statement<'_>,
        values: &[ValueRef<'_>],
    ) -> rusqlite::Result<u64> {
        let checksum = self.of(table, values.iter().copied());
        let last = ValueRef::Integer(number(checksum));
        let all = values.iter().copied().chain([last]).map(ToSqlOutput::Borrowed);
        statement.execute(params_from_iter(all))?;
        Ok(checksum)
    }

    /// The same, with a statement of its own.
    pub(super) fn put(
        self,
        connection: &Connection,
        table: &Table,
        values: &[ValueRef<'_>],
    ) -> Result<u64, RowsError> {
        connection
            .prepare_cached(&table.put())
            .and_then(|mut statement| self.write(table, &mut statement, values))
            .tried("write a row")
    }
}

fn sized(bytes: &mut smallvec::SmallVec<[u8; 256]>, kind: u8, content: &[u8]) {
    bytes.push(kind);
    bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
    bytes.extend_from_slice(content);
}

/// The number of some rows, and the sum of their checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) sum: u64,
}

impl Tally {
    pub(super) fn add(&mut self, checksum: u64) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(checksum);
    }

    pub(super) fn remove(&mut self, checksum: u64) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(checksum);
    }

    pub(super) fn replace(&mut self, before: u64, after: u64) {
        self.sum = self.sum.wrapping_sub(before).wrapping_add(after);
    }

    /// The two columns of a tally.
    pub(super) const fn values(self) -> [ValueRef<'static>; 2] {
        [ValueRef::Integer(number(self.rows)), ValueRef::Integer(number(self.sum))]
    }

    /// A tally from its two columns.
    pub(super) fn read(columns: Columns<'_>, first: usize) -> Result<Self, RowsError> {
        Ok(Self { rows: columns.number(first)?, sum: columns.number(first + 1)? })
    }

    /// Compares the rows that were found with those that were written.
    pub(super) fn compare(
        self,
        written: Self,
        place: impl FnOnce() -> String,
    ) -> Option<RowsError> {
        if self == written {
            return None;
        }
        let why = if self.rows == written.rows {
            "the checksums of its rows do not add up: one of them is an older version of itself, \
             or there twice in place of another"
                .to_owned()
        } else {
            format!("it has {} rows, and {} were written", self.rows, written.rows)
        };
        Some(RowsError::damaged(place(), why))
    }
}
