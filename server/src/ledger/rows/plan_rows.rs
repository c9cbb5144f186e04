//! The rows of plans. They are written over a connection of their own, while the changes' rows follow
//! the journal over theirs.

use super::checksums::{ChecksumKey, PLANS};
use super::columns::{Columns, time};
use super::error::{RowsError, Tried};
use super::file;
use super::reader::RowsReader;
use boxoffice_plan::plan_digest;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::time::Timestamp;
use bytes::Bytes;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// A plan in its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    pub digest: PlanDigest,
    /// When it came.
    pub at: Timestamp,
    /// Its canonical form.
    pub canonical: Bytes,
}

/// The state file, to write plans.
#[derive(Debug)]
pub struct PlanRows {
    connection: Connection,
    key: ChecksumKey,
}

impl PlanRows {
    /// Opens a state file that is there.
    ///
    /// # Errors
    /// It is not to be read, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, RowsError> {
        let connection = file::open_beside(path)?;
        let key = file::head(&connection)?.key();
        Ok(Self { connection, key })
    }

    /// Writes a plan. It is durable when this returns.
    ///
    /// # Errors
    /// Nothing was written. [`RowsError::is_passing`] tells whether to try the same again; else
    /// this is no longer to be used.
    pub fn put(&mut self, row: &PlanRow) -> Result<(), RowsError> {
        let key = self.key;
        self.write(&row.digest, |connection, digest| {
            let number = "SELECT coalesce(max(number), 0) + 1 FROM plans";
            let number: i64 =
                connection.query_row(number, [], |row| row.get(0)).tried("read plans")?;
            let values = [
                ValueRef::Integer(number),
                ValueRef::Text(digest.as_bytes()),
                ValueRef::Integer(time(row.at)),
                ValueRef::Text(&row.canonical),
            ];
            key.put(connection, &PLANS, &values).map(drop)
        })
    }

    /// Removes a plan, durably.
    ///
    /// # Errors
    /// As of [`put`](Self::put).
    pub fn remove(&mut self, digest: &PlanDigest) -> Result<(), RowsError> {
        self.write(digest, |_, _| Ok(()))
    }

    /// Writes something in the place of the plan's row.
    fn write(
        &mut self,
        digest: &PlanDigest,
        write: impl FnOnce(&Connection, &str) -> Result<(), RowsError>,
    ) -> Result<(), RowsError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .tried("begin to write a plan")?;
        let digest = digest.to_string();
        let remove = "DELETE FROM plans WHERE digest = ?1";
        transaction.execute(remove, [&digest]).tried("remove a plan")?;
        write(&transaction, &digest)?;
        transaction.commit().tried("commit a plan")
    }
}

impl RowsReader {
    /// Gives all plans, each verified by its checksum and its digest.
    ///
    /// # Errors
    /// A row is damaged, or is not what `take` expects.
    pub fn plans(
        &self,
        mut take: impl FnMut(PlanRow) -> Result<(), String>,
    ) -> Result<(), RowsError> {
        let key = file::head(&self.connection)?.key();
        let mut statement =
            self.connection.prepare(&PLANS.select("ORDER BY number")).tried("read plans")?;
        let mut rows = statement.query([]).tried("read plans")?;
        while let Some(row) = rows.next().tried("read plans")? {
            key.verified(&PLANS, row)?;
            let columns = Columns::new(PLANS.name, row);
            let digest = columns.parsed(1)?;
            let canonical = Bytes::copy_from_slice(columns.text(3)?.as_bytes());
            if plan_digest(&canonical) != digest {
                return Err(columns.wrong(3, "is not what the digest is of"));
            }
            take(PlanRow { digest, at: columns.time(2)?, canonical })
                .map_err(|why| columns.wrong(3, why))?;
        }
        Ok(())
    }
}
