//! What a server does for its part of the cluster all the time.

use super::cluster_state::ClusterState;
use super::index_keeper::index_log;
use super::lease_keeper::LeaseKeeper;
use super::routing::ClusterSecret;
use super::server_lease::servers_log;
use super::ticks::every;
use crate::clock::Clock;
use boxoffice_protocol::id::EventId;
use boxoffice_store::{Hints, LogId, Store, StoreError};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// How often the engine's time is measured, which tells whether it can be reached, too.
const MEASURE: Duration = Duration::from_secs(1);

/// How often the log's end is looked at of each event that is watched here.
const LOOK: Duration = Duration::from_millis(100);

/// How often events are unloaded that are too many.
const UNLOAD: Duration = Duration::from_millis(250);

/// The name of an event's log before its slug.
const EVENT_LOGS: &str = "event/";

/// Begins it; it ends with the cluster.
pub(super) fn start(
    cluster: &Arc<ClusterState>,
    hints: Hints,
    secret: Option<Arc<ClusterSecret>>,
    digests: impl Fn() -> Vec<(String, u64)> + Send + Sync + 'static,
) {
    let keeper =
        LeaseKeeper { cluster: Arc::downgrade(cluster), secret, digests, differing: Vec::new() };
    let servers = Arc::new(Notify::new());
    tokio::spawn(follow_hints(Arc::downgrade(cluster), hints, Arc::clone(&servers)));
    tokio::spawn(look(Arc::downgrade(cluster)));
    tokio::spawn(keep_time(Arc::downgrade(cluster)));
    tokio::spawn(keeper.keep(servers));
    tokio::spawn(keep_memory(Arc::downgrade(cluster)));
}

/// Asks the engine for its time, and tells the clock.
pub(super) async fn measure(store: &dyn Store, clock: &Clock) -> Result<(), StoreError> {
    let sent = Clock::local();
    let engine_ms = store.now().await?;
    clock.measured(sent, Clock::local(), engine_ms);
    Ok(())
}

async fn keep_time(cluster: Weak<ClusterState>) {
    let mut ticks = every(MEASURE);
    loop {
        ticks.tick().await;
        let Some(cluster) = cluster.upgrade() else { return };
        let measured = measure(&*cluster.calls.store, &cluster.clock).await;
        cluster.is_reachable(measured.is_ok());
    }
}

/// Unloads events that are too many.
async fn keep_memory(cluster: Weak<ClusterState>) {
    let mut ticks = every(UNLOAD);
    loop {
        ticks.tick().await;
        let Some(cluster) = cluster.upgrade() else { return };
        let shells = cluster.shells.lock();
        let shells = shells.values().map(|shell| (&shell.uses, &shell.asks));
        cluster.memory.unload_surplus(shells);
    }
}

/// Follows what other servers say that they appended.
async fn follow_hints(cluster: Weak<ClusterState>, mut hints: Hints, comes: Arc<Notify>) {
    let (index, servers) = (index_log(), servers_log());
    while let Some(log) = hints.next().await {
        let Some(cluster) = cluster.upgrade() else { return };
        if log == index {
            cluster.index.poke();
        } else if log == servers {
            comes.notify_one();
        } else if let Some(id) = event_of(&log)
            && cluster.catalog.find(id.borrowed()).is_some_and(|event| event.is_watched())
        {
            cluster.poke(id.borrowed());
        }
    }
}

/// The event whose log has this name.
pub(crate) fn event_of(log: &LogId) -> Option<EventId> {
    EventId::parse(log.as_str().strip_prefix(EVENT_LOGS)?).ok()
}

/// Looks at the ends of what is watched, in case a hint was lost.
async fn look(cluster: Weak<ClusterState>) {
    let mut ticks = every(LOOK);
    loop {
        ticks.tick().await;
        let Some(cluster) = cluster.upgrade() else { return };
        for event in cluster.catalog.shown() {
            if event.is_watched() {
                cluster.poke(event.id.borrowed());
            }
        }
        cluster.catalog.show_index(cluster.index.version(), cluster.index.all());
    }
}
