//! When each request may be sent. Pure: time is an argument.

use crate::clock::{SECOND_NS, ns};
use std::time::Duration;

/// Closed loop or open loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pacing {
    /// Each reply lets its connection send the next request, so a slow server gets fewer.
    Closed,
    /// Requests are due at fixed times, whatever the server does. Latency counts from the due
    /// time, so waiting behind a slow server is measured (no coordinated omission).
    Open { rate: f64 },
}

/// When a thread stops sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopRule {
    /// After this time, warm-up excluded.
    After(Duration),
    /// After this number of requests, warm-up excluded.
    Requests(u64),
    /// As soon as the workload is ready to be measured.
    WhenReady,
}

/// The part of one thread in a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ThreadTrial {
    /// The beginning, in nanoseconds of the run.
    pub(crate) begin_ns: u64,
    /// Time to send before anything is measured.
    pub(crate) warm_up: Duration,
    pub(crate) pacing: Pacing,
    pub(crate) stop: StopRule,
}

/// Decides for each request of a trial whether it may be sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pacer {
    schedule: Option<Schedule>,
    /// Requests that are sent from here on are measured.
    pub(crate) measured_from_ns: u64,
    end_ns: u64,
    left: u64,
    stopped: bool,
    until_ready: bool,
}

impl Pacer {
    pub(crate) fn new(trial: &ThreadTrial) -> Self {
        let measured_from_ns = trial.begin_ns.saturating_add(ns(trial.warm_up));
        let (end_ns, left) = match trial.stop {
            StopRule::After(span) => (measured_from_ns.saturating_add(ns(span)), u64::MAX),
            StopRule::Requests(requests) => (u64::MAX, requests),
            StopRule::WhenReady => (u64::MAX, u64::MAX),
        };
        let schedule = match trial.pacing {
            Pacing::Closed => None,
            Pacing::Open { rate } => Some(Schedule::new(trial.begin_ns, rate)),
        };
        let until_ready = trial.stop == StopRule::WhenReady;
        Self { schedule, measured_from_ns, end_ns, left, stopped: false, until_ready }
    }

    /// Takes the next request if it may be sent now, and returns its due time.
    pub(crate) fn take(&mut self, now_ns: u64) -> Option<u64> {
        let due_ns = match &self.schedule {
            None => now_ns,
            Some(schedule) => schedule.next_ns(),
        };
        self.stopped |= now_ns.max(due_ns) >= self.end_ns || self.left == 0;
        if self.stopped {
            return None;
        }
        if let Some(schedule) = &mut self.schedule {
            schedule.take(now_ns)?;
        }
        if self.is_measured(now_ns) {
            self.left -= 1;
        }
        Some(due_ns)
    }

    /// When the next request is due; none in a closed loop, or after the end.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.schedule.filter(|_| !self.stopped).map(|schedule| schedule.next_ns())
    }

    /// Requests that were due in the measured time and never sent.
    pub(crate) fn unsent(&self) -> u64 {
        let Some(schedule) = self.schedule else { return 0 };
        if self.end_ns == u64::MAX {
            return 0;
        }
        let sent = schedule.taken.max(schedule.due_before(self.measured_from_ns));
        schedule.due_before(self.end_ns).saturating_sub(sent)
    }

    /// Whether a request that is sent at this time is measured. An open loop that cannot keep up sends
    /// what was due long before.
    pub(crate) const fn is_measured(&self, sent_ns: u64) -> bool {
        sent_ns >= self.measured_from_ns
    }

    /// Ends the trial: nothing more is sent.
    pub(crate) const fn stop(&mut self) {
        self.stopped = true;
    }

    pub(crate) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(crate) const fn is_until_ready(&self) -> bool {
        self.until_ready
    }

    pub(crate) const fn is_open_loop(&self) -> bool {
        self.schedule.is_some()
    }
}

/// The due times of an open loop: evenly spaced, fixed before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Schedule {
    start_ns: u64,
    interval_ns: f64,
    taken: u64,
}

impl Schedule {
    /// `rate` requests a second, the first of them at `start_ns`.
    pub(crate) fn new(start_ns: u64, rate: f64) -> Self {
        Self { start_ns, interval_ns: SECOND_NS as f64 / rate, taken: 0 }
    }

    /// When the next request is due.
    pub(crate) fn next_ns(&self) -> u64 {
        self.due_ns(self.taken)
    }

    /// Takes the next request if it is due, and returns its due time.
    pub(crate) fn take(&mut self, now_ns: u64) -> Option<u64> {
        let due = self.next_ns();
        (due <= now_ns).then(|| {
            self.taken += 1;
            due
        })
    }

    /// Number of requests that are due before `time_ns`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "centuries fit")]
    fn due_before(&self, time_ns: u64) -> u64 {
        let span = time_ns.saturating_sub(self.start_ns);
        (span as f64 / self.interval_ns).ceil() as u64
    }

    /// Computed from the number each time, so that rounding errors do not add up.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "centuries fit")]
    fn due_ns(&self, number: u64) -> u64 {
        self.start_ns.saturating_add((number as f64 * self.interval_ns) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_its_rate_of_requests_evenly_spaced() {
        let mut schedule = Schedule::new(500, 3_000.0);
        let due: Vec<u64> = std::iter::from_fn(|| schedule.take(499 + SECOND_NS)).collect();
        assert_eq!(due.len(), 3_000);
        assert_eq!(due[0], 500);
        for (number, pair) in due.windows(2).enumerate() {
            let gap = pair[1] - pair[0];
            assert!((333_332..=333_334).contains(&gap), "{gap} ns after request {number}");
        }
        assert_eq!(schedule.next_ns(), 500 + SECOND_NS);
    }

    #[test]
    fn what_was_missed_is_due_since_its_own_time() {
        let mut schedule = Schedule::new(0, 1_000.0);
        assert_eq!(schedule.take(0), Some(0));
        assert_eq!(schedule.take(999_999), None);
        // A stall of ten requests: each keeps its time.
        let late: Vec<u64> = std::iter::from_fn(|| schedule.take(10_000_000)).collect();
        assert_eq!(late, (1..=10).map(|ms| ms * 1_000_000).collect::<Vec<u64>>());
    }

    #[test]
    fn a_closed_loop_counts_its_requests_from_the_end_of_the_warm_up() {
        let trial = ThreadTrial {
            begin_ns: 100,
            warm_up: Duration::from_nanos(50),
            pacing: Pacing::Closed,
            stop: StopRule::Requests(2),
        };
        let mut pacer = Pacer::new(&trial);
        let taken: Vec<_> = [100, 149, 150, 151, 152].map(|now| pacer.take(now)).to_vec();
        assert_eq!(taken, [Some(100), Some(149), Some(150), Some(151), None]);
        assert!(pacer.is_stopped());
    }

    fn second_after_second(rate: f64) -> Pacer {
        Pacer::new(&ThreadTrial {
            begin_ns: 0,
            warm_up: Duration::from_secs(1),
            pacing: Pacing::Open { rate },
            stop: StopRule::After(Duration::from_secs(1)),
        })
    }

    #[test]
    fn an_open_loop_that_keeps_up_sends_all_and_no_more() {
        let mut pacer = second_after_second(100.0);
        let now = (0..400).map(|step| step * SECOND_NS / 200);
        let sent: Vec<u64> = now.filter(|&now| pacer.take(now).is_some()).collect();
        assert_eq!(sent.len(), 200);
        assert_eq!(sent.iter().filter(|&&sent| pacer.is_measured(sent)).count(), 100);
        assert_eq!((pacer.unsent(), pacer.take(3 * SECOND_NS)), (0, None));
        assert!(pacer.is_stopped() && pacer.next_ns().is_none());
    }

    #[test]
    fn an_open_loop_that_cannot_keep_up_says_what_it_did_not_send() {
        let mut pacer = second_after_second(100.0);
        // Stuck from 1.4 s on.
        let sent = std::iter::from_fn(|| pacer.take(7 * SECOND_NS / 5)).count();
        assert_eq!((sent, pacer.take(2 * SECOND_NS)), (141, None));
        assert_eq!(pacer.unsent(), 59);
    }

    #[test]
    fn an_open_loop_far_behind_measures_what_it_sends_from_its_due_time() {
        let mut pacer = second_after_second(100.0);
        // A request each 100 ms, of ten that are due.
        let sent = (0..30).map(|step| step * SECOND_NS / 10);
        let sent: Vec<_> = sent.filter_map(|now| Some((now, pacer.take(now)?))).collect();
        let measured = sent.iter().filter(|(now, _)| pacer.is_measured(*now));
        assert_eq!((sent.len(), measured.count()), (20, 10));
        assert_eq!(sent.last(), Some(&(19 * SECOND_NS / 10, 19 * SECOND_NS / 100)));
        assert_eq!(pacer.unsent(), 100);
    }
}
