//! The run's own time: nanoseconds since it began, the same for all threads.

use std::time::{Duration, Instant};

/// Nanoseconds in a second.
pub(crate) const SECOND_NS: u64 = 1_000_000_000;

/// A monotonic clock that starts with the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunClock(Instant);

impl RunClock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// When the run began.
    pub(crate) const fn began(self) -> Instant {
        self.0
    }

    /// Nanoseconds since the run began; never goes back.
    pub(crate) fn now_ns(self) -> u64 {
        ns(self.0.elapsed())
    }
}

/// A duration in nanoseconds, at most 584 years.
pub(crate) fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
