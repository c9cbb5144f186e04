//! Turns due holds into recorded changes, in chunks, soon after they are due.
//!
//! No decision waits for it or depends on it: it makes expiries visible to watchers and in views,
//! and keeps memory tidy.

use crate::catalog::{Catalog, Event};
use crate::clock::Clock;
use crate::metrics::Metrics;
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// Deadlines this close together are swept together.
const TOGETHER: Duration = Duration::from_millis(20);

/// How long to wait when the ledger takes nothing.
const RETRY: Duration = Duration::from_millis(250);

/// When which event has to be swept next. An event is in it once for every time that it became
/// due earlier than was known; the superfluous entries find nothing to do.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    queue: Mutex<BTreeMap<(Timestamp, u64), Weak<Event>>>,
    earlier: Notify,
}

impl Deadlines {
    /// Has `event` swept at `time`.
    pub(crate) fn push(&self, time: Timestamp, event: &Arc<Event>) {
        let mut queue = self.queue.lock();
        let is_first = queue.first_key_value().is_none_or(|((first, _), _)| time < *first);
        queue.insert((time, event.serial), Arc::downgrade(event));
        drop(queue);
        if is_first {
            self.earlier.notify_one();
        }
    }

    fn next(&self) -> Option<Timestamp> {
        self.queue.lock().first_key_value().map(|((time, _), _)| *time)
    }

    fn pop(&self, now: Timestamp) -> Option<Arc<Event>> {
        let mut queue = self.queue.lock();
        while queue.first_key_value().is_some_and(|((time, _), _)| *time <= now) {
            let (_, event) = queue.pop_first()?;
            if let Some(event) = event.upgrade() {
                return Some(event);
            }
        }
        None
    }
}

/// Sweeps until it is dropped.
pub(crate) async fn run(catalog: Arc<Catalog>, clock: Clock, metrics: Arc<Metrics>) {
    let deadlines = catalog.deadlines();
    loop {
        while let Some(event) = deadlines.pop(clock.now()) {
            match catalog.sweep(&event) {
                Ok(expired) => metrics.swept.add(expired as u64),
                Err(_) => {
                    deadlines.push(clock.now().plus(RETRY), &event);
                    tokio::time::sleep(RETRY).await;
                }
            }
            tokio::task::yield_now().await;
        }
        match deadlines.next() {
            None => deadlines.earlier.notified().await,
            Some(next) => tokio::select! {
                () = clock.reached(next) => {
                    tokio::time::sleep(TOGETHER).await;
                }
                () = deadlines.earlier.notified() => {}
            },
        }
    }
}
