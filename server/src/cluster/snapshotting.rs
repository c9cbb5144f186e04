//! Snapshots of events, each taken by the event's preferred server, beside the event's task and one at a
//! time.

use crate::metrics::Counter;
use boxoffice_inventory::{EventSecrets, Halls};
use boxoffice_protocol::id::EventId;
use boxoffice_shared::{NotApplied, SnapshotLoader, SnapshotTaken, take_snapshot};
use boxoffice_store::{LogId, Store, StoreError};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Takes snapshots, one at a time.
pub(super) struct Snapshotting {
    store: Arc<dyn Store>,
    /// The event is loaded, so that its plan is at hand.
    halls: Arc<dyn Halls>,
    /// A snapshot takes as much memory as its event.
    free: Semaphore,
    /// Changes from which on one is due.
    pub(super) after: u64,
    pub(super) taken: Counter,
}

/// The event of a snapshot.
#[derive(Debug, Clone)]
pub(super) struct SnapshotOf {
    pub(super) event: EventId,
    pub(super) log: LogId,
    pub(super) secrets: EventSecrets,
}

impl Snapshotting {
    pub(super) fn new(store: Arc<dyn Store>, halls: Arc<dyn Halls>, after: u64) -> Arc<Self> {
        Arc::new(Self { store, halls, free: Semaphore::new(1), after, taken: Counter::default() })
    }

    /// Takes a snapshot of an event if the last one is older than this, and tells which version the
    /// newest one has; none if it was not taken.
    pub(super) fn begin(
        self: &Arc<Self>,
        of: SnapshotOf,
        after: u64,
        tell: impl FnOnce(Option<u64>) + Send + 'static,
    ) {
        let snapshots = Arc::clone(self);
        tokio::spawn(async move {
            // It is never closed.
            let _turn = snapshots.free.acquire().await;
            let event = of.event.clone();
            match snapshots.take(of, after).await {
                Ok(SnapshotTaken { version, is_kept }) => {
                    if is_kept {
                        snapshots.taken.add(1);
                        tracing::debug!(%event, version, "took a snapshot");
                    }
                    tell(Some(version));
                }
                Err(why) => {
                    tracing::warn!(%event, ?why, "no snapshot was taken");
                    tell(None);
                }
            }
        });
    }

    /// Takes it on a thread of its own: a large one computes for a second.
    async fn take(&self, of: SnapshotOf, after: u64) -> Result<SnapshotTaken, NotApplied> {
        let (store, inside) = (Arc::clone(&self.store), Handle::current());
        let halls = Arc::clone(&self.halls);
        let taking = tokio::task::spawn_blocking(move || {
            let SnapshotOf { event, log, secrets } = of;
            let loader = SnapshotLoader::new(log.clone(), event, secrets);
            inside.block_on(take_snapshot(&*store, &log, (&loader, &halls), after))
        });
        let gone = || StoreError::Unavailable("its thread is gone".to_owned());
        taking.await.unwrap_or_else(|_| Err(NotApplied::Store(gone())))
    }
}
