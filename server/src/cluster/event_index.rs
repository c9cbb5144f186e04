//! The events that there are, as the index of them says: a log of its own, which every change of an
//! event's existence goes into after the event's own log.
//!
//! An event's own log is the truth. What the index lacks it is told by the server that meets it.

use super::index_keeper::{IndexAsk, IndexKeeper};
use super::known_events::{IndexEntry, KnownEvents};
use super::queue::queue;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The index, and the task that keeps it.
#[derive(Debug)]
pub(super) struct EventIndex {
    asked: mpsc::UnboundedSender<IndexAsk>,
    known: Arc<KnownEvents>,
}

impl EventIndex {
    /// Goes on with what was read of the log.
    pub(super) fn start(keeper: IndexKeeper) -> Self {
        let (asked, asks) = queue();
        let known = Arc::clone(&keeper.known);
        tokio::spawn(keeper.run(asks));
        Self { asked, known }
    }

    fn send(&self, ask: IndexAsk) {
        // It ends with the server only.
        let _ = self.asked.send(ask);
    }

    /// Has the index say this, some time.
    pub(super) fn note(&self, event: &EventId, version: u64, is_live: bool) {
        if !self.known.has(event, version, is_live) {
            let entry = IndexEntry { event: event.clone(), version, is_live };
            self.send(IndexAsk::Has { entry, say: None });
        }
    }

    /// Has the index say this, and returns whether it did in time.
    pub(super) async fn has(
        &self,
        event: &EventId,
        version: u64,
        is_live: bool,
        patience: Duration,
    ) -> bool {
        if self.known.has(event, version, is_live) {
            return true;
        }
        let entry = IndexEntry { event: event.clone(), version, is_live };
        let (say, said) = oneshot::channel();
        self.send(IndexAsk::Has { entry, say: Some(say) });
        within(patience, said).await == Some(true)
    }

    /// The index's version, now that it was read to its end.
    pub(super) async fn confirmed_version(&self, patience: Duration) -> Option<u64> {
        let (say, said) = oneshot::channel();
        self.send(IndexAsk::Confirm { say });
        let confirmed = within(patience, said).await == Some(true);
        confirmed.then(|| self.known.version())
    }

    /// Reads on, some time.
    pub(super) fn poke(&self) {
        let (say, _) = oneshot::channel();
        self.send(IndexAsk::Confirm { say });
    }

    /// When it was read to its end.
    pub(super) fn confirmed(&self) -> Timestamp {
        self.known.confirmed()
    }

    /// Its version, as far as it was read.
    pub(super) fn version(&self) -> u64 {
        self.known.version()
    }

    /// How many events there are.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// How many there are, and were.
    pub(super) fn all(&self) -> usize {
        self.known.all()
    }

    /// The events that there are, and were.
    pub(super) fn names(&self) -> Vec<EventId> {
        self.known.names()
    }

    /// Events in the order of their ids: from this one on, or behind it.
    pub(super) fn page(&self, from: Bound<&EventId>, most: usize) -> Vec<EventId> {
        self.known.page(from, most)
    }
}

async fn within<T>(patience: Duration, said: oneshot::Receiver<T>) -> Option<T> {
    tokio::time::timeout(patience, said).await.ok()?.ok()
}
