//! A watch of one event, for a connection or for the streams of the event.

use crate::catalog::{Catalog, CatchUp, Event, ExpiryTurn, Wake};
use std::sync::Arc;

/// It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct EventWatch {
    catalog: Arc<Catalog>,
    event: Arc<Event>,
    wake: Wake,
    /// The newest version that was pulled; none before the first snapshot.
    known: Option<u64>,
    /// When the watcher fell asleep at its event: see [`Event::pull`].
    slept_in: Option<u64>,
    /// The event's [`times_anew`](Event::times_anew) at the last pull.
    anew: u64,
}

impl EventWatch {
    /// Begins a watch behind version `from`, or with a snapshot; none if the event is deleted.
    pub(crate) fn begin(
        catalog: &Arc<Catalog>,
        event: Arc<Event>,
        from: Option<u64>,
        wake: Wake,
    ) -> Option<Self> {
        let (anew, known) = (event.times_anew(), event.watch(from)?);
        Some(Self { anew, catalog: Arc::clone(catalog), event, wake, known, slept_in: None })
    }

    pub(crate) fn event(&self) -> &Event {
        &self.event
    }

    /// Returns when the event has changed since the last pull.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Takes the changes since the last pull. Once there are no more, the next one wakes `wake`.
    /// Holds that are due are recorded as expired before a snapshot, for at most a turn.
    pub(crate) fn pull(&mut self) -> CatchUp {
        let anew = self.event.times_anew();
        if std::mem::replace(&mut self.anew, anew) != anew {
            // No version that was sent is one of what is shown now.
            self.known = self.known.map(|_| u64::MAX);
        }
        if self.event.takes_snapshot(self.known) {
            self.catalog.expire_due(&self.event, &mut ExpiryTurn::default());
        }
        let pulled = self.event.pull(self.known, &self.wake, &mut self.slept_in);
        self.known = Some(pulled.known);
        pulled
    }
}

impl Drop for EventWatch {
    fn drop(&mut self) {
        self.event.unwatch(&self.wake);
    }
}
