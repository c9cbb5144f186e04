//! Plans in the store that several servers share: each in a log of its own, in parts.
//!
//! A part's batch says nothing but what follows from the plan, its id too. So servers that put the same
//! plan append the same batches, and one goes on where another ended.

use super::kept_plan::KeptPlan;
use boxoffice_plan::plan_digest;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::limits::MAX_PLAN_BYTES;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Effect;
use boxoffice_store::{Batch, BatchId, LogId, Outcome, Pending, Read, Store, StoreError};
use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// What the names of their logs begin with.
const PREFIX: &str = "plan/";

/// Bytes of a part. Changing it is harmless for plans that are whole.
const PART_BYTES: usize = 256 << 10;

/// Parts of one read.
const READ_LIMIT: usize = 16;

/// How often a part is sent whose outcome is unknown.
const TRIES: usize = 3;

/// The lease that is taken to write something.
const LEASE: Duration = Duration::from_secs(10);

/// The plans of a store.
pub(super) struct StorePlans {
    store: Arc<dyn Store>,
    runtime: Handle,
}

impl fmt::Debug for StorePlans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorePlans(..)")
    }
}

impl StorePlans {
    /// Has to be called inside the runtime.
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, runtime: Handle::current() }
    }

    /// Makes a plan durable. Blocks, and not on a thread of the runtime.
    pub(super) fn put(&self, plan: &KeptPlan) -> Result<Effect, Refusal> {
        self.runtime.block_on(async {
            if self.found(&plan.digest).await.map_err(|error| away(&error))?.is_some() {
                return Ok(Effect::Unchanged);
            }
            self.append(plan).await?;
            self.write(&plan.digest).await.map_err(|error| away(&error))?;
            Ok(Effect::Applied)
        })
    }

    /// The bytes of a plan, if it is there as a whole. Blocks like [`put`](Self::put).
    pub(super) fn get(&self, digest: &PlanDigest) -> Result<Option<Bytes>, Refusal> {
        self.runtime.block_on(self.found(digest)).map_err(|error| away(&error))
    }

    /// A plan that is there to stay.
    async fn found(&self, digest: &PlanDigest) -> Result<Option<Bytes>, StoreError> {
        let found = self.read(digest).await?;
        if found.is_some() {
            // What another server appended may not be durable before a write of our own.
            self.write(digest).await?;
        }
        Ok(found)
    }

    async fn read(&self, digest: &PlanDigest) -> Result<Option<Bytes>, StoreError> {
        plan_in_log(digest, |log, after| self.store.read(log, after, READ_LIMIT)).await
    }

    async fn append(&self, plan: &KeptPlan) -> Result<(), Refusal> {
        for batch in batches_of(plan) {
            self.append_one(batch).await?;
        }
        Ok(())
    }

    async fn append_one(&self, batch: Batch) -> Result<(), Refusal> {
        for _ in 0..TRIES {
            let outcome = self.store.append(vec![batch.clone()]).pop();
            match outcome.expect("a batch has an outcome").await.map_err(|error| away(&error))? {
                Outcome::Appended => return Ok(()),
                Outcome::Unknown(_) => {}
                other => {
                    let log = batch.log();
                    tracing::error!(%log, ?other, "the store has something else of a plan");
                    return Err(unavailable());
                }
            }
        }
        Err(Refusal::OutcomeUnknown)
    }

    /// Writes something, which makes durable what was read before.
    async fn write(&self, digest: &PlanDigest) -> Result<(), StoreError> {
        let name = log_of(digest);
        self.store.lease(name.as_str(), "plans", Vec::new(), LEASE).await.map(drop)
    }
}

/// The bytes of a plan that is in its log as a whole.
pub(crate) async fn plan_in_log(
    digest: &PlanDigest,
    read: impl Fn(&LogId, u64) -> Pending<Read>,
) -> Result<Option<Bytes>, StoreError> {
    let (log, mut bytes, mut after) = (log_of(digest), BytesMut::new(), 0);
    loop {
        let batches = match read(&log, after).await? {
            Read::Batches(batches) | Read::Part(batches) => batches,
            Read::Trimmed => return Err(StoreError::Damaged { log, version: after }),
        };
        let Some(last) = batches.last() else { break };
        after = last.last();
        for batch in &batches {
            bytes.extend_from_slice(batch.body());
        }
        if bytes.len() > MAX_PLAN_BYTES {
            return Err(StoreError::Damaged { log, version: after });
        }
    }
    let bytes = bytes.freeze();
    Ok((plan_digest(&bytes) == *digest).then_some(bytes))
}

/// The batches of a plan's log.
pub(crate) fn batches_of(plan: &KeptPlan) -> impl Iterator<Item = Batch> {
    let (log, mut end) = (log_of(&plan.digest), None);
    plan.canonical.chunks(PART_BYTES).zip(0u32..).map(move |(part, number)| {
        let batch = Batch::new(log.clone(), end, batch_id(&plan.digest, number), 1, 0, part);
        end = Some(batch.end());
        batch
    })
}

/// The plan that a log is of, if it is one's.
pub(crate) fn plan_of_log(log: &LogId) -> Option<PlanDigest> {
    log.as_str().strip_prefix(PREFIX)?.parse().ok()
}

fn log_of(digest: &PlanDigest) -> LogId {
    LogId::parse(&format!("{PREFIX}{digest}")).expect("a short name")
}

fn batch_id(digest: &PlanDigest, number: u32) -> BatchId {
    let hash = Sha256::new().chain_update(digest.0).chain_update(number.to_le_bytes()).finalize();
    BatchId(*hash.first_chunk().expect("a hash is longer"))
}

fn away(error: &StoreError) -> Refusal {
    tracing::warn!(%error, "a plan cannot be read or written");
    unavailable()
}

fn unavailable() -> Refusal {
    Refusal::Unavailable { why: UnavailableWhy::SharedStore }
}
