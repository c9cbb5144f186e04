//! A wake-up with the precision of microseconds; the timeout of epoll has that of milliseconds.

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::io;
use std::time::Duration;

/// A timer that makes a poll return (timerfd_create(2)).
#[derive(Debug)]
pub(crate) struct Timer(OwnedFd);

impl Timer {
    /// An unset timer that reports to the poll as `token`.
    pub(crate) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        registry.register(&mut SourceFd(&timer.as_raw_fd()), token, Interest::READABLE)?;
        Ok(Self(timer))
    }

    /// Fires after `wait`, which must not be zero.
    pub(crate) fn set(&self, wait: Duration) -> io::Result<()> {
        let time = |span: Duration| Timespec {
            tv_sec: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: span.subsec_nanos().into(),
        };
        let setting = Itimerspec { it_interval: time(Duration::ZERO), it_value: time(wait) };
        timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &setting)?;
        Ok(())
    }
}
