//! The events that one connection watches.

use super::output::{Output, Timed};
use crate::catalog::{Event, Wake};
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
    watches: Vec<Watch>,
    /// Whether one was begun that was not looked at yet.
    pub(super) begun: bool,
    wake: Wake,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct Watch {
    correlation: u32,
    event: Arc<Event>,
    /// The version that the watcher was told of; none before its first snapshot.
    known: Option<u64>,
    /// When it fell asleep at its event: see [`Event::pull`].
    slept_in: Option<u64>,
}

impl Watches {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { watches: Vec::new(), begun: false, wake: Wake::default(), metrics }
    }

    /// Begins a watch; what there is to send comes with the next [`pull`](Self::pull).
    pub(super) fn begin(
        &mut self,
        correlation: u32,
        event: Arc<Event>,
        from: Option<u64>,
    ) -> Result<(), Refusal> {
        if self.watches.iter().any(|watch| watch.event.serial == event.serial) {
            return Err(Refusal::invalid("event", "this connection watches it already"));
        }
        if self.watches.len() == MAX_WATCHES {
            let limit = MAX_WATCHES as u64;
            return Err(Refusal::LimitExceeded { limit, have: limit });
        }
        let known = event.watch(from).ok_or(Refusal::EventNotFound)?;
        self.metrics.watches.add(1);
        self.watches.push(Watch { correlation, event, known, slept_in: None });
        self.begun = true;
        Ok(())
    }

    /// Ends the watches of events that have or had this slug.
    pub(super) fn end(&mut self, id: &EventId) {
        while let Some(index) = self.watches.iter().position(|watch| watch.event.id == *id) {
            self.remove(index);
        }
    }

    /// Ends all of them.
    pub(super) fn clear(&mut self) {
        while !self.watches.is_empty() {
            self.remove(0);
        }
    }

    /// Whether one was begun since this was asked last.
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

    /// Puts what happened into `output`, while it has room. Says whether there is more.
    pub(super) fn pull(
        &mut self,
        output: &mut Output,
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
            let watch = &mut self.watches[index];
            let pulled = watch.event.pull(watch.known, &self.wake, &mut watch.slept_in);
            for (version, position, body) in &pulled.pushes {
                output.put_encoded(watch.correlation, (*version, 0), body, *position, Timed::No);
            }
            watch.known = Some(pulled.known);
            told.heard(watch.event.serial, pulled.known, now);
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
        let watch = self.watches.swap_remove(index);
        watch.event.unwatch(&self.wake);
        self.metrics.watches.subtract(1);
    }
}

impl Drop for Watches {
    fn drop(&mut self) {
        self.clear();
    }
}
