//! The store over PostgreSQL.

use super::append::append;
use super::error::PostgresError;
use super::rows::{self, BATCH, bits, checksum, column, signed, unsigned};
use super::store_pool::{StorePool, said};
use crate::batch::{Batch, End, Stored};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::snapshot::{Snapshot, Summary};
use crate::store::{Hints, Pending, Read, Store};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{broadcast, oneshot};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Row};

/// An append of many logs does not wait for one of them; it is sent in parts then.
const TOGETHER: Duration = Duration::from_millis(50);

/// How long an append of one log waits for that of another server.
const ALONE: Duration = Duration::from_secs(5);

/// How often a lease is asked for while others take and release it.
const LEASE_TRIES: u32 = 5;

/// Hints that a slow reader may be behind.
const HINTS: usize = 1_024;

/// The engine's time in milliseconds.
const NOW: &str = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// PostgreSQL as the store of one server. Statements run on a thread of its own, so an answer that is
/// dropped takes nothing back.
pub struct Postgres {
    /// None only while it is dropped.
    runtime: Option<Runtime>,
    parts: Arc<Parts>,
}

struct Parts {
    together: StorePool,
    alone: StorePool,
    hints: broadcast::Sender<LogId>,
    /// The latest time that was told.
    latest_ms: AtomicU64,
}

impl Postgres {
    /// Connects to a database and makes the tables where there are none.
    ///
    /// # Errors
    /// [`PostgresError`] names the setting that would lose what was acknowledged.
    pub async fn open(address: &str) -> Result<Self, PostgresError> {
        let mut config: Config = address.parse().map_err(PostgresError::Address)?;
        config.application_name("boxoffice");
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(PostgresError::Thread)?;
        let (raw, hints) = (broadcast::channel(HINTS).0, broadcast::channel(HINTS).0);
        let pool = |wait| StorePool::new(config.clone(), wait, raw.clone());
        let (together, alone) = (pool(TOGETHER), pool(ALONE));
        let parts = Parts { together, alone, hints, latest_ms: AtomicU64::new(0) };
        let parts = Arc::new(parts);
        let (say, checked) = oneshot::channel();
        let prepared = Arc::clone(&parts);
        runtime.spawn(async move { drop(say.send(prepare(&prepared, raw.subscribe()).await)) });
        let gone = |_| PostgresError::Unavailable("its thread is gone".to_owned());
        let checked = checked.await.map_err(gone);
        let store = Self { runtime: Some(runtime), parts };
        checked??;
        Ok(store)
    }

    /// Starts work, and returns its answer.
    fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Pending<T> {
        let (say, answer) = oneshot::channel();
        if let Some(runtime) = &self.runtime {
            // The answer may have been dropped; the work may not.
            runtime.spawn(async move { drop(say.send(work.await)) });
        }
        let gone = || StoreError::Unavailable("the store is closed".to_owned());
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(gone())) })
    }

    /// Asks for rows, and makes them an answer.
    fn ask<T: Send + 'static>(
        &self,
        statement: String,
        values: Vec<Box<dyn ToSql + Send + Sync>>,
        answer: impl FnOnce(Vec<Row>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let parts = Arc::clone(&self.parts);
        self.start(async move { answer(parts.query(&statement, &values).await?) })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Checks the settings, makes the tables, and listens to hints.
async fn prepare(
    parts: &Arc<Parts>,
    mut raw: broadcast::Receiver<String>,
) -> Result<(), PostgresError> {
    let unavailable = |error: &tokio_postgres::Error| PostgresError::Unavailable(said(error));
    let listener = parts.alone.connect().await.map_err(|error| unavailable(&error))?;
    for (setting, needed) in
        [("fsync", "on"), ("full_page_writes", "on"), ("transaction_read_only", "off")]
    {
        let row = listener.client.query_one(&format!("SHOW {setting}"), &[]).await;
        let value: String = row.map_err(|error| unavailable(&error))?.get(0);
        if value != needed {
            return Err(PostgresError::Setting { setting, value, needed });
        }
    }
    let locked = "BEGIN; SELECT pg_advisory_xact_lock(7117)";
    let made = format!("{locked}; {}; COMMIT; LISTEN boxoffice", include_str!("schema.sql"));
    listener.client.batch_execute(&made).await.map_err(|error| unavailable(&error))?;
    let hints = parts.hints.clone();
    tokio::spawn(async move {
        // It listens for as long as it is there.
        let _listener = listener;
        while let Ok(hint) = raw.recv().await {
            if let Ok(log) = LogId::parse(&hint) {
                drop(hints.send(log));
            }
        }
    });
    Ok(())
}

impl Parts {
    async fn query(
        &self,
        statement: &str,
        values: &[Box<dyn ToSql + Send + Sync>],
    ) -> Result<Vec<Row>, StoreError> {
        let values: Vec<_> = values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        let rows = self.alone.with(async |it| it.client.query(statement, &values).await).await?;
        rows.map_err(|error| StoreError::Unavailable(said(&error)))
    }

    /// Appends together, or where one would have to wait, one by one.
    async fn append(self: Arc<Self>, sent: Vec<(Batch, oneshot::Sender<Answer>)>) {
        let (batches, answers): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
        let outcomes = self.together.with(async |it| append(it, &batches).await).await;
        match outcomes.and_then(|outcomes| outcomes) {
            Ok(Some(outcomes)) => {
                answers
                    .into_iter()
                    .zip(outcomes)
                    .for_each(|(say, outcome)| drop(say.send(outcome)));
            }
            Ok(None) => {
                for (batch, say) in batches.into_iter().zip(answers) {
                    let parts = Arc::clone(&self);
                    tokio::spawn(async move { drop(say.send(parts.append_alone(batch).await)) });
                }
            }
            Err(error) => {
                answers.into_iter().for_each(|say| drop(say.send(Err(error.clone()))));
            }
        }
    }

    async fn append_alone(&self, batch: Batch) -> Answer {
        let batches = [batch];
        let outcomes = self.alone.with(async |it| append(it, &batches).await).await??;
        let outcome = outcomes.and_then(|mut outcomes| outcomes.pop());
        outcome.unwrap_or_else(|| Ok(Outcome::Unknown("another append is on its way".to_owned())))
    }
}

type Answer = Result<Outcome, StoreError>;

impl Store for Postgres {
    fn append(&self, mut batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        let (mut sent, mut pending) = (Vec::new(), Vec::new());
        for batch in batches.drain(..) {
            let (say, answer) = oneshot::channel();
            sent.push((batch, say));
            let lost = || Ok(Outcome::Unknown("the store was closed".to_owned()));
            let answer = async move { answer.await.unwrap_or_else(|_| lost()) };
            pending.push(Box::pin(answer) as Pending<Outcome>);
        }
        if let Some(runtime) = &self.runtime {
            runtime.spawn(Arc::clone(&self.parts).append(sent));
        }
        pending
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        let (log, limit) = (log.as_str().to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let Ok(behind) = signed(after) else {
            return Box::pin(async { Ok(Read::Batches(Vec::new())) });
        };
        let statement = format!(
            "SELECT {BATCH} FROM boxoffice_batch b WHERE b.log = $1 AND b.last_version > $2
             ORDER BY b.first_version LIMIT $3"
        );
        let values: Vec<Box<dyn ToSql + Send + Sync>> =
            vec![Box::new(log), Box::new(behind), Box::new(limit)];
        self.ask(statement, values, move |found| {
            let found = found.iter().map(rows::stored).collect::<Result<Vec<_>, _>>()?;
            if found.first().is_some_and(|next| next.first > after + 1) {
                return Ok(Read::Trimmed);
            }
            let batches = found.into_iter().map(Stored::verified);
            let batches = batches.collect::<Result<Option<Vec<_>>, _>>()?;
            Ok(batches.map_or(Read::Trimmed, Read::Batches))
        })
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        let names: Vec<_> = logs.iter().map(|log| log.as_str().to_owned()).collect();
        let statement = "SELECT n.log, b.last_version, b.id FROM unnest($1::text[]) AS n (log),
             LATERAL (SELECT last_version, id FROM boxoffice_batch
                 WHERE log = n.log COLLATE \"C\" ORDER BY first_version DESC LIMIT 1) b";
        self.ask(statement.to_owned(), vec![Box::new(names)], move |found| {
            let found = found.iter().map(rows::end).collect::<Result<HashMap<_, _>, _>>()?;
            Ok(logs.iter().map(|log| found.get(log).copied()).collect())
        })
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        let after = after.map_or_else(String::new, |log| log.as_str().to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let statement = "SELECT log, version, summary FROM boxoffice_snapshot WHERE log > $1
             ORDER BY log LIMIT $2";
        self.ask(statement.to_owned(), vec![Box::new(after), Box::new(limit)], |found| {
            let summary = |row: &Row| {
                let (log, version) = (rows::log(row, 0)?, unsigned(column(row, 1)?));
                Ok(Summary { log, version, bytes: column(row, 2)? })
            };
            found.iter().map(summary).collect()
        })
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<()> {
        let version = match signed(snapshot.end.version) {
            Ok(version) => version,
            Err(error) => return Box::pin(async { Err(error) }),
        };
        let statement = "INSERT INTO boxoffice_snapshot AS s
             (log, version, batch, summary, body, checksum) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (log) DO UPDATE SET version = excluded.version, batch = excluded.batch,
                 summary = excluded.summary, body = excluded.body, checksum = excluded.checksum
             WHERE s.version < excluded.version";
        let sum = bits(snapshot.checksum());
        let Snapshot { log, end, summary, body } = snapshot;
        let values: Vec<Box<dyn ToSql + Send + Sync>> = vec![
            Box::new(log.as_str().to_owned()),
            Box::new(version),
            Box::new(end.batch.0.to_vec()),
            Box::new(summary),
            Box::new(body),
            Box::new(sum),
        ];
        self.ask(statement.to_owned(), values, |_| Ok(()))
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        let statement = "SELECT log, version, batch, summary, body, checksum
             FROM boxoffice_snapshot WHERE log = $1";
        let log = log.as_str().to_owned();
        self.ask(statement.to_owned(), vec![Box::new(log)], |found| {
            let Some(row) = found.first() else { return Ok(None) };
            let (log, end) = rows::end(row)?;
            let (summary, body) = (column(row, 3)?, column(row, 4)?);
            let snapshot = Snapshot { log, end, summary, body };
            snapshot.verified(checksum(column(row, 5)?)).map(Some)
        })
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        let through = i64::try_from(through).unwrap_or(i64::MAX);
        let values: Vec<Box<dyn ToSql + Send + Sync>> =
            vec![Box::new(log.as_str().to_owned()), Box::new(through)];
        self.ask(include_str!("trim.sql").to_owned(), values, |_| Ok(()))
    }

    fn now(&self) -> Pending<u64> {
        let parts = Arc::clone(&self.parts);
        self.ask(format!("SELECT {NOW}"), Vec::new(), move |found| {
            let Some(row) = found.first() else { return Ok(0) };
            let now = unsigned(column(row, 0)?);
            Ok(parts.latest_ms.fetch_max(now, Ordering::AcqRel).max(now))
        })
    }

    fn lease(
        &self,
        name: &str,
        holder: &str,
        body: Vec<u8>,
        time: Duration,
    ) -> Pending<LeaseAnswer> {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2);
        let statement = format!(
            "WITH taken AS (
                 INSERT INTO boxoffice_lease AS l (name, holder, body, until_ms)
                 VALUES ($1, $2, $3, {NOW} + $4)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
                     body = excluded.body, until_ms = excluded.until_ms
                 WHERE l.holder = excluded.holder OR l.until_ms <= {NOW}
                 RETURNING until_ms)
             SELECT name, holder, body, until_ms, (SELECT until_ms FROM taken)
             FROM (VALUES ($1::text)) AS wanted (wanted)
             LEFT JOIN boxoffice_lease ON name = wanted AND until_ms > {NOW}"
        );
        let values: Vec<Box<dyn ToSql + Send + Sync>> = vec![
            Box::new(name.to_owned()),
            Box::new(holder.to_owned()),
            Box::new(body),
            Box::new(time),
        ];
        let parts = Arc::clone(&self.parts);
        self.start(async move {
            for _ in 0..LEASE_TRIES {
                let found = parts.query(&statement, &values).await?;
                let Some(row) = found.first() else { break };
                if let Some(until) = column::<Option<i64>>(row, 4)? {
                    return Ok(LeaseAnswer::Granted { until_ms: unsigned(until) });
                }
                if column::<Option<&str>>(row, 0)?.is_some() {
                    return lease_of(row).map(LeaseAnswer::Held);
                }
                // Another holder's was made while this statement waited for it, so it shows none.
            }
            Err(StoreError::Busy)
        })
    }

    fn release(&self, name: &str, holder: &str) -> Pending<()> {
        let statement = "DELETE FROM boxoffice_lease WHERE name = $1 AND holder = $2";
        let values: Vec<Box<dyn ToSql + Send + Sync>> =
            vec![Box::new(name.to_owned()), Box::new(holder.to_owned())];
        self.ask(statement.to_owned(), values, |_| Ok(()))
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        let statement = format!(
            "SELECT name, holder, body, until_ms FROM boxoffice_lease WHERE until_ms > {NOW}"
        );
        self.ask(statement, Vec::new(), |found| found.iter().map(lease_of).collect())
    }

    /// Apart from appends: a notification takes a lock of the whole database at its commit.
    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        let names: Vec<_> = logs.iter().map(|log| log.as_str().to_owned()).collect();
        let statement = "SELECT pg_notify('boxoffice', log) FROM unnest($1::text[]) AS n (log)";
        self.ask(statement.to_owned(), vec![Box::new(names)], |_| Ok(()))
    }

    fn hints(&self) -> Pending<Hints> {
        let hints = Hints(self.parts.hints.subscribe());
        Box::pin(async { Ok(hints) })
    }
}

fn lease_of(row: &Row) -> Result<Lease, StoreError> {
    let (name, holder, body) = (column(row, 0)?, column(row, 1)?, column(row, 2)?);
    Ok(Lease { name, holder, body, until_ms: unsigned(column(row, 3)?) })
}
