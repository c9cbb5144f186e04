//! The sweeper records expiries of due holds, in chunks, soon after they are due.
//!
//! No decision waits for it or depends on it: it makes expiries visible to watchers and in views,
//! and keeps memory tidy.

use crate::catalog::{Catalog, DueHolds, ExpiryTurn};
use crate::clock::Clock;
use crate::metrics::Metrics;
use std::sync::Arc;
use std::time::Duration;

/// Deadlines this close together are swept together.
const TOGETHER: Duration = Duration::from_millis(5);

/// How long to wait when the ledger takes nothing.
const RETRY: Duration = Duration::from_millis(250);

/// Sweeps until it is dropped.
#[expect(clippy::disallowed_methods, reason = "one waits for due holds to gather, one for a retry")]
pub(crate) async fn run(catalog: Arc<Catalog>, clock: Clock, metrics: Arc<Metrics>) {
    let deadlines = catalog.deadlines();
    loop {
        match step(&catalog, &clock, &metrics) {
            Swept::Event => tokio::task::yield_now().await,
            Swept::Refused => tokio::time::sleep(RETRY).await,
            Swept::Nothing => match deadlines.next() {
                None => deadlines.earlier().await,
                Some(next) => tokio::select! {
                    () = clock.reached(next) => {
                        tokio::time::sleep(TOGETHER).await;
                    }
                    () = deadlines.earlier() => {}
                },
            },
        }
    }
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swept {
    /// An event was swept.
    Event,
    /// An event was due, and the ledger takes nothing now.
    Refused,
    /// No event is due.
    Nothing,
}

/// Sweeps the event that has been due longest, for a turn.
pub fn step(catalog: &Catalog, clock: &Clock, metrics: &Metrics) -> Swept {
    let deadlines = catalog.deadlines();
    let Some(event) = deadlines.pop(clock.now()) else { return Swept::Nothing };
    let mut turn = ExpiryTurn::default();
    let left = catalog.expire_due(&event, &mut turn);
    metrics.swept.add(turn.expired);
    match left {
        DueHolds::Recorded | DueHolds::Remain => Swept::Event,
        DueHolds::Refused => {
            deadlines.push(clock.now().plus(RETRY), &event);
            Swept::Refused
        }
    }
}
