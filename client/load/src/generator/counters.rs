//! The counters of a trial: answers, latencies, bytes.

use super::connection::Traffic;
use crate::clock::SECOND_NS;
use hdrhistogram::Histogram;

/// Codes of refusals below this have a counter each; all others share the one of code 0.
const CODES: usize = 64;
/// Longer latencies count as this.
const LONGEST_NS: u64 = 600 * SECOND_NS;
/// Three significant digits: latencies are precise to a thousandth.
const DIGITS: u8 = 3;
/// Two significant digits in the histogram of each second, to keep a minute of them small.
const SECOND_DIGITS: u8 = 2;
const ADDABLE: &str = "histograms of one kind have the same bounds";

fn histogram(digits: u8) -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_NS, digits)
        .expect("the bounds are in order and so many digits are allowed")
}

/// The counters of one thread, or the sum of all. Only measured requests count.
#[derive(Debug, Clone)]
pub(crate) struct LoadCounters {
    pub(crate) latencies: Histogram<u64>,
    /// All replies, refusals included.
    pub(crate) answers: u64,
    pub(crate) refusals: u64,
    /// Requests of an open loop that were due and never sent: every pipeline was full.
    pub(crate) unsent: u64,
    refused: [u64; CODES],
    /// Replies of each connection.
    pub(crate) by_connection: Vec<u64>,
    /// Replies to requests that changed something.
    pub(crate) applied: u64,
    /// One entry for each measured second.
    pub(crate) series: Vec<SecondCounters>,
    /// The beginning of the measured time, in nanoseconds of the run.
    pub(crate) from_ns: u64,
    /// Bytes since the trial began, warm-up included.
    pub(crate) traffic: Traffic,
    /// When the last reply arrived.
    pub(crate) until_ns: u64,
    /// The newest latency, its second, and how often it came in a row. Replies arrive in batches
    /// of one latency, so a histogram is updated once a batch.
    last_latency: (u64, usize, u64),
}

/// The replies of one second.
#[derive(Debug, Clone)]
pub(crate) struct SecondCounters {
    /// Latencies of all replies, in nanoseconds.
    pub(crate) latencies: Histogram<u64>,
    /// Replies to requests that changed something.
    pub(crate) applied: u64,
}

impl SecondCounters {
    fn new() -> Self {
        Self { latencies: histogram(SECOND_DIGITS), applied: 0 }
    }
}

/// The kind of a reply, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerKind {
    /// The request changed something.
    Applied,
    /// A read, or a repeat that changed nothing.
    Seen,
    /// A refusal with this code.
    Refused(u16),
}

impl LoadCounters {
    /// Zeros for `connections` connections.
    pub(crate) fn new(connections: usize, from_ns: u64) -> Self {
        Self {
            latencies: histogram(DIGITS),
            applied: 0,
            answers: 0,
            refusals: 0,
            unsent: 0,
            refused: [0; CODES],
            by_connection: vec![0; connections],
            series: Vec::new(),
            from_ns,
            traffic: Traffic::default(),
            until_ns: from_ns,
            last_latency: (0, 0, 0),
        }
    }

    /// Counts a reply that arrived on `connection` at `now_ns`, `latency_ns` after the request
    /// was due.
    pub(crate) fn count(
        &mut self,
        connection: usize,
        now_ns: u64,
        latency_ns: u64,
        answer: AnswerKind,
    ) {
        let second = usize::try_from(now_ns.saturating_sub(self.from_ns) / SECOND_NS);
        let second = second.unwrap_or_default();
        if (self.last_latency.0, self.last_latency.1) != (latency_ns, second) {
            self.record_last_latency();
            self.last_latency = (latency_ns, second, 0);
            self.until_ns = self.until_ns.max(now_ns);
            self.extend_to(second);
        }
        self.last_latency.2 += 1;
        self.answers += 1;
        self.by_connection[connection] += 1;
        match answer {
            AnswerKind::Applied => {
                self.applied += 1;
                self.series[second].applied += 1;
            }
            AnswerKind::Seen => {}
            AnswerKind::Refused(code) => {
                self.refusals += 1;
                let code = usize::from(code);
                self.refused[if code < CODES { code } else { 0 }] += 1;
            }
        }
    }

    /// Adds seconds up to this one.
    fn extend_to(&mut self, second: usize) {
        if second >= self.series.len() {
            self.series.resize_with(second + 1, SecondCounters::new);
        }
    }

    /// Adds the last latency to the histograms.
    pub(crate) fn record_last_latency(&mut self) {
        let (latency, second, times) = std::mem::take(&mut self.last_latency);
        if times > 0 {
            self.latencies.saturating_record_n(latency.max(1), times);
            self.series[second].latencies.saturating_record_n(latency.max(1), times);
        }
    }

    /// The codes that occurred, with their counts.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (u16, u64)> {
        (0..).zip(self.refused).filter(|(_, times)| *times > 0)
    }

    /// The length of the measured time, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        (self.until_ns - self.from_ns) as f64 / SECOND_NS as f64
    }

    /// Adds the counters of another thread, whose connections are others.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.record_last_latency();
        other.record_last_latency();
        self.latencies.add(&other.latencies).expect(ADDABLE);
        for (sum, times) in self.refused.iter_mut().zip(other.refused) {
            *sum += times;
        }
        self.by_connection.append(&mut other.by_connection);
        self.applied += other.applied;
        self.answers += other.answers;
        self.refusals += other.refusals;
        self.unsent += other.unsent;
        if let Some(last) = other.series.len().checked_sub(1) {
            self.extend_to(last);
        }
        for (sum, second) in self.series.iter_mut().zip(other.series) {
            sum.latencies.add(&second.latencies).expect(ADDABLE);
            sum.applied += second.applied;
        }
        self.traffic = self.traffic + other.traffic;
        self.from_ns = self.from_ns.min(other.from_ns);
        self.until_ns = self.until_ns.max(other.until_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_add_up() {
        let mut all = LoadCounters::new(2, 1_000);
        all.count(0, 1_000 + SECOND_NS / 2, 5_000, AnswerKind::Applied);
        all.count(1, 1_000 + SECOND_NS / 2, 5_000, AnswerKind::Refused(16));
        let mut other = LoadCounters::new(1, 1_000);
        other.count(0, 1_000 + 3 * SECOND_NS, 9_000, AnswerKind::Refused(17));
        all.add(other);
        assert_eq!((all.answers, all.refusals), (3, 2));
        assert_eq!(all.refused().collect::<Vec<_>>(), [(16, 1), (17, 1)]);
        assert_eq!(all.by_connection, [1, 1, 1]);
        let series: Vec<u64> = all.series.iter().map(|second| second.latencies.len()).collect();
        assert_eq!(series, [2, 0, 0, 1]);
        assert_eq!((all.applied, all.series[0].applied), (1, 1));
        assert_eq!(all.latencies.len(), 3);
        assert!((all.seconds() - 3.0).abs() < 1e-9);
        assert!(all.latencies.min().abs_diff(5_000) < 10);
    }
}
