//! The task that has rows for reports follow the store.

use super::error::ReportsError;
use super::log_follower::{Followed, LogFollower};
use super::state::{ReportsState, RowsStop};
use super::target::ReportsTarget;
use crate::clock::Clock;
use crate::cluster::{Cluster, event_of, every};
use boxoffice_protocol::id::EventId;
use boxoffice_store::{Hints, Store};
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// The pause between two rounds: what comes meanwhile is written together.
const PAUSE: Duration = Duration::from_millis(200);

/// Rounds from one look at all events to the next. Hints tell sooner, and may get lost.
const LOOK: u32 = 25;

/// Rows for reports that were opened.
pub(crate) struct Reports {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) target: ReportsTarget,
    pub(crate) hints: Hints,
    /// Keys hash tables.
    pub(crate) seed: u64,
}

impl Reports {
    /// Begins to follow; it ends with the server. Has to be called inside the runtime that serves.
    pub(crate) fn start(
        self,
        cluster: &Arc<Cluster>,
        clock: &Clock,
        stop: &CancellationToken,
    ) -> Arc<ReportsState> {
        let Self { store, target, hints, seed } = self;
        let (clock, stop) = (clock.clone(), stop.clone());
        let state = Arc::new(ReportsState::new(clock));
        let known = Arc::clone(&state);
        let (runtime, plans) = (Handle::current(), Arc::clone(cluster.plans()));
        let follower = LogFollower { store, target, plans, state, runtime, stop, seed };
        tokio::spawn(run(follower, hints, Arc::downgrade(cluster)));
        known
    }
}

async fn run(mut follower: LogFollower, mut hints: Hints, cluster: Weak<Cluster>) {
    let (state, mut ticks) = (Arc::clone(&follower.state), every(PAUSE));
    let (mut grown, mut round, mut is_by_another) = (BTreeSet::new(), 0, false);
    loop {
        tokio::select! {
            hint = hints.next() => {
                let Some(log) = hint else { return };
                grown.extend(event_of(&log));
                continue;
            }
            _ = ticks.tick() => {}
        }
        let Some(cluster) = cluster.upgrade() else { return };
        let looks = round % LOOK == 0;
        round += 1;
        let events = match looks {
            true => cluster.event_names(),
            false => std::mem::take(&mut grown).into_iter().collect(),
        };
        drop(cluster);
        if !looks && (events.is_empty() || is_by_another) {
            continue;
        }
        let began = state.now();
        let (back, followed) =
            match tokio::task::spawn_blocking(move || step(follower, &events)).await {
                Ok(done) => done,
                Err(panicked) => return state.stop(RowsStop::Failed(panicked.to_string())),
            };
        follower = back;
        is_by_another = matches!(followed, Ok(Followed::ByAnother));
        match followed {
            Ok(Followed::All) if looks => state.has_all_of(began),
            Ok(Followed::ByAnother) => state.is_idle(began),
            Ok(_) => {}
            Err(error) if error.is_passing() => {
                // The next look finds what was not written.
                tracing::warn!(%error, "rows for reports wait");
            }
            Err(error) => return stopped(&state, error),
        }
    }
}

fn step(
    mut follower: LogFollower,
    events: &[EventId],
) -> (LogFollower, Result<Followed, ReportsError>) {
    let followed = follower.follow_all(events);
    (follower, followed)
}

fn stopped(state: &ReportsState, error: ReportsError) {
    match error {
        ReportsError::SoldTwice(why) => {
            tracing::error!(
                why,
                "a seat was sold twice: sell nothing more of the event, and see \
                what docs/operating.md says of it"
            );
            state.stop(RowsStop::SoldTwice(why));
        }
        error => {
            tracing::error!(%error, "rows for reports stop; everything else goes on");
            state.stop(RowsStop::Failed(error.to_string()));
        }
    }
}
