//! What a server does for its part of the cluster all the time.

use super::cluster_state::ClusterState;
use super::engine_calls::{LEASE, lease_name};
use super::index_keeper::index_log;
use crate::clock::Clock;
use boxoffice_protocol::id::EventId;
use boxoffice_store::{Hints, Store, StoreError};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the engine's time is measured, which tells whether it can be reached, too.
const MEASURE: Duration = Duration::from_secs(1);

/// How often this server's lease is renewed.
const RENEW: Duration = LEASE.checked_div(4).expect("four parts");

/// How often the log's end is looked at of each event that is watched here.
const LOOK: Duration = Duration::from_millis(100);

/// The name of an event's log before its slug.
const EVENT_LOGS: &str = "event/";

/// Begins it; it ends with the cluster.
pub(super) fn start(cluster: &Arc<ClusterState>, hints: Hints, server: String) {
    tokio::spawn(follow_hints(Arc::downgrade(cluster), hints));
    tokio::spawn(look(Arc::downgrade(cluster)));
    tokio::spawn(keep_time(Arc::downgrade(cluster)));
    tokio::spawn(keep_lease(Arc::downgrade(cluster), server));
}

/// Asks the engine for its time, and tells the clock.
pub(super) async fn measure(store: &dyn Store, clock: &Clock) -> Result<(), StoreError> {
    let sent = Clock::local();
    let engine_ms = store.now().await?;
    clock.measured(sent, Clock::local(), engine_ms);
    Ok(())
}

fn every(span: Duration) -> Interval {
    let mut interval = interval(span);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
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

async fn keep_lease(cluster: Weak<ClusterState>, server: String) {
    let (mut ticks, name) = (every(RENEW), lease_name(&server));
    loop {
        ticks.tick().await;
        let Some(cluster) = cluster.upgrade() else { return };
        let renewed = cluster.calls.store.lease(&name, &server, Vec::new(), LEASE).await;
        if let Err(error) = renewed {
            tracing::debug!(%error, "the lease was not renewed");
        }
    }
}

/// Follows what other servers say that they appended.
async fn follow_hints(cluster: Weak<ClusterState>, mut hints: Hints) {
    let index = index_log();
    while let Some(log) = hints.next().await {
        let Some(cluster) = cluster.upgrade() else { return };
        if log == index {
            cluster.index.poke();
        } else if let Some(slug) = log.as_str().strip_prefix(EVENT_LOGS)
            && let Ok(id) = EventId::parse(slug)
            && cluster.catalog.find(id.borrowed()).is_some_and(|event| event.is_watched())
        {
            cluster.poke(id.borrowed());
        }
    }
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
        cluster.catalog.show_version(cluster.index.version());
    }
}
