//! What events ask of the engine.

use super::gathered::Gathered;
use super::plans_at_hand::{with_plan, with_plans};
use super::server_lease::ServerLease;
use crate::plans::{PlanRegistry, Plans};
use boxoffice_inventory::Halls;
use boxoffice_shared::{LoadedCopy, NotApplied, READ_LIMIT, StoreCall};
use boxoffice_store::{End, LogId, Outcome, Read, Store, StoreError};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// The pauses before the same is sent again.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The engine's answer to a call of an actor.
#[derive(Debug)]
pub(super) enum EngineAnswer {
    Append(Result<Outcome, StoreError>),
    End(Result<Option<End>, StoreError>),
    Loaded(Box<Result<LoadedCopy, NotApplied>>),
    Read(Result<Read, StoreError>),
    Write(Result<(), StoreError>),
    Pause,
}

/// A call on its way.
pub(super) type EngineCall = Pin<Box<dyn Future<Output = EngineAnswer> + Send>>;

/// What this server has on its way to the engine.
pub(super) struct EngineCalls {
    pub(super) store: Arc<dyn Store>,
    ends: Gathered<LogId, Option<End>>,
    writes: Gathered<(), ()>,
    hints: Gathered<LogId, ()>,
}

impl EngineCalls {
    pub(super) fn start(store: Arc<dyn Store>, lease: Arc<ServerLease>) -> Self {
        let (reader, hinter) = (Arc::clone(&store), Arc::clone(&store));
        let ends = Gathered::start(move |logs| reader.ends(logs));
        let writes = Gathered::start(move |asked: Vec<()>| {
            let written = lease.renew();
            Box::pin(async move { written.await.map(|()| asked) })
        });
        let hints = Gathered::start(move |logs: Vec<LogId>| {
            let count = logs.len();
            let hinted = hinter.hint(logs);
            Box::pin(async move { hinted.await.map(|()| vec![(); count]) })
        });
        Self { store, ends, writes, hints }
    }

    /// Sends what an actor calls for.
    pub(super) fn begin(
        self: &Arc<Self>,
        call: StoreCall,
        log: &LogId,
        plans: &Arc<Plans>,
    ) -> EngineCall {
        let (calls, log, plans) = (Arc::clone(self), log.clone(), Arc::clone(plans));
        match call {
            StoreCall::Append { batch, attempt: 1 } => {
                let outcome = calls.store.append(vec![batch]).pop();
                let outcome = outcome.expect("a batch has an outcome");
                Box::pin(async move { EngineAnswer::Append(outcome.await) })
            }
            StoreCall::Append { batch, attempt } => Box::pin(async move {
                pause(attempt).await;
                let outcome = calls.store.append(vec![batch]).pop();
                EngineAnswer::Append(outcome.expect("a batch has an outcome").await)
            }),
            StoreCall::End => Box::pin(async move { EngineAnswer::End(calls.end(log).await) }),
            StoreCall::Snapshot(loader) => {
                let snapshot = calls.store.snapshot(&log);
                Box::pin(async move {
                    let snapshot = with_plan(&plans, snapshot.await).await;
                    let halls: Arc<dyn Halls> = Arc::<PlanRegistry>::clone(plans.registry());
                    // A large one takes its time.
                    let loaded = tokio::task::spawn_blocking(move || loader.load(snapshot, &halls));
                    let loaded = loaded.await;
                    let gone = || StoreError::Unavailable("its thread is gone".to_owned());
                    let loaded = loaded.unwrap_or_else(|_| Err(NotApplied::Store(gone())));
                    EngineAnswer::Loaded(Box::new(loaded))
                })
            }
            StoreCall::Read { after } => {
                let read = calls.store.read(&log, after, READ_LIMIT);
                Box::pin(async move { EngineAnswer::Read(with_plans(&plans, read.await).await) })
            }
            StoreCall::Write { attempt } => Box::pin(async move {
                if attempt > 1 {
                    pause(attempt).await;
                }
                EngineAnswer::Write(calls.write().await)
            }),
            StoreCall::Pause => Box::pin(async move {
                // Another server's append is decided in about the time of a round trip.
                let _ = calls.end(log).await;
                EngineAnswer::Pause
            }),
        }
    }

    /// Where a log ends, at some time after this call.
    pub(super) async fn end(&self, log: LogId) -> Result<Option<End>, StoreError> {
        self.ends.ask(log).await
    }

    /// Writes something, which makes durable what was read before.
    pub(super) async fn write(&self) -> Result<(), StoreError> {
        self.writes.ask(()).await
    }

    /// Tells the other servers that a log has grown.
    pub(super) fn hint(self: &Arc<Self>, log: LogId) {
        let calls = Arc::clone(self);
        tokio::spawn(async move { calls.hint_now(log).await });
    }

    /// The same, to its end.
    pub(super) async fn hint_now(&self, log: LogId) {
        // Where it gets lost, the others find out by themselves.
        drop(self.hints.ask(log).await);
    }
}

/// Waits before an attempt, longer each time.
#[expect(clippy::disallowed_methods, reason = "an engine that has trouble is not pressed")]
pub(super) async fn pause(attempt: u32) {
    let doublings = attempt.saturating_sub(2).min(8);
    tokio::time::sleep((FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)).await;
}
