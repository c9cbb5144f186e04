//! The task that follows one event for all its streams. It watches the event, waits until its
//! changes are durable, broadcasts them, and wakes the streams.

use super::broadcast::{Broadcast, EventNews};
use super::open_streams::OpenStreams;
use super::wake_rate::{AT_ONCE, WakeRate};
use crate::catalog::CatchUp;
use crate::clock::deadline;
use crate::event_watch::EventWatch;
use crate::ledger::{Ledger, Position};
use crate::metrics::Metrics;
use boxoffice_protocol::frame::decode;
use boxoffice_protocol::reply::Body;
use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// The first change after a rest is broadcast at once; changes that follow within this time are
/// broadcast together.
const GATHER: Duration = Duration::from_millis(25);
/// How the following of an event ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FollowEnd {
    /// The event was deleted, and the streams were sent that.
    Deleted,
    /// The server stops or has failed, or the event had no stream for long.
    Cut,
}

/// The task of one followed event.
pub(super) struct Broadcaster {
    pub(super) open: Arc<OpenStreams>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) wake_rate: Arc<WakeRate>,
    /// Snapshots of large events that are written at the same time.
    pub(super) writing: Arc<Semaphore>,
    pub(super) serial: u64,
    pub(super) broadcast: Arc<Broadcast>,
    /// Cancelled when the event is to be followed no longer.
    pub(super) closed: CancellationToken,
    /// Rings when the last stream has ended.
    pub(super) left: Arc<Notify>,
}

impl Broadcaster {
    /// Follows the event until it is deleted, `closed`, or without a stream for long.
    pub(super) async fn run(self, watch: EventWatch) {
        let Self { open, ledger, wake_rate, writing, serial, broadcast, closed, left } = self;
        let end = tokio::select! {
            end = follow(&broadcast, watch, &ledger) => end,
            () = closed.cancelled() => FollowEnd::Cut,
            () = open.deserted(serial, &broadcast, &left) => FollowEnd::Cut,
            never = keep_alive(&broadcast, open.limits.keep_alive) => match never {},
            never = wake_in_turns(&broadcast, &wake_rate) => match never {},
            never = write_snapshots(&broadcast, &writing, &open.metrics) => match never {},
        };
        open.close(serial, &broadcast);
        if end == FollowEnd::Deleted {
            tokio::select! {
                () = closed.cancelled() => {}
                () = wake_sleepers(&broadcast, &wake_rate) => return,
            }
        }
        broadcast.cut();
    }
}

async fn follow(broadcast: &Broadcast, mut watch: EventWatch, ledger: &Ledger) -> FollowEnd {
    loop {
        let next = deadline(GATHER);
        let (mut news, mut waits_for) = (Vec::new(), Position::default());
        loop {
            let pulled = watch.pull();
            waits_for = pulled.pushes.iter().map(|push| push.1).fold(waits_for, Ord::max);
            put(&pulled, &mut news);
            if !pulled.more {
                break;
            }
        }
        if ledger.reached(waits_for).await.is_err() {
            return FollowEnd::Cut;
        }
        let ended = matches!(news.last(), Some((_, EventNews::Deleted)));
        broadcast.publish(news);
        if ended {
            return FollowEnd::Deleted;
        }
        watch.woken().await;
        sleep_until(next).await;
    }
}

/// Decodes pulled changes into steps.
fn put(pulled: &CatchUp, news: &mut Vec<(u64, EventNews)>) {
    for (version, _, body) in &pulled.pushes {
        let told = match decode(body).expect("the event has encoded it") {
            Body::PlacesChanged(changed) => EventNews::Changed(changed),
            Body::Snapshot(map) if pulled.gap && !pulled.renewed => EventNews::Skipped(map),
            Body::Snapshot(map) => EventNews::Renewed(map),
            Body::WatchEnded => EventNews::Deleted,
            // The snapshot behind it says everything.
            _ => continue,
        };
        news.push((*version, told));
    }
}

/// Sends sleeping streams a comment when there was no broadcast for `interval`.
async fn keep_alive(broadcast: &Broadcast, interval: Duration) -> Infallible {
    loop {
        if timeout(interval, broadcast.next_published()).await.is_err() {
            broadcast.keep_alive();
        }
    }
}

async fn wake_in_turns(broadcast: &Broadcast, wake_rate: &WakeRate) -> Infallible {
    loop {
        broadcast.may_be_behind().await;
        wake_sleepers(broadcast, wake_rate).await;
    }
}

/// Wakes all sleeping streams that are behind, at the rate of all streams.
async fn wake_sleepers(broadcast: &Broadcast, wake_rate: &WakeRate) {
    loop {
        match broadcast.count_behind(AT_ONCE) {
            0 => return,
            streams => {
                sleep_until(wake_rate.next(streams)).await;
                broadcast.wake(streams);
            }
        }
    }
}

/// Writes the snapshots that streams of a large event wait for, beside the event loop; as many at a
/// time as `writing` lets.
async fn write_snapshots(
    broadcast: &Broadcast,
    writing: &Semaphore,
    metrics: &Metrics,
) -> Infallible {
    loop {
        broadcast.snapshot_wanted().await;
        let permit = writing.acquire().await.expect("nothing closes the semaphore");
        let Some(work) = broadcast.snapshot_to_write() else { continue };
        metrics.views_beside.add(1);
        let version = work.version;
        let written = tokio::task::spawn_blocking(move || work.write()).await;
        drop(permit);
        match written {
            Ok(sent) => broadcast.snapshot_written(version, sent),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The server is stopping.
                Err(_) => std::future::pending().await,
            },
        }
    }
}
