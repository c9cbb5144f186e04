//! The store over PostgreSQL.

use super::address::PostgresAddress;
use super::appender::PostgresAppends;
use super::connection::{Connection, Values};
use super::error::PostgresError;
use super::failure::{Failure, Fate};
use super::listener::{Listener, listen};
use super::rows::{self, column, signed, unsigned};
use super::schema;
use super::server_settings;
use super::settings::PostgresSettings;
use super::statements as sql;
use super::store_pool::StorePool;
use crate::appender::Appender;
use crate::batch::{Batch, End};
use crate::engine_thread::EngineThread;
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use crate::log_id::LogId;
use crate::outcome::{MAX_AHEAD_MS, Outcome};
use crate::read::read_of;
use crate::snapshot::{Snapshot, Summary};
use crate::store::{Hints, Pending, READ_BYTES, Read, Store};
use crate::unsafe_setting::{UnsafeSetting, UnsafeSettings};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// How long a lease waits for another server that takes it.
const LOCK: Duration = Duration::from_secs(5);

/// How often a lease is asked for while others take and release it.
const LEASE_TRIES: u32 = 5;

/// Hints that a slow reader may be behind.
const HINTS: usize = 1_024;

/// PostgreSQL as the store of one server. Statements run on a thread of its own, so an answer that is
/// dropped takes nothing back.
pub struct Postgres {
    thread: EngineThread,
    parts: Arc<Parts>,
}

struct Parts {
    appender: Arc<Appender<PostgresAppends>>,
    pool: StorePool,
    hints: broadcast::Sender<LogId>,
    unsafe_settings: Vec<UnsafeSetting>,
    /// The latest time that was told.
    latest_ms: AtomicU64,
}

impl Postgres {
    /// Connects to a database that [`migrate`](super::migrate) has made ready.
    ///
    /// # Errors
    /// [`PostgresError`] says what to do: about settings that lose what was acknowledged, a schema
    /// that is missing, older or newer, a server that is too old or cannot be reached.
    pub async fn open(
        address: &PostgresAddress,
        settings: &PostgresSettings,
    ) -> Result<Self, PostgresError> {
        let (address, settings) = (address.clone(), settings.clone());
        let opened = async move { open(address, &settings).await };
        let (thread, parts) =
            EngineThread::open(opened, PostgresError::Thread, PostgresError::Unavailable).await?;
        Ok(Self { thread, parts: Arc::new(parts) })
    }

    /// Settings of the server that lose acknowledged changes in a crash, and were accepted.
    pub fn unsafe_settings(&self) -> &[UnsafeSetting] {
        &self.parts.unsafe_settings
    }

    /// Asks for rows, and makes them an answer.
    fn ask<T: Send + 'static>(
        &self,
        statement: &'static str,
        values: Vec<Box<dyn ToSql + Send + Sync>>,
        answer: impl FnOnce(Vec<Row>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let parts = Arc::clone(&self.parts);
        self.thread.start(async move { answer(parts.ask(statement, &values).await?) })
    }
}

/// Checks settings and schema, and listens to hints.
async fn open(
    address: PostgresAddress,
    settings: &PostgresSettings,
) -> Result<Parts, PostgresError> {
    let mut connection = Connection::open(&address, LOCK, None).await?;
    let unsafe_settings = server_settings::check(&mut connection).await?;
    if let Some(first) = unsafe_settings.first()
        && settings.unsafe_settings == UnsafeSettings::Refused
    {
        return Err(PostgresError::Unsafe(first.clone()));
    }
    schema::check(&mut connection).await?;
    let hints = broadcast::channel(HINTS).0;
    let listener = Listener::open(&address).await?;
    tokio::spawn(listen(listener, address.clone(), hints.clone()));
    let sent = PostgresAppends::new(&address, settings);
    let appender = Appender::start(sent, settings.connections, settings.connection_wait);
    let pool = StorePool::new(address, settings, LOCK);
    Ok(Parts { appender, pool, hints, unsafe_settings, latest_ms: AtomicU64::new(0) })
}

impl Parts {
    async fn ask(
        &self,
        statement: &'static str,
        values: &[Box<dyn ToSql + Send + Sync>],
    ) -> Result<Vec<Row>, StoreError> {
        let values: Vec<_> = values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        let values: Values<'_> = &values;
        Ok(self.pool.with(async |it| it.ask(statement, values).await).await?)
    }
}

impl Store for Postgres {
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        let _within = self.thread.enter();
        self.parts.appender.append(batches)
    }

    fn begin(&self, batch: Batch) -> Pending<Outcome> {
        let parts = Arc::clone(&self.parts);
        self.thread.start(async move {
            match begin(&parts.pool, &batch).await {
                Ok(LogStart::Done) => Ok(Outcome::Appended),
                Ok(LogStart::Late) => parts.appender.append_one(batch).await,
                Err(failure) if failure.fate == Fate::Unknown => Ok(Outcome::Unknown(failure.why)),
                Err(failure) => Err(failure.into()),
            }
        })
    }

    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        let after = after.map_or_else(String::new, |log| log.as_str().to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.ask(sql::LOGS, vec![Box::new(after), Box::new(limit)], |found| {
            found.iter().map(|row| rows::log(row, 0)).collect()
        })
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        let (log, rows) = (log.as_str().to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let Ok(behind) = signed(after) else {
            return Box::pin(async { Ok(Read::Batches(Vec::new())) });
        };
        let values: Vec<Box<dyn ToSql + Send + Sync>> =
            vec![Box::new(log), Box::new(behind), Box::new(rows), Box::new(READ_BYTES as i64)];
        self.ask(sql::READ, values, move |found| {
            let found = found.iter().map(rows::stored).collect::<Result<Vec<_>, _>>()?;
            read_of(found, after, limit)
        })
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        let names: Vec<_> = logs.iter().map(|log| log.as_str().to_owned()).collect();
        self.ask(sql::ENDS, vec![Box::new(names)], move |found| {
            let found = found.iter().map(rows::end).collect::<Result<HashMap<_, _>, _>>()?;
            Ok(logs.iter().map(|log| found.get(log).copied()).collect())
        })
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        let after = after.map_or_else(String::new, |log| log.as_str().to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.ask(sql::SUMMARIES, vec![Box::new(after), Box::new(limit)], |found| {
            let summary = |row: &Row| {
                let (log, version) = (rows::log(row, 0)?, unsigned(column(row, 1)?));
                Ok(Summary { log, version, bytes: column(row, 2)? })
            };
            found.iter().map(summary).collect()
        })
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool> {
        let version = match signed(snapshot.end.version) {
            Ok(version) => version,
            Err(error) => return Box::pin(async { Err(error) }),
        };
        let sum = snapshot.checksum().cast_signed();
        let Snapshot { log, end, summary, body } = snapshot;
        let values: Vec<Box<dyn ToSql + Send + Sync>> = vec![
            Box::new(log.as_str().to_owned()),
            Box::new(version),
            Box::new(end.batch.0.to_vec()),
            Box::new(summary),
            Box::new(body),
            Box::new(sum),
        ];
        self.ask(sql::PUT_SNAPSHOT, values, |kept| Ok(!kept.is_empty()))
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        let log = log.as_str().to_owned();
        self.ask(sql::SNAPSHOT, vec![Box::new(log)], |found| {
            let Some(row) = found.first() else { return Ok(None) };
            let (log, end) = rows::end(row)?;
            let (summary, body) = (column(row, 3)?, column(row, 4)?);
            let snapshot = Snapshot { log, end, summary, body };
            snapshot.verified(column::<i64>(row, 5)?.cast_unsigned()).map(Some)
        })
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        let through = i64::try_from(through).unwrap_or(i64::MAX);
        let values: Vec<Box<dyn ToSql + Send + Sync>> =
            vec![Box::new(log.as_str().to_owned()), Box::new(through)];
        self.ask(sql::TRIM, values, |_| Ok(()))
    }

    fn now(&self) -> Pending<u64> {
        let parts = Arc::clone(&self.parts);
        self.ask(sql::NOW, Vec::new(), move |found| {
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
        let values: Vec<Box<dyn ToSql + Send + Sync>> = vec![
            Box::new(name.to_owned()),
            Box::new(holder.to_owned()),
            Box::new(body),
            Box::new(time),
        ];
        let parts = Arc::clone(&self.parts);
        self.thread.start(async move {
            for _ in 0..LEASE_TRIES {
                let found = parts.ask(sql::LEASE, &values).await?;
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
        let values: Vec<Box<dyn ToSql + Send + Sync>> =
            vec![Box::new(name.to_owned()), Box::new(holder.to_owned())];
        self.ask(sql::RELEASE, values, |_| Ok(()))
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        self.ask(sql::LEASES, Vec::new(), |found| found.iter().map(lease_of).collect())
    }

    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        let names: Vec<_> = logs.iter().map(|log| log.as_str().to_owned()).collect();
        self.ask(sql::HINT, vec![Box::new(names)], |_| Ok(()))
    }

    fn hints(&self) -> Pending<Hints> {
        let hints = Hints(self.parts.hints.subscribe());
        Box::pin(async { Ok(hints) })
    }
}

/// What became of a batch that may begin a log.
enum LogStart {
    Done,
    /// The log has batches already.
    Late,
}

async fn begin(pool: &StorePool, batch: &Batch) -> Result<LogStart, Failure> {
    let (log, id) = (batch.log().as_str(), batch.id().0.to_vec());
    let predecessor = batch.predecessor().map(|id| id.0.to_vec());
    let numbers = [batch.first(), batch.last(), batch.at_ms(), batch.checksum(), MAX_AHEAD_MS];
    let [first, last, at, checksum, ahead] = numbers.map(u64::cast_signed);
    let body = batch.body();
    let values: Values<'_> =
        &[&log, &first, &last, &id, &predecessor, &at, &body, &checksum, &ahead];
    let inserted = pool.with(async |it| it.ask(sql::BEGIN, values).await).await?;
    Ok(if inserted.is_empty() { LogStart::Late } else { LogStart::Done })
}

fn lease_of(row: &Row) -> Result<Lease, StoreError> {
    let (name, holder, body) = (column(row, 0)?, column(row, 1)?, column(row, 2)?);
    Ok(Lease { name, holder, body, until_ms: unsigned(column(row, 3)?) })
}
