//! The store over Redis.

use super::address::RedisAddress;
use super::append::{self, Begins};
use super::connection::Link;
use super::entry::{all_stored, check, check_number, check_size, end_of, strange};
use super::error::RedisError;
use super::failure::CommandFailure;
use super::keys::{self, Bucket};
use super::listener::{CHANNEL, HintListener, SEPARATOR, listen};
use super::listing;
use super::node::Request;
use super::router::Router;
use super::server_settings::{self, ServerFacts};
use super::settings::RedisSettings;
use super::values::{array, bytes, number, text};
use super::{library, sentinel};
use crate::batch::{Batch, BatchId, End};
use crate::engine_thread::EngineThread;
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::read::read_of;
use crate::snapshot::{Snapshot, Summary};
use crate::store::{Hints, Pending, READ_BYTES, Read, Store};
use crate::unsafe_setting::UnsafeSetting;
use redis::{Value, cmd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::broadcast;

/// Hints that a slow reader may be behind.
const HINTS: usize = 1_024;

/// Redis or Valkey as the store of one server. Commands run on a thread of its own, so an answer that
/// is dropped takes nothing back.
///
/// A failover of Redis may lose what was acknowledged, unless every replica that could be promoted had
/// it ([`RedisSettings::replicas`]).
pub struct Redis {
    thread: EngineThread,
    parts: Arc<RedisParts>,
}

struct RedisParts {
    router: Arc<Router>,
    hints: broadcast::Sender<LogId>,
    unsafe_settings: Vec<UnsafeSetting>,
    /// The latest time that was told.
    latest_ms: AtomicU64,
}

impl Redis {
    /// Connects to a server, to a cluster, or to the primary that sentinels know.
    ///
    /// # Errors
    /// [`RedisError`] says what to do: about settings that lose what was acknowledged, a server that
    /// is too old or cannot be reached, too few replicas.
    pub async fn open(
        address: &RedisAddress,
        settings: &RedisSettings,
    ) -> Result<Self, RedisError> {
        let (address, settings) = (Arc::new(address.clone()), Arc::new(settings.clone()));
        let opened = async move { open(&address, &settings).await };
        let (thread, parts) =
            EngineThread::open(opened, RedisError::Thread, RedisError::Unavailable).await?;
        Ok(Self { thread, parts: Arc::new(parts) })
    }

    /// Settings that lose acknowledged changes in a crash or a failover, and were accepted.
    pub fn unsafe_settings(&self) -> &[UnsafeSetting] {
        &self.parts.unsafe_settings
    }

    /// The primary that has a log, as `host:port`; none where sentinels name it, or no primary has it.
    pub fn primary_of(&self, log: &LogId) -> Option<String> {
        let _within = self.thread.enter();
        let owner = self.parts.router.owner(Bucket::of(log)).ok()?;
        owner.endpoint.as_ref().map(ToString::to_string)
    }

    /// Starts work, and returns its answer.
    fn start<T: Send + 'static, W>(
        &self,
        work: impl FnOnce(Arc<RedisParts>) -> W + Send + 'static,
    ) -> Pending<T>
    where
        W: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.thread.start(async move { work(parts).await })
    }

    /// Asks for one thing, and makes what is told an answer.
    fn ask<T: Send + 'static>(
        &self,
        request: Request,
        answer: impl FnOnce(Value) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        self.start(async move |parts| answer(parts.router.ask(request).await?))
    }
}

/// Checks servers and settings, and listens to hints.
async fn open(
    address: &Arc<RedisAddress>,
    settings: &Arc<RedisSettings>,
) -> Result<RedisParts, RedisError> {
    let mut facts = first_facts(address, settings).await?;
    let router = Router::open(address, settings, &facts).await?;
    if facts.is_cluster {
        facts.unsafe_settings.clear();
        for primary in router.endpoints() {
            let told = facts_of(&primary, address, settings).await?;
            enough_replicas(&told, settings)?;
            facts.replicas = told.replicas;
            facts.unsafe_settings.extend(told.unsafe_settings);
        }
    }
    enough_replicas(&facts, settings)?;
    let hints = broadcast::channel(HINTS).0;
    let listener = HintListener::open(&router, address).await?;
    let passed = (Arc::downgrade(&router), Arc::clone(address), hints.clone());
    tokio::spawn(listen(listener, passed.0, passed.1, passed.2));
    let unsafe_settings = facts.unsafe_settings;
    Ok(RedisParts { router, hints, unsafe_settings, latest_ms: AtomicU64::new(0) })
}

/// What the first server told that can be reached.
async fn first_facts(
    address: &RedisAddress,
    settings: &RedisSettings,
) -> Result<ServerFacts, RedisError> {
    if address.sentinel.is_some() {
        let primary = sentinel::primary(address).await?;
        return facts_of(&primary, address, settings).await;
    }
    let mut failed = None;
    for endpoint in &address.endpoints {
        match facts_of(endpoint, address, settings).await {
            // A cluster's replica, or a node that is down: another one will do.
            Err(error @ RedisError::Unavailable(_)) => failed = Some(error),
            told => return told,
        }
    }
    Err(failed.unwrap_or(RedisError::Address("it has no host")))
}

async fn facts_of(
    endpoint: &super::endpoint::Endpoint,
    address: &RedisAddress,
    settings: &RedisSettings,
) -> Result<ServerFacts, RedisError> {
    let told = async {
        let mut connection = Link::open(endpoint, address).await?;
        server_settings::check(&mut connection, settings).await
    };
    let late = || RedisError::Unavailable(format!("{endpoint} does not answer"));
    tokio::time::timeout(settings.connection_wait, told).await.unwrap_or_else(|_| Err(late()))
}

fn enough_replicas(facts: &ServerFacts, settings: &RedisSettings) -> Result<(), RedisError> {
    let (needed, found) = (settings.replicas, facts.replicas);
    if found < needed { Err(RedisError::Replicas { needed, found }) } else { Ok(()) }
}

impl Store for Redis {
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        let _within = self.thread.enter();
        let append = |batch: Batch| match self.parts.router.owner(Bucket::of(batch.log())) {
            Ok(shard) => shard.appender.append_one(batch),
            Err(failure) => Box::pin(std::future::ready(Err(failure.into()))),
        };
        batches.into_iter().map(append).collect()
    }

    fn begin(&self, batch: Batch) -> Pending<Outcome> {
        self.start(async move |parts| {
            check(&batch)?;
            let request = append::request(&batch, Begins::Anywhere);
            append::answer(&batch, parts.router.ask(request).await)
        })
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        if check_number(after).is_err() {
            return Box::pin(async { Ok(Read::Batches(Vec::new())) });
        }
        let mut command = library::look("read", &[keys::batches(log)]);
        command.arg(after + 1).arg(limit).arg(READ_BYTES);
        let (request, log) = (Request::to_read(Bucket::of(log), command), log.clone());
        self.ask(request, move |told| read_of(all_stored(&log, told)?, after, limit))
    }

    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        self.start(async move |parts| listing::names(&parts.router, after.as_ref(), limit).await)
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        self.start(async move |parts| {
            let asked = logs.iter().map(|log| {
                let mut command = cmd("GET");
                command.arg(keys::end(log));
                Request::to_read(Bucket::of(log), command)
            });
            let told = parts.router.ask_all(asked.collect()).await;
            let end = |(log, told): (&LogId, Result<Value, CommandFailure>)| match told? {
                Value::Nil => Ok(None),
                value => end_of(log, &bytes(value).ok_or_else(strange)?),
            };
            logs.iter().zip(told).map(end).collect()
        })
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        self.start(async move |parts| listing::summaries(&parts.router, after, limit).await)
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool> {
        let fits = check_number(snapshot.end.version)
            .and_then(|()| check_size(&snapshot.summary))
            .and_then(|()| check_size(&snapshot.body));
        if let Err(error) = fits {
            return Box::pin(async { Err(error) });
        }
        let checksum = snapshot.checksum().to_be_bytes();
        let Snapshot { log, end, summary, body } = snapshot;
        let stored = [keys::batches(&log), keys::snapshot(&log)];
        let mut command = library::call("put_snapshot", &stored);
        command.arg(end.version).arg(&end.batch.0[..]).arg(summary).arg(body).arg(&checksum[..]);
        self.ask(Request::to_write(Bucket::of(&log), command), |told| Ok(number(told) == Some(1)))
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        let mut command = cmd("HMGET");
        let fields = ["version", "batch", "summary", "body", "checksum"];
        command.arg(keys::snapshot(log)).arg(&fields);
        let (request, log) = (Request::to_read(Bucket::of(log), command), log.clone());
        self.ask(request, move |told| {
            let parts = array(told).and_then(|parts| <[Value; 5]>::try_from(parts).ok());
            let [version, batch, summary, body, checksum] = parts.ok_or_else(strange)?;
            if version == Value::Nil {
                return Ok(None);
            }
            let version = number(version).ok_or_else(strange)?;
            let damaged = || StoreError::Damaged { log: log.clone(), version };
            let bytes = |value| bytes(value).ok_or_else(damaged);
            let batch = BatchId(bytes(batch)?.try_into().map_err(|_| damaged())?);
            let checksum = u64::from_be_bytes(bytes(checksum)?.try_into().map_err(|_| damaged())?);
            let (summary, body) = (bytes(summary)?, bytes(body)?);
            let snapshot = Snapshot { log, end: End { version, batch }, summary, body };
            snapshot.verified(checksum).map(Some)
        })
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        let mut command = library::call("trim", &[keys::batches(log), keys::snapshot(log)]);
        command.arg(through);
        let request = Request::to_write(Bucket::of(log), command);
        self.start(async move |parts| {
            while number(parts.router.ask(request.clone()).await?) == Some(1) {}
            Ok(())
        })
    }

    fn now(&self) -> Pending<u64> {
        self.start(async move |parts| {
            let told = array(parts.router.ask_any(cmd("TIME")).await?).ok_or_else(strange)?;
            let [seconds, micros] = <[Value; 2]>::try_from(told).map_err(|_| strange())?;
            let time = number(seconds).zip(number(micros));
            let now = time.map(|(seconds, micros)| seconds * 1_000 + micros / 1_000);
            let now = now.ok_or_else(strange)?;
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
        // Times are counted in floating point there.
        let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).min(1 << 52);
        let mut command = library::call("lease", &[keys::leases()]);
        command.arg(name).arg(holder).arg(body).arg(time_ms);
        self.ask(Request::to_write(Bucket::LEASES, command), |told| match told {
            held @ Value::Array(_) => lease_of(held).map(LeaseAnswer::Held),
            until => {
                let until_ms = number(until).ok_or_else(strange)?;
                Ok(LeaseAnswer::Granted { until_ms })
            }
        })
    }

    fn release(&self, name: &str, holder: &str) -> Pending<()> {
        let mut command = library::call("release", &[keys::leases()]);
        command.arg(name).arg(holder);
        self.ask(Request::to_write(Bucket::LEASES, command), |_| Ok(()))
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        let command = library::look("leases", &[keys::leases()]);
        self.ask(Request::to_read(Bucket::LEASES, command), |told| {
            let leases = array(told).ok_or_else(strange)?;
            leases.into_iter().map(lease_of).collect()
        })
    }

    /// By the primary of one of the logs: it has just appended.
    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        let Some(first) = logs.first() else { return Box::pin(async { Ok(()) }) };
        let names: Vec<_> = logs.iter().map(LogId::as_str).collect();
        let mut command = cmd("PUBLISH");
        command.arg(CHANNEL).arg(names.join(SEPARATOR));
        self.ask(Request::to_read(Bucket::of(first), command), |_| Ok(()))
    }

    fn hints(&self) -> Pending<Hints> {
        let hints = Hints(self.parts.hints.subscribe());
        Box::pin(async { Ok(hints) })
    }
}

fn lease_of(told: Value) -> Result<Lease, StoreError> {
    let parts = array(told).and_then(|parts| <[Value; 4]>::try_from(parts).ok());
    let [name, holder, body, until] = parts.ok_or_else(strange)?;
    let name_and_holder = text(name).zip(text(holder));
    let (name, holder) = name_and_holder.ok_or_else(strange)?;
    let (body, until_ms) = bytes(body).zip(number(until)).ok_or_else(strange)?;
    Ok(Lease { name, holder, body, until_ms })
}
