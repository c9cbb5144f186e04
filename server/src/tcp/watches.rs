//! The events that one connection watches.

use super::output::{OutputBuffer, Timed};
use crate::catalog::{Event, Wake};
use crate::event_watch::EventWatch;
use crate::metrics::Metrics;
use crate::views::MonotonicReads;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::limits::MAX_WATCHES;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;

/// Invariant: each event is watched once, at most [`MAX_WATCHES`] of them.
#[derive(Debug)]
pub(super) struct Watches {
    watches: Vec<ConnectionWatch>,
    /// Whether a watch has begun that was not pulled yet.
    pub(super) begun: bool,
    wake: Wake,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct ConnectionWatch {
    correlation: u32,
    watch: EventWatch,
}

impl Watches {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { watches: Vec::new(), begun: false, wake: Wake::default(), metrics }
    }

    /// Begins a watch. Its first push comes with the next [`pull`](Self::pull).
    pub(super) fn begin(
        &mut self,
        correlation: u32,
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
        let watch = EventWatch::begin(event, from, Arc::clone(&self.wake));
        let watch = watch.ok_or(Refusal::EventNotFound)?;
        self.metrics.watches.add(1);
        self.watches.push(ConnectionWatch { correlation, watch });
        self.begun = true;
        Ok(())
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

    /// Returns when a watched event has changed.
    pub(super) async fn changed(&self) {
        self.wake.notified().await;
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
            let ConnectionWatch { correlation, watch } = &mut self.watches[index];
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

impl Drop for Watches {
    fn drop(&mut self) {
        self.clear();
    }
}
