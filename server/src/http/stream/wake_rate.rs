//! The rate at which streams are woken. Each costs the serving threads some microseconds, and there
//! may be thousands: woken all at once, they would delay every request.

use crate::clock::deadline;
use parking_lot::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// Streams that are woken in one go.
pub(super) const AT_ONCE: usize = 64;

/// The share of time of one stream, which takes about a quarter of it. 8,000 streams are all served
/// in 400 ms, half of them in 200.
const A_STREAM: Duration = Duration::from_micros(50);

/// The wake rate of all streams of the server: a leaky bucket.
#[derive(Debug)]
pub(super) struct WakeRate {
    /// When the streams that were woken before have had their share.
    free: Mutex<Instant>,
}

impl WakeRate {
    pub(super) fn new() -> Self {
        Self { free: Mutex::new(deadline(Duration::ZERO)) }
    }

    /// When so many more streams may be woken. They count as woken from now on.
    pub(super) fn next(&self, streams: usize) -> Instant {
        let share = A_STREAM * u32::try_from(streams).unwrap_or(u32::MAX);
        let now = deadline(Duration::ZERO);
        let mut free = self.free.lock();
        let begin = (*free).max(now);
        *free = begin + share;
        begin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_go_at_once_and_the_next_when_those_had_their_share() {
        let wake_rate = WakeRate::new();
        let first = wake_rate.next(AT_ONCE);
        let second = wake_rate.next(1);
        let third = wake_rate.next(1);
        assert!(crate::clock::is_past(first));
        assert!(second >= first + A_STREAM * 64);
        assert_eq!(third, second + A_STREAM);
    }
}
