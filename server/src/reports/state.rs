//! What is known of rows for reports, for readiness and figures.

use crate::clock::Clock;
use crate::metrics::Counter;
use boxoffice_protocol::time::Timestamp;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A figure: its name, what it is, and its value.
type ReportsFigure = (&'static str, &'static str, u64);

/// Why the rows stopped.
#[derive(Debug)]
pub(super) enum RowsStop {
    /// A seat was sold twice.
    SoldTwice(String),
    /// They cannot be written.
    Failed(String),
}

/// What is known of the rows that this server writes.
#[derive(Debug)]
pub(crate) struct ReportsState {
    clock: Clock,
    behind: AtomicU64,
    /// The rows had all that the store had then, in milliseconds.
    as_of: AtomicU64,
    /// Events whose rows began anew.
    pub(super) begun_anew: Counter,
    stopped: OnceLock<RowsStop>,
}

impl ReportsState {
    pub(super) fn new(clock: Clock) -> Self {
        let as_of = AtomicU64::new(clock.now().as_ms());
        let (behind, begun_anew) = (AtomicU64::new(0), Counter::default());
        Self { clock, behind, as_of, begun_anew, stopped: OnceLock::new() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// So many changes are to be written, as far as it is known.
    pub(super) fn is_behind(&self, changes: u64) {
        self.behind.store(changes, Ordering::Relaxed);
    }

    /// All that there was at this time is written.
    pub(super) fn has_all_of(&self, at: Timestamp) {
        self.as_of.fetch_max(at.as_ms(), Ordering::Relaxed);
    }

    /// Another server writes them.
    pub(super) fn is_idle(&self, at: Timestamp) {
        self.is_behind(0);
        self.has_all_of(at);
    }

    pub(super) fn stop(&self, why: RowsStop) {
        // It stops once.
        let _ = self.stopped.set(why);
    }

    /// Whether the rows have found that a seat was sold twice.
    pub(crate) fn found_sold_twice(&self) -> bool {
        matches!(self.stopped.get(), Some(RowsStop::SoldTwice(_)))
    }

    /// Why they stopped, for people; empty where they go on.
    pub(crate) fn why_stopped(&self) -> &str {
        match self.stopped.get() {
            Some(RowsStop::SoldTwice(why) | RowsStop::Failed(why)) => why,
            None => "",
        }
    }

    pub(crate) fn gauges(&self) -> [ReportsFigure; 3] {
        let as_of = Timestamp::from_ms(self.as_of.load(Ordering::Relaxed));
        let age = u64::try_from(self.now().since(as_of).as_millis()).unwrap_or(u64::MAX);
        let behind = self.behind.load(Ordering::Relaxed);
        let is_stopped = u64::from(self.stopped.get().is_some());
        [
            ("rows_behind", "Changes that the rows for reports are known to lack", behind),
            ("rows_age_ms", "Since when they may lack some", age),
            ("rows_stopped", "1 where they are written no more", is_stopped),
        ]
    }

    pub(crate) fn counters(&self) -> [ReportsFigure; 1] {
        let anew = "Events whose rows began anew from a snapshot";
        [("rows_begun_anew", anew, self.begun_anew.value())]
    }
}
