//! The only reader of time.
//!
//! The wall clock is read once, when the server starts. From then on the server's time is that
//! reading plus the monotonic time that passed, suspend included, so that nobody who sets the wall
//! clock can make holds vanish or live for ever.

#![expect(clippy::disallowed_methods, reason = "this is the one place that may read the time")]

use boxoffice_protocol::time::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Tells the server's time. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Clock(TimeSource);

#[derive(Debug, Clone)]
enum TimeSource {
    Running { base: Timestamp, started: Duration },
    Manual(Arc<Manual>),
}

#[derive(Debug)]
struct Manual {
    ms: AtomicU64,
    moved: Notify,
}

impl Clock {
    /// A clock that goes on from the wall clock's present reading, or from `last_recorded` if
    /// that is later.
    pub fn system(last_recorded: Timestamp) -> Self {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let base = Timestamp::default().plus(wall).max(last_recorded);
        Self(TimeSource::Running { base, started: since_boot() })
    }

    /// A clock that stands at `start` until somebody moves it, for tests.
    pub fn manual(start: Timestamp) -> Self {
        let moved = Notify::new();
        Self(TimeSource::Manual(Arc::new(Manual { ms: AtomicU64::new(start.as_ms()), moved })))
    }

    /// The server's time. Never earlier than an earlier answer.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            TimeSource::Running { base, started } => {
                base.plus(since_boot().saturating_sub(*started))
            }
            TimeSource::Manual(manual) => Timestamp::from_ms(manual.ms.load(Ordering::Acquire)),
        }
    }

    /// Moves a manual clock ahead; a running one goes by itself.
    pub fn advance(&self, span: Duration) {
        if let TimeSource::Manual(manual) = &self.0 {
            let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
            manual.ms.fetch_add(ms, Ordering::AcqRel);
            manual.moved.notify_waiters();
        }
    }

    /// Waits until it is `time`, or a little later.
    pub async fn reached(&self, time: Timestamp) {
        match &self.0 {
            TimeSource::Running { .. } => {
                while self.now() < time {
                    tokio::time::sleep(time.since(self.now())).await;
                }
            }
            TimeSource::Manual(manual) => loop {
                let moved = manual.moved.notified();
                tokio::pin!(moved);
                moved.as_mut().enable();
                if self.now() >= time {
                    return;
                }
                moved.await;
            },
        }
    }
}

/// This moment, to measure from and to; no part of any decision either.
pub fn moment() -> Instant {
    Instant::now()
}

/// The moment `span` from now, for deadlines of connections; these are no part of any decision.
pub fn deadline(span: Duration) -> Instant {
    Instant::now() + span
}

/// Whether a connection's deadline has passed.
pub fn is_past(deadline: Instant) -> bool {
    Instant::now() >= deadline
}

/// Measures how long something takes, for people to read.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to measure.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has been.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// CPU time that this process has used.
pub fn cpu_time() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn since_boot() -> Duration {
    read(ClockId::Boottime)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_from_the_last_recorded_if_the_wall_clock_is_behind() {
        let far = Timestamp::from_ms(32_503_680_000_000);
        let clock = Clock::system(far);
        assert!(clock.now() >= far);
    }
}
