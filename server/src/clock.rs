//! The server's clock.
//!
//! *Architecture Invariant:* no other module reads the time.
//!
//! The wall clock is read once, when the server starts. From then on the server's time is that
//! reading plus the monotonic time that passed, suspend included, so that setting the wall
//! clock cannot make holds vanish or live for ever.
//!
//! Time never goes back, so a server whose last recorded time is later than the wall clock starts
//! ahead of it. Its time then runs at nine tenths of the speed until the wall clock, as read at the
//! start, has caught up.

#![expect(clippy::disallowed_methods, reason = "this is the one place that may read the time")]

use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::EngineClock;
use parking_lot::Mutex;
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
    Running {
        course: Course,
        started: Duration,
    },
    /// That of the engine that several servers share.
    Engine(Arc<Mutex<EngineClock>>),
    Manual(Arc<Manual>),
}

/// How time goes on from the start.
#[derive(Debug, Clone, Copy)]
struct Course {
    /// The server's time at the start.
    base: Timestamp,
    /// How far that was ahead of the wall clock.
    ahead: Duration,
}

/// A clock that is ahead loses one part in so many.
const SLOWDOWN: u32 = 10;

impl Course {
    fn new(wall: Timestamp, last_recorded: Timestamp) -> Self {
        let base = wall.max(last_recorded);
        Self { base, ahead: base.since(wall) }
    }

    /// The server's time, so long after the start.
    fn at(&self, elapsed: Duration) -> Timestamp {
        self.base.plus(elapsed - self.lost(elapsed))
    }

    /// What a clock that is ahead has lost on purpose, at most all that it was ahead.
    fn lost(&self, elapsed: Duration) -> Duration {
        (elapsed / SLOWDOWN).min(self.ahead)
    }
}

#[derive(Debug)]
struct Manual {
    ms: AtomicU64,
    moved: Notify,
}

impl Clock {
    /// A clock that goes on from the wall clock's present reading, or from `last_recorded` if
    /// that is later; slower then, until the wall clock has caught up.
    pub fn system(last_recorded: Timestamp) -> Self {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let course = Course::new(Timestamp::default().plus(wall), last_recorded);
        Self(TimeSource::Running { course, started: since_boot() })
    }

    /// A clock that tells an engine's time, once that was [`measured`](Self::measured).
    pub fn of_engine() -> Self {
        Self(TimeSource::Engine(Arc::default()))
    }

    /// This machine's time for measurements of the engine's: it never goes back, suspend included.
    pub fn local() -> Duration {
        since_boot()
    }

    /// Takes the engine's answer to a question that was sent and answered at these local times.
    pub fn measured(&self, sent: Duration, received: Duration, engine_ms: u64) {
        if let TimeSource::Engine(engine) = &self.0 {
            engine.lock().measured(sent, received, engine_ms);
        }
    }

    /// Whether decisions may rest on it: not where its error is too large.
    pub fn is_usable(&self) -> bool {
        match &self.0 {
            TimeSource::Engine(engine) => {
                engine.lock().at(since_boot()).is_some_and(|time| time.is_usable())
            }
            TimeSource::Running { .. } | TimeSource::Manual(_) => true,
        }
    }

    /// How far the time may be from the engine's; nothing for a clock of this server's own.
    pub fn error(&self) -> Duration {
        match &self.0 {
            TimeSource::Engine(engine) => {
                engine.lock().at(since_boot()).map_or(Duration::MAX, |time| time.error)
            }
            TimeSource::Running { .. } | TimeSource::Manual(_) => Duration::ZERO,
        }
    }

    /// A clock that stands at `start` until [`advance`](Self::advance) moves it, for tests.
    pub fn manual(start: Timestamp) -> Self {
        let moved = Notify::new();
        Self(TimeSource::Manual(Arc::new(Manual { ms: AtomicU64::new(start.as_ms()), moved })))
    }

    /// The server's time. Never earlier than an earlier answer.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            TimeSource::Running { course, started } => {
                course.at(since_boot().saturating_sub(*started))
            }
            TimeSource::Engine(engine) => {
                engine.lock().at(since_boot()).map(|time| time.now).unwrap_or_default()
            }
            TimeSource::Manual(manual) => Timestamp::from_ms(manual.ms.load(Ordering::Acquire)),
        }
    }

    /// How far the server's time is ahead of the wall clock as it was read at the start.
    pub fn ahead(&self) -> Duration {
        match &self.0 {
            TimeSource::Running { course, started } => {
                course.ahead - course.lost(since_boot().saturating_sub(*started))
            }
            TimeSource::Engine(_) | TimeSource::Manual(_) => Duration::ZERO,
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
            TimeSource::Running { .. } | TimeSource::Engine(_) => {
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

/// Measures how long something takes; no part of any decision about an event.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
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
        assert!(clock.ahead() > Duration::ZERO);
    }

    const WALL: Timestamp = Timestamp::from_ms(1_800_000_000_000);
    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn law_4_a_server_that_started_ahead_comes_back_to_the_wall_clock() {
        let course = Course::new(WALL, WALL.plus(HOUR));
        assert_eq!(course.at(Duration::ZERO), WALL.plus(HOUR));
        // Nine tenths of the speed, so that an hour is lost in ten.
        assert_eq!(course.at(5 * HOUR), WALL.plus(HOUR).plus(5 * HOUR * 9 / 10));
        for hours in [10, 11, 1_000] {
            assert_eq!(course.at(hours * HOUR), WALL.plus(hours * HOUR), "{hours} h");
        }
    }

    #[test]
    fn law_4_time_never_goes_back_nor_faster_than_it_passes() {
        let ms = Duration::from_millis;
        for ahead in [0, 1, 7, 500, 3_600_000] {
            let course = Course::new(WALL, WALL.plus(ms(ahead)));
            let around_the_end = ahead * u64::from(SLOWDOWN);
            let moments = (0..100).chain(around_the_end.max(200) - 100..around_the_end + 100);
            let mut last = (course.at(Duration::ZERO), 0);
            for elapsed in moments {
                let now = course.at(ms(elapsed));
                assert!(now >= last.0, "{ahead} ms ahead, after {elapsed} ms");
                assert!(now.since(last.0) <= ms(elapsed.saturating_sub(last.1) + 1));
                last = (now, elapsed);
            }
        }
    }

    #[test]
    fn a_server_behind_the_wall_clock_goes_at_its_speed_from_the_start() {
        let course = Course::new(WALL.plus(HOUR), WALL);
        assert_eq!(course.at(Duration::ZERO), WALL.plus(HOUR));
        assert_eq!(course.at(HOUR), WALL.plus(2 * HOUR));
    }
}
