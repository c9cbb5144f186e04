//! The store over MongoDB.

use super::address::MongoAddress;
use super::append::begin;
use super::appender::MongoAppends;
use super::collections::{Collections, current};
use super::documents::{self, log, stored};
use super::error::MongoError;
use super::hints::HintReader;
use super::settings::MongoSettings;
use super::{hints, keys, leases, server_settings, snapshots};
use crate::appender::Appender;
use crate::batch::{Batch, End, Stored};
use crate::engine_thread::EngineThread;
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::read::read_of;
use crate::snapshot::{Snapshot, Summary};
use crate::store::{Hints, Pending, READ_BYTES, Read, Store};
use crate::unsafe_setting::{UnsafeSetting, UnsafeSettings};
use mongodb::bson::{Document, doc};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::broadcast;

/// Hints that a slow reader may be behind.
const HINTS: usize = 1_024;

/// Logs whose ends are asked for at once: a pipeline has 1,000 stages at most, and 16 MiB.
const ENDS: usize = 200;

/// MongoDB as the store of one server. Requests run on a thread of its own, so an answer that is
/// dropped takes nothing back.
pub struct Mongo {
    thread: EngineThread,
    parts: Arc<MongoParts>,
}

struct MongoParts {
    store: Arc<Collections>,
    appender: Arc<Appender<MongoAppends>>,
    hints: broadcast::Sender<LogId>,
    unsafe_settings: Vec<UnsafeSetting>,
    /// The latest time that was told.
    latest_ms: AtomicU64,
}

impl Mongo {
    /// Connects to a MongoDB, and makes the collections that it lacks.
    ///
    /// # Errors
    /// [`MongoError`] says what to do: about a server that is too old, cannot be reached, or loses
    /// what was acknowledged.
    pub async fn open(
        address: &MongoAddress,
        settings: &MongoSettings,
    ) -> Result<Self, MongoError> {
        let (address, settings) = (address.clone(), settings.clone());
        let opened = async move { open(&address, settings).await };
        let (thread, parts) =
            EngineThread::open(opened, MongoError::Thread, MongoError::Unavailable).await?;
        Ok(Self { thread, parts: Arc::new(parts) })
    }

    /// Settings of the server that lose acknowledged changes in a crash, and were accepted.
    pub fn unsafe_settings(&self) -> &[UnsafeSetting] {
        &self.parts.unsafe_settings
    }

    /// Starts work on the documents, and returns its answer.
    fn start<T, F>(&self, work: impl FnOnce(Arc<Collections>) -> F) -> Pending<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        self.thread.start(work(Arc::clone(&self.parts.store)))
    }
}

async fn open(address: &MongoAddress, settings: MongoSettings) -> Result<MongoParts, MongoError> {
    let (options, database) = address.resolve(&settings).await?;
    let store = Arc::new(Collections::open(options, &database, &settings).await?);
    let unsafe_settings = server_settings::check(&store).await?;
    if let Some(first) = unsafe_settings.first()
        && settings.unsafe_settings == UnsafeSettings::Refused
    {
        return Err(MongoError::Unsafe(first.clone()));
    }
    let hints = broadcast::channel(HINTS).0;
    let reader = HintReader::open(&store).await?;
    tokio::spawn(hints::pass(reader, Arc::downgrade(&store), hints.clone()));
    let sent = MongoAppends { store: Arc::clone(&store) };
    let appender = Appender::start(sent, settings.appends, settings.connection_wait);
    Ok(MongoParts { store, appender, hints, unsafe_settings, latest_ms: AtomicU64::new(0) })
}

impl Store for Mongo {
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        let _within = self.thread.enter();
        self.parts.appender.append(batches)
    }

    fn begin(&self, batch: Batch) -> Pending<Outcome> {
        self.start(|store| async move { begin(&store, &batch).await })
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        let log = log.clone();
        self.start(|store| async move {
            let found = behind(&store, &log, after, limit).await?;
            read_of(found, after, limit)
        })
    }

    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        self.start(|store| async move {
            let behind = doc! { "begins": { "$gt": after.as_ref().map_or("", LogId::as_str) } };
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let found = store.batches.find(behind).sort(doc! { "begins": 1 }).limit(limit);
            let found = store.all(found.projection(doc! { "begins": 1 }).into_future()).await?;
            found.iter().map(|document| log(document, "begins")).collect()
        })
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        self.start(|store| async move {
            let mut ends = HashMap::new();
            for some in logs.chunks(ENDS) {
                ends.extend(ends_of(&store, some).await?);
            }
            Ok(logs.iter().map(|log| ends.get(log).copied()).collect())
        })
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        self.start(|store| async move { snapshots::summaries(&store, after.as_ref(), limit).await })
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool> {
        self.start(|store| async move { snapshots::put(&store, snapshot).await })
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        let log = log.clone();
        self.start(|store| async move { snapshots::read(&store, &log).await })
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        let log = log.clone();
        self.start(|store| async move { snapshots::trim(&store, &log, through).await })
    }

    fn now(&self) -> Pending<u64> {
        let parts = Arc::clone(&self.parts);
        self.start(|store| async move {
            let now = store.now().await?;
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
        let (name, holder) = (name.to_owned(), holder.to_owned());
        let wanted = Lease { name, holder, body, until_ms: 0 };
        self.start(|store| async move { leases::take(&store, wanted, time).await })
    }

    fn release(&self, name: &str, holder: &str) -> Pending<()> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.start(|store| async move { leases::release(&store, &name, &holder).await })
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        self.start(|store| async move { leases::all(&store).await })
    }

    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        self.start(|store| async move { Ok(hints::tell(&store, &logs).await?) })
    }

    fn hints(&self) -> Pending<Hints> {
        let hints = Hints(self.parts.hints.subscribe());
        Box::pin(async { Ok(hints) })
    }
}

/// The log's batches behind a version, at most `limit`, and none behind [`READ_BYTES`].
async fn behind(
    store: &Collections,
    log: &LogId,
    after: u64,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let ends_later = doc! { "end": { "$gte": keys::of(log, after.saturating_add(1)), "$lt": keys::behind(log) } };
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = store.batches.find(ends_later).sort(doc! { "end": 1 }).limit(rows);
    let mut cursor = store.within(query.into_future()).await?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while bytes < READ_BYTES && store.within(cursor.advance()).await? {
        let next = stored(&current(cursor.deserialize_current())?)?;
        bytes += next.body.as_ref().map_or(0, |body| body.len());
        found.push(next);
    }
    Ok(found)
}

/// The ends of logs that have one: the newest batch of each, by one pipeline.
async fn ends_of(store: &Collections, logs: &[LogId]) -> Result<HashMap<LogId, End>, StoreError> {
    let mut session = store.confirmed().await?;
    let mut pipelines = logs.iter().map(newest);
    let Some(mut pipeline) = pipelines.next() else { return Ok(HashMap::new()) };
    for other in pipelines {
        let with = doc! { "coll": store.batches.name(), "pipeline": other };
        pipeline.push(doc! { "$unionWith": with });
    }
    let found =
        store.within(store.batches.aggregate(pipeline).session(&mut session).into_future()).await?;
    let found = store.all_of(found, &mut session).await?;
    found.iter().map(documents::end).collect()
}

fn newest(log: &LogId) -> Vec<Document> {
    let of_it = doc! { "_id": { "$gte": keys::of(log, 0), "$lt": keys::behind(log) } };
    vec![
        doc! { "$match": of_it },
        doc! { "$sort": { "_id": -1 } },
        doc! { "$limit": 1 },
        doc! { "$project": { "log": 1, "last": 1, "id": 1 } },
    ]
}
