//! The events that one connection watches.

use super::output::{OutputBuffer, Timed};
use crate::admission::{Full, PlacePool, PooledPlace};
use crate::catalog::{Catalog, Event, Wake};
use crate::event_watch::EventWatch;
use crate::fairness::Party;
use crate::ledger::Position;
use crate::listener::RETRY_AFTER_MS;
use crate::metrics::Metrics;
use crate::views::MonotonicReads;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::limits::MAX_WATCHES;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::time::Timestamp;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio_util::sync::WaitForCancellationFutureOwned;

/// Invariant: each event is watched once, at most [`MAX_WATCHES`] of them.
#[derive(Debug)]
pub(super) struct Watches {
    watches: Vec<ConnectionWatch>,
    /// Whether a watch has begun that was not pulled yet.
    pub(super) begun: bool,
    wake: Wake,
    pool: Arc<PlacePool>,
    /// The party that watches.
    pub(super) party: Party,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct ConnectionWatch {
    correlation: u32,
    watch: EventWatch,
    place: PooledPlace,
    lost: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Watches {
    pub(super) fn new(pool: Arc<PlacePool>, party: Party, metrics: Arc<Metrics>) -> Self {
        let (watches, wake) = (Vec::new(), Wake::default());
        Self { watches, begun: false, wake, pool, party, metrics }
    }

    /// Begins a watch. Its first push comes with the next [`pull`](Self::pull).
    pub(super) fn begin(
        &mut self,
        correlation: u32,
        catalog: &Arc<Catalog>,
        event: Arc<Event>,
        from: Option<u64>,
    ) -> Result<(), Refusal> {
        if self.watches.iter().any(|watch| watch.watch.event().serial == event.serial) {
            return Err(Refusal::invalid("event", "this connection watches it already"));
        }
        if self.watches.len() == MAX_WATCHES {
            let limit = MAX_WATCHES as u64;
            return Err(Refusal::LimitExceeded { limit, have: limit });
        }
        let place = self.pool.take(self.party.clone()).map_err(|full| self.refuse(full))?;
        let watch = EventWatch::begin(catalog, event, from, Arc::clone(&self.wake));
        let watch = watch.ok_or(Refusal::EventNotFound)?;
        let lost = Box::pin(place.lost.clone().cancelled_owned());
        self.metrics.watches.add(1);
        self.watches.push(ConnectionWatch { correlation, watch, place, lost });
        self.begun = true;
        Ok(())
    }

    fn refuse(&self, full: Full) -> Refusal {
        self.metrics.watches_refused.add(1);
        match full {
            Full::All => Refusal::Busy { retry_after_ms: RETRY_AFTER_MS },
            Full::OfOne => {
                let limit = self.pool.limits().of_one as u64;
                Refusal::LimitExceeded { limit, have: limit }
            }
        }
    }

    /// Ends the watches of events that have or had this slug.
    pub(super) fn end(&mut self, id: EventId<&str>) {
        while let Some(index) =
            self.watches.iter().position(|watch| watch.watch.event().id.borrowed() == id)
        {
            self.remove(index);
        }
    }

    pub(super) fn clear(&mut self) {
        while !self.watches.is_empty() {
            self.remove(0);
        }
    }

    /// Whether a watch has begun since the last call.
    pub(super) fn take_begun(&mut self) -> bool {
        std::mem::take(&mut self.begun)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.watches.is_empty()
    }

    /// Returns when a watched event has changed, or another party has the place of a watch.
    pub(super) async fn changed(&mut self) {
        let Self { watches, wake, .. } = self;
        let lost = |context: &mut Context<'_>| {
            let mut lost = watches.iter_mut().map(|watch| watch.lost.as_mut().poll(context));
            if lost.any(|lost| lost.is_ready()) { Poll::Ready(()) } else { Poll::Pending }
        };
        tokio::select! {
            () = wake.notified() => {}
            () = poll_fn(lost) => {}
        }
    }

    /// Puts changes into `output` while it has room. Says whether there are more.
    pub(super) fn pull(
        &mut self,
        output: &mut OutputBuffer,
        told: &mut MonotonicReads,
        now: Timestamp,
        room: usize,
    ) -> bool {
        let mut more = false;
        let mut index = 0;
        while index < self.watches.len() {
            if output.len() >= room {
                return true;
            }
            let ConnectionWatch { correlation, watch, place, .. } = &mut self.watches[index];
            if place.lost.is_cancelled() {
                put_lost(output, *correlation);
                self.metrics.watches_gave_way.add(1);
                self.remove(index);
                continue;
            }
            let pulled = watch.pull();
            for (version, position, body) in &pulled.pushes {
                output.put_encoded(*correlation, (*version, 0), body, *position, Timed::No);
            }
            told.heard(watch.event().serial, pulled.known, now);
            more |= pulled.more;
            self.metrics.watch_gaps.add(pulled.gap.into());
            if pulled.ended {
                self.remove(index);
            } else {
                index += 1;
            }
        }
        more
    }

    fn remove(&mut self, index: usize) {
        self.watches.swap_remove(index);
        self.metrics.watches.subtract(1);
    }
}

/// Tells of the end of a watch whose place is another party's. It may begin again behind the last
/// version that it was sent.
fn put_lost(output: &mut OutputBuffer, correlation: u32) {
    let body = Body::Refused(Refusal::Busy { retry_after_ms: RETRY_AFTER_MS });
    let reply = Reply { version: 0, age_ms: 0, body };
    output.put(correlation, &reply, Position::default(), Timed::No);
}

impl Drop for Watches {
    fn drop(&mut self) {
        self.clear();
    }
}
