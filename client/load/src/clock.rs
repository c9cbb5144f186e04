//! The run's own time: nanoseconds since it began, the same for all threads.

use std::time::{Duration, Instant};

/// Nanoseconds in a second.
pub(crate) const SECOND_NS: u64 = 1_000_000_000;

/// When the run began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunClock(Instant);

impl RunClock {
    /// Begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The beginning.
    pub(crate) const fn began(self) -> Instant {
        self.0
    }

    /// Nanoseconds since the beginning; never goes back.
    pub(crate) fn now_ns(self) -> u64 {
        ns(self.0.elapsed())
    }
}

/// A span in nanoseconds, bounded at 584 years.
pub(crate) fn ns(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
