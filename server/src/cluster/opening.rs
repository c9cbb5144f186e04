//! What a server reads of a store before it serves: the engine's time, the key of fingerprints, and the
//! index of events.

use super::engine_calls::EngineCalls;
use super::index_keeper::IndexKeeper;
use super::lease_notice::LeaseNotice;
use super::routing::ClusterSecret;
use super::server_lease::ServerLease;
use super::upkeep::measure;
use crate::clock::Clock;
use crate::randomness::Randomness;
use boxoffice_store::{
    Batch, BatchId, CopySource, Hints, LogId, Outcome, Read, Store, StoreError, is_unfinished,
};
use data_encoding::HEXLOWER;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Measurements of the engine's time at start: the best one counts.
const MEASUREMENTS: usize = 3;

/// A store that a server has read, and can serve over.
pub(crate) struct Joined {
    pub(super) calls: Arc<EngineCalls>,
    pub(super) clock: Clock,
    pub(super) index: IndexKeeper,
    pub(super) hints: Hints,
    pub(super) lease: Arc<ServerLease>,
    pub(super) routing: Option<Routing>,
}

/// What a server has to take part with.
pub(crate) struct Joining {
    pub(crate) store: Arc<dyn Store>,
    /// Without a clock of its own it goes by the engine's.
    pub(crate) clock: Option<Clock>,
    pub(crate) randomness: Randomness,
    pub(crate) routing: Option<Routing>,
}

/// Where other servers send requests, and how they are known.
pub(crate) struct Routing {
    pub(crate) listener: TcpListener,
    /// Where others reach it.
    pub(crate) address: String,
    pub(crate) secret: Arc<ClusterSecret>,
    /// Whether this server forwards requests, too.
    pub(crate) forwards: bool,
}

/// Reads what a server needs before it serves, and the key of fingerprints. Has to be called inside the
/// runtime.
pub(crate) async fn join(joining: Joining) -> Result<(Joined, Clock, [u8; 16]), StoreError> {
    let Joining { store, clock, randomness, routing } = joining;
    let random = |error: getrandom::Error| StoreError::Refused(error.to_string());
    let clock = clock.unwrap_or_else(Clock::of_engine);
    for _ in 0..MEASUREMENTS {
        measure(&*store, &clock).await?;
    }
    if is_unfinished(&*store).await? {
        let why = "a copy to this store was begun and not finished: run it again, to its end";
        return Err(StoreError::Refused(why.to_owned()));
    }
    let server = HEXLOWER.encode(&randomness.bytes::<8>().map_err(random)?);
    let address = routing.as_ref().map(|routing| routing.address.clone());
    let notice = LeaseNotice { address, digests: Vec::new() };
    let lease = Arc::new(ServerLease::new(Arc::clone(&store), server, notice));
    let calls = Arc::new(EngineCalls::start(Arc::clone(&store), Arc::clone(&lease)));
    let fresh = FreshKey {
        key: randomness.bytes().map_err(random)?,
        batch: BatchId(randomness.bytes().map_err(random)?),
    };
    let key = fingerprint_key(&calls, &clock, &fresh).await?;
    let hints = store.hints().await?;
    let mut index = IndexKeeper::new(Arc::clone(&calls), clock.clone(), randomness);
    index.confirm().await?;
    tracing::info!(server = lease.server, "joined the servers of the store");
    let joined = Joined { calls, clock: clock.clone(), index, hints, lease, routing };
    Ok((joined, clock, key))
}

impl Joined {
    /// The store itself.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.calls.store)
    }

    /// The secret that all servers are given, where requests are forwarded.
    pub(crate) fn secret(&self) -> Option<Arc<ClusterSecret>> {
        self.routing.as_ref().map(|routing| Arc::clone(&routing.secret))
    }
}

/// A key that counts if the store has none.
struct FreshKey {
    key: [u8; 16],
    batch: BatchId,
}

/// The key of fingerprints, which the first server of a store makes. It is durable when this returns.
async fn fingerprint_key(
    calls: &EngineCalls,
    clock: &Clock,
    fresh: &FreshKey,
) -> Result<[u8; 16], StoreError> {
    let log = key_log();
    let store = &calls.store;
    loop {
        let found = kept_key(&**store).await?;
        if let Some(key) = found {
            // Another server's may not be durable yet.
            calls.write().await?;
            if kept_key(&**store).await? == Some(key) {
                return Ok(key);
            }
            continue;
        }
        let at_ms = clock.now().as_ms();
        let batch = Batch::new(log.clone(), None, fresh.batch, 1, at_ms, &fresh.key);
        let outcome = store.append(vec![batch]).pop().expect("a batch has an outcome");
        if let Outcome::Ahead { now_ms } = outcome.await? {
            let why = format!("this server's time is ahead of the engine's, which is {now_ms}");
            return Err(StoreError::Refused(why));
        }
    }
}

/// The log of the key of fingerprints.
pub(crate) fn key_log() -> LogId {
    LogId::parse("keys").expect("a short name")
}

/// The key of fingerprints that a store has, if a server was ever started over it.
pub(crate) async fn kept_key(
    store: &(impl CopySource + ?Sized),
) -> Result<Option<[u8; 16]>, StoreError> {
    let log = key_log();
    let damaged = || StoreError::Damaged { log: log.clone(), version: 1 };
    match store.read(&log, 0, 1).await? {
        Read::Batches(batches) | Read::Part(batches) => match batches.first() {
            Some(first) => first.body().try_into().map(Some).map_err(|_| damaged()),
            None => Ok(None),
        },
        Read::Trimmed => Err(damaged()),
    }
}
