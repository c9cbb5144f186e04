//! `GET /v1/events/{event}/stream`: server-sent events of what happens to an event's places.
//!
//! Thousands may listen to one event, and what they are told is the same. So each event that has
//! streams is followed by one task, the `broadcaster`, which watches it like a TCP connection does;
//! the `picture` is what it knows of it, and the `broadcast` what is told of that: rendered once
//! (`render`), kept for a while (`history`) and taken by every `listener` when it has room. The
//! broadcaster wakes them in turns, at a `pace` that leaves most of the time to those who sell.
//!
//! Nothing that is told is on its way to disk, since the broadcaster waits for it; and nothing waits
//! for a listener that does not read, since it takes from what is kept, or a new snapshot.

mod broadcast;
mod broadcaster;
mod history;
mod listener;
mod pace;
mod picture;
mod render;
mod route;
#[cfg(test)]
mod tests;

use crate::catalog::Event;
use crate::config::StreamLimits;
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::shared::Shared;
use broadcast::Broadcast;
use broadcaster::Watch;
use listener::Listener;
use pace::Pace;
use parking_lot::Mutex;
pub(super) use route::routes;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long an event is followed when its last stream has ended: one that comes back in that time
/// goes on where it was.
const LINGER: Duration = Duration::from_secs(30);

/// Events that are followed at once although nobody listens any more.
const LINGERING: usize = 64;

/// The streams of all events.
#[derive(Debug)]
pub(super) struct Streams {
    limits: StreamLimits,
    ledger: Arc<Ledger>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
    pace: Pace,
    open: Mutex<Open>,
}

/// Invariant: `streams` are all listeners, and `deserted` the events without one.
#[derive(Debug, Default)]
struct Open {
    /// By the event's serial.
    events: HashMap<u64, Followed>,
    streams: usize,
    deserted: usize,
}

/// An event that is followed.
#[derive(Debug)]
struct Followed {
    broadcast: Arc<Broadcast>,
    streams: usize,
    /// Ends it.
    close: CancellationToken,
    /// Rings when the last listener has left.
    left: Arc<Notify>,
}

/// Why there is no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoStream {
    /// The event is gone.
    Gone,
    /// There are too many.
    TooMany,
    /// The server stops or has failed.
    Cut,
}

impl Streams {
    pub(super) fn new(shared: &Shared, stop: &CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            limits: shared.config.streams,
            ledger: Arc::clone(&shared.ledger),
            metrics: Arc::clone(&shared.metrics),
            stop: stop.clone(),
            pace: Pace::new(),
            open: Mutex::default(),
        })
    }

    /// Begins a stream of an event, behind version `known` if that is given.
    fn listen(
        self: &Arc<Self>,
        event: &Arc<Event>,
        known: Option<u64>,
    ) -> Result<Listener, NoStream> {
        let mut open = self.open.lock();
        let of_event = open.events.get(&event.serial).map_or(0, |followed| followed.streams);
        if open.streams >= self.limits.all || of_event >= self.limits.of_one_event {
            self.metrics.streams_refused.add(1);
            return Err(NoStream::TooMany);
        }
        if let Entry::Vacant(entry) = open.events.entry(event.serial) {
            entry.insert(self.follow(event).ok_or(NoStream::Gone)?);
            open.deserted += 1;
        }
        open.streams += 1;
        let Open { events, deserted, .. } = &mut *open;
        let followed = events.get_mut(&event.serial).expect("it is there or was put there");
        *deserted -= usize::from(followed.streams == 0);
        followed.streams += 1;
        let broadcast = Arc::clone(&followed.broadcast);
        drop(open);
        self.metrics.streams.add(1);
        Ok(Listener::new(Arc::clone(self), broadcast, event, known))
    }

    /// Begins to follow an event.
    fn follow(self: &Arc<Self>, event: &Arc<Event>) -> Option<Followed> {
        let watch = Watch::begin(event)?;
        let broadcast = Arc::new(Broadcast::new(event.id.clone()));
        let close = self.stop.child_token();
        let left = Arc::new(Notify::new());
        let (streams, task) = (Arc::clone(self), Arc::clone(&broadcast));
        tokio::spawn(broadcaster::run(streams, task, watch, close.clone(), Arc::clone(&left)));
        Some(Followed { broadcast, streams: 0, close, left })
    }

    /// A listener has left.
    fn leave(&self, serial: u64, broadcast: &Arc<Broadcast>) {
        self.metrics.streams.subtract(1);
        let mut open = self.open.lock();
        open.streams -= 1;
        let Open { events, deserted, .. } = &mut *open;
        // One that ended is not there any more, or another one is.
        let Some(followed) = events.get_mut(&serial) else { return };
        if !Arc::ptr_eq(&followed.broadcast, broadcast) {
            return;
        }
        followed.streams -= 1;
        if followed.streams > 0 {
            return;
        }
        if *deserted == LINGERING {
            followed.close.cancel();
            events.remove(&serial);
        } else {
            *deserted += 1;
            followed.left.notify_one();
        }
    }

    /// Returns when nobody has listened for [`LINGER`], and nobody can any more.
    async fn deserted(&self, serial: u64, broadcast: &Arc<Broadcast>, left: &Notify) {
        loop {
            left.notified().await;
            while timeout(LINGER, left.notified()).await.is_ok() {}
            if self.open.lock().close(serial, broadcast, |followed| followed.streams == 0) {
                return;
            }
        }
    }

    /// Has nobody join this broadcast any more.
    fn close(&self, serial: u64, broadcast: &Arc<Broadcast>) {
        self.open.lock().close(serial, broadcast, |_| true);
    }
}

impl Open {
    /// Forgets a broadcast that is the event's, on a condition. Says whether it did.
    fn close(
        &mut self,
        serial: u64,
        broadcast: &Arc<Broadcast>,
        when: impl Fn(&Followed) -> bool,
    ) -> bool {
        let Entry::Occupied(entry) = self.events.entry(serial) else {
            return false;
        };
        if !Arc::ptr_eq(&entry.get().broadcast, broadcast) || !when(entry.get()) {
            return false;
        }
        self.deserted -= usize::from(entry.remove().streams == 0);
        true
    }
}
