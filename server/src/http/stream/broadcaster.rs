//! The task that follows one event for all its streams. It looks at the event as any watcher does,
//! waits until what it saw is durable, has it told, and wakes those who sleep.

use super::Streams;
use super::broadcast::{Broadcast, News};
use super::pace::{AT_ONCE, Pace};
use crate::catalog::{CatchUp, Event, Wake};
use crate::clock::deadline;
use crate::ledger::{Ledger, Position};
use boxoffice_protocol::frame::decode;
use boxoffice_protocol::reply::Body;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// The first change after a rest is told at once; what follows it so soon is told together.
const GATHER: Duration = Duration::from_millis(25);
/// A watch of an event, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    event: Arc<Event>,
    wake: Wake,
    known: Option<u64>,
    slept_in: Option<u64>,
}

impl Watch {
    /// Begins one; none if the event is gone.
    pub(super) fn begin(event: &Arc<Event>) -> Option<Self> {
        event.watch(None)?;
        let event = Arc::clone(event);
        Some(Self { event, wake: Wake::default(), known: None, slept_in: None })
    }

    fn pull(&mut self) -> CatchUp {
        let pulled = self.event.pull(self.known, &self.wake, &mut self.slept_in);
        self.known = Some(pulled.known);
        pulled
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.event.unwatch(&self.wake);
    }
}

/// Why the following of an event ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Followed {
    /// It was deleted, and that was told.
    ToItsEnd,
    /// The server stops or has failed, or nobody has listened for long.
    SoFar,
}

/// Follows an event until it is deleted, `closed`, or nobody has listened for long.
pub(super) async fn run(
    streams: Arc<Streams>,
    broadcast: Arc<Broadcast>,
    watch: Watch,
    closed: CancellationToken,
    left: Arc<Notify>,
) {
    let serial = watch.event.serial;
    let followed = tokio::select! {
        followed = follow(&broadcast, watch, &streams.ledger) => followed,
        () = closed.cancelled() => Followed::SoFar,
        () = streams.deserted(serial, &broadcast, &left) => Followed::SoFar,
        never = keep_alive(&broadcast, streams.limits.keep_alive) => match never {},
        never = wake_in_turns(&broadcast, &streams.pace) => match never {},
    };
    streams.close(serial, &broadcast);
    if followed == Followed::ToItsEnd {
        tokio::select! {
            () = closed.cancelled() => {}
            () = wake_who_is_behind(&broadcast, &streams.pace) => return,
        }
    }
    broadcast.cut();
}

async fn follow(broadcast: &Broadcast, mut watch: Watch, ledger: &Ledger) -> Followed {
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
            return Followed::SoFar;
        }
        let ended = matches!(news.last(), Some((_, News::Deleted)));
        broadcast.tell(news);
        if ended {
            return Followed::ToItsEnd;
        }
        watch.wake.notified().await;
        sleep_until(next).await;
    }
}

/// What was pulled, as it is to be told.
fn put(pulled: &CatchUp, news: &mut Vec<(u64, News)>) {
    for (version, _, body) in &pulled.pushes {
        let told = match decode(body).expect("the event has encoded it") {
            Body::PlacesChanged(changed) => News::Changed(changed),
            Body::Snapshot(map) if pulled.gap && !pulled.renewed => News::Skipped(map),
            Body::Snapshot(map) => News::Renewed(map),
            Body::WatchEnded => News::Deleted,
            // The snapshot behind it says everything.
            _ => continue,
        };
        news.push((*version, told));
    }
}

/// Lets everybody hear from time to time that the server is still there.
async fn keep_alive(broadcast: &Broadcast, interval: Duration) -> Infallible {
    loop {
        if timeout(interval, broadcast.next_told()).await.is_err() {
            broadcast.keep_alive();
        }
    }
}

async fn wake_in_turns(broadcast: &Broadcast, pace: &Pace) -> Infallible {
    loop {
        broadcast.stirred().await;
        wake_who_is_behind(broadcast, pace).await;
    }
}

/// Wakes everybody who sleeps and is behind, at the pace of all streams.
async fn wake_who_is_behind(broadcast: &Broadcast, pace: &Pace) {
    loop {
        match broadcast.behind(AT_ONCE) {
            0 => return,
            streams => {
                sleep_until(pace.next(streams)).await;
                broadcast.wake(streams);
            }
        }
    }
}
