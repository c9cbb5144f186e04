//! The times at which events have to be swept: filled by decisions, emptied by the sweeper.

use super::event::Event;
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use tokio::sync::Notify;

/// The events to sweep, by time. An event is in it once for every time that it became due earlier
/// than was known; the sweep of a superfluous entry finds nothing to do.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    queue: Mutex<BTreeMap<(Timestamp, u64), Weak<Event>>>,
    earlier: Notify,
}

impl Deadlines {
    /// Schedules a sweep of `event` at `time`.
    pub(crate) fn push(&self, time: Timestamp, event: &Arc<Event>) {
        let mut queue = self.queue.lock();
        let is_first = queue.first_key_value().is_none_or(|((first, _), _)| time < *first);
        queue.insert((time, event.serial), Arc::downgrade(event));
        drop(queue);
        if is_first {
            self.earlier.notify_one();
        }
    }

    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.queue.lock().first_key_value().map(|((time, _), _)| *time)
    }

    pub(crate) fn pop(&self, now: Timestamp) -> Option<Arc<Event>> {
        let mut queue = self.queue.lock();
        while queue.first_key_value().is_some_and(|((time, _), _)| *time <= now) {
            let (_, event) = queue.pop_first()?;
            if let Some(event) = event.upgrade() {
                return Some(event);
            }
        }
        None
    }

    /// Returns when an event has to be swept earlier than every one that was known.
    pub(crate) async fn earlier(&self) {
        self.earlier.notified().await;
    }
}
