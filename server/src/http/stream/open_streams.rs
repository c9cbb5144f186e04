//! The streams that are open, by event, and the events that are followed for them.

use super::broadcast::Broadcast;
use crate::admission::{ShareLimits, Shares};
use crate::config::StreamLimits;
use crate::fairness::Party;
use crate::metrics::Metrics;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long an event is followed after its last stream has ended. A stream that comes back in that
/// time continues behind its last version.
const LINGER: Duration = Duration::from_secs(30);

/// Events without a stream that are followed at the same time.
const LINGERING: usize = 64;

#[derive(Debug)]
pub(super) struct OpenStreams {
    pub(super) limits: StreamLimits,
    pub(super) metrics: Arc<Metrics>,
    open: Mutex<StreamsByEvent>,
}

/// Invariant: `deserted` counts the events without a stream. A stream that had to give way has no
/// share any more, and is counted by its event until it has ended.
#[derive(Debug)]
struct StreamsByEvent {
    /// By the event's serial.
    events: HashMap<u64, FollowedEvent>,
    shares: Shares,
    deserted: usize,
}

/// A stream's place among all that are open.
#[derive(Debug)]
pub(super) struct StreamPlace {
    party: Party,
    number: u64,
    /// Cancelled when another party has the place.
    pub(super) lost: CancellationToken,
}

#[derive(Debug)]
pub(super) struct FollowedEvent {
    broadcast: Arc<Broadcast>,
    streams: usize,
    /// Cancelled to end the broadcaster.
    close: CancellationToken,
    /// Rings when the last stream has ended.
    left: Arc<Notify>,
}

impl FollowedEvent {
    pub(super) fn new(
        broadcast: Arc<Broadcast>,
        close: CancellationToken,
        left: Arc<Notify>,
    ) -> Self {
        Self { broadcast, streams: 0, close, left }
    }
}

/// Why a stream does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoStream {
    EventGone,
    TooMany,
    /// The server stops or has failed.
    Cut,
}

impl OpenStreams {
    pub(super) fn new(limits: StreamLimits, metrics: Arc<Metrics>) -> Self {
        let StreamLimits { all, of_one_principal: of_one, .. } = limits;
        let shares = Shares::new(ShareLimits { all, reserve: 0, of_one });
        let open = StreamsByEvent { events: HashMap::new(), shares, deserted: 0 };
        Self { limits, metrics, open: Mutex::new(open) }
    }

    /// Opens a stream of an event for this party, which `follow` begins to follow if no other stream does.
    pub(super) fn join(
        &self,
        serial: u64,
        party: Party,
        follow: impl FnOnce() -> Option<FollowedEvent>,
    ) -> Result<(Arc<Broadcast>, StreamPlace), NoStream> {
        let mut open = self.open.lock();
        let StreamLimits { all, of_one_event, .. } = self.limits;
        let of_event = open.events.get(&serial).map_or(0, |followed| followed.streams);
        // Where an event may have all streams, the shares alone say how many there may be.
        let has_room = of_event < of_one_event || of_one_event >= all;
        let lost = CancellationToken::new();
        let taken = match has_room {
            true => open.shares.take(&party, lost.clone()).ok(),
            false => None,
        };
        let Some(number) = taken else {
            self.metrics.streams_refused.add(1);
            return Err(NoStream::TooMany);
        };
        let StreamsByEvent { events, deserted, shares } = &mut *open;
        if let Entry::Vacant(entry) = events.entry(serial) {
            let Some(followed) = follow() else {
                shares.give_back(&party, number);
                return Err(NoStream::EventGone);
            };
            entry.insert(followed);
            *deserted += 1;
        }
        let followed = events.get_mut(&serial).expect("it is there or was put there");
        *deserted -= usize::from(followed.streams == 0);
        followed.streams += 1;
        let broadcast = Arc::clone(&followed.broadcast);
        drop(open);
        self.metrics.streams.add(1);
        Ok((broadcast, StreamPlace { party, number, lost }))
    }

    /// Closes a stream that joined this broadcast.
    pub(super) fn leave(&self, serial: u64, broadcast: &Arc<Broadcast>, place: &StreamPlace) {
        self.metrics.streams.subtract(1);
        let mut open = self.open.lock();
        if !open.shares.give_back(&place.party, place.number) {
            self.metrics.streams_gave_way.add(1);
        }
        let StreamsByEvent { events, deserted, .. } = &mut *open;
        // A broadcast that has ended is no longer there, or another one has taken its place.
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

    /// Returns when the event had no stream for [`LINGER`]; no stream can join any more then.
    pub(super) async fn deserted(&self, serial: u64, broadcast: &Arc<Broadcast>, left: &Notify) {
        loop {
            left.notified().await;
            while timeout(LINGER, left.notified()).await.is_ok() {}
            if self.open.lock().close(serial, broadcast, |followed| followed.streams == 0) {
                return;
            }
        }
    }

    /// Lets no further stream join this broadcast.
    pub(super) fn close(&self, serial: u64, broadcast: &Arc<Broadcast>) {
        self.open.lock().close(serial, broadcast, |_| true);
    }
}

impl StreamsByEvent {
    /// Removes a broadcast if it is still the event's and the condition holds; says whether it did.
    fn close(
        &mut self,
        serial: u64,
        broadcast: &Arc<Broadcast>,
        when: impl Fn(&FollowedEvent) -> bool,
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
