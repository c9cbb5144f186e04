//! The conditional append of many batches in one round trip.

use super::rows::{BATCH, bits, column, signed, stored};
use super::store_pool::{Connection, said};
use crate::batch::{Batch, Stored};
use crate::error::StoreError;
use crate::outcome::{MAX_AHEAD_MS, Outcome, explain};
use std::collections::HashSet;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

const APPEND: &str = include_str!("append.sql");

/// Batches that a beaten server is told of at once.
const SINCE: i64 = 1_000;

/// Appends batches of different logs by one statement. None if one of them waits for another
/// server's append: nothing was applied then, and they are to be sent one by one.
pub(super) async fn append(
    connection: &Connection,
    batches: &[Batch],
) -> Result<Option<Vec<Result<Outcome, StoreError>>>, StoreError> {
    let unknown = |why: &str| {
        let outcome = || Ok(Outcome::Unknown(why.to_owned()));
        Ok(Some(batches.iter().map(|_| outcome()).collect()))
    };
    let before = connection.warnings();
    let inserted = match insert(connection, batches).await? {
        Ok(inserted) => inserted,
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => return Ok(None),
        Err(error) => return unknown(&said(&error)),
    };
    if connection.warnings() != before {
        // A commit whose wait for a standby was cut is local only.
        return unknown("the commit came with a warning");
    }
    let mut outcomes = Vec::new();
    for batch in batches {
        let outcome = match inserted.contains(batch.log().as_str()) {
            true => Ok(Outcome::Appended),
            false => look(connection, batch).await,
        };
        outcomes.push(outcome);
    }
    Ok(Some(outcomes))
}

type Inserted = Result<HashSet<String>, tokio_postgres::Error>;

async fn insert(connection: &Connection, batches: &[Batch]) -> Result<Inserted, StoreError> {
    let numbers = |of: fn(&Batch) -> u64| -> Result<Vec<i64>, StoreError> {
        batches.iter().map(|batch| signed(of(batch))).collect()
    };
    let logs: Vec<_> = batches.iter().map(|batch| batch.log().as_str()).collect();
    let ids: Vec<_> = batches.iter().map(|batch| batch.id().0.to_vec()).collect();
    let predecessor = |batch: &Batch| batch.predecessor().map(|id| id.0.to_vec());
    let predecessors: Vec<_> = batches.iter().map(predecessor).collect();
    let bodies: Vec<_> = batches.iter().map(Batch::body).collect();
    let checksums: Vec<_> = batches.iter().map(|batch| bits(batch.checksum())).collect();
    let (firsts, lasts) = (numbers(Batch::first)?, numbers(Batch::last)?);
    let (times, ahead) = (numbers(Batch::at_ms)?, signed(MAX_AHEAD_MS)?);
    let statement = match connection.client.prepare(APPEND).await {
        Ok(statement) => statement,
        Err(error) => return Err(StoreError::Unavailable(said(&error))),
    };
    let values: [&(dyn ToSql + Sync); 9] =
        [&logs, &firsts, &lasts, &ids, &predecessors, &times, &bodies, &checksums, &ahead];
    match connection.client.query(&statement, &values).await {
        Ok(rows) => rows.iter().map(|row| column(row, 0)).collect::<Result<_, _>>().map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

/// Why a batch was not inserted, from what its log has.
async fn look(connection: &Connection, batch: &Batch) -> Result<Outcome, StoreError> {
    let found = format!(
        "SELECT {BATCH}
         FROM boxoffice_batch b WHERE b.log = $1 AND b.first_version >= coalesce((
             SELECT max(first_version) FROM boxoffice_batch WHERE log = $1 AND first_version < $2
         ), 0) ORDER BY b.first_version LIMIT $3"
    );
    let (log, first) = (batch.log().as_str(), signed(batch.first())?);
    // The batch may be on its way by another connection still, so no look is an answer that
    // nothing was applied.
    let unknown = |error: &tokio_postgres::Error| Ok(Outcome::Unknown(said(error)));
    let rows = match connection.client.query(&found, &[&log, &first, &SINCE]).await {
        Ok(rows) => rows,
        Err(error) => return unknown(&error),
    };
    let found = rows.iter().map(stored).collect::<Result<Vec<Stored>, _>>()?;
    let now: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let now = match connection.client.query_one(now, &[]).await {
        Ok(row) => super::rows::unsigned(column(&row, 0)?),
        Err(error) => return unknown(&error),
    };
    explain(batch, found, now)
}
