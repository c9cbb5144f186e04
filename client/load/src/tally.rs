//! What a run counted.

use super::clock::SECOND_NS;
use super::connection::Traffic;
use hdrhistogram::Histogram;

/// Refusals have codes from 1 to less than this; a code beyond it is counted as 0.
const CODES: usize = 64;
/// The longest latency that is told apart: what is longer counts as this.
const LONGEST_NS: u64 = 600 * SECOND_NS;
/// Latencies are kept to a thousandth.
const DIGITS: u8 = 3;
/// Those of each second to a hundredth: a minute of them is small then.
const SECOND_DIGITS: u8 = 2;
const ADDABLE: &str = "histograms of one kind have the same bounds";

fn histogram(digits: u8) -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_NS, digits)
        .expect("the bounds are in order and so many digits are allowed")
}

/// What one thread, or all of them, counted of one trial. Only measured requests are in it.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// Latencies, in nanoseconds.
    pub(crate) latencies: Histogram<u64>,
    /// Answers, refusals among them.
    pub(crate) answers: u64,
    /// Refusals.
    pub(crate) refusals: u64,
    /// Requests of an open loop that were due and not sent: no connection had room for them.
    pub(crate) missed: u64,
    /// By code.
    refused: [u64; CODES],
    /// Answers of each connection.
    pub(crate) by_connection: Vec<u64>,
    /// Changes that were made.
    pub(crate) applied: u64,
    /// Each second of the measuring.
    pub(crate) series: Vec<Second>,
    /// From when on was measured, in nanoseconds of the run.
    pub(crate) from_ns: u64,
    /// Bytes over the wire, from the trial's beginning, what was not measured too.
    pub(crate) traffic: Traffic,
    /// When the last answer came.
    pub(crate) until_ns: u64,
    /// The latency that was seen last, in which second, and how often: replies come in batches
    /// that share it.
    run: (u64, usize, u64),
}

/// What was answered in one second.
#[derive(Debug, Clone)]
pub(crate) struct Second {
    /// Latencies, in nanoseconds. All answers are in it.
    pub(crate) latencies: Histogram<u64>,
    /// Changes that were made.
    pub(crate) applied: u64,
}

impl Second {
    fn new() -> Self {
        Self { latencies: histogram(SECOND_DIGITS), applied: 0 }
    }
}

/// What an answer was, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A change was made.
    Applied,
    /// A read, or nothing had to be changed.
    Seen,
    /// A refusal with this code.
    Refused(u16),
}

impl Tally {
    /// Nothing yet, of so many connections.
    pub(crate) fn new(connections: usize, from_ns: u64) -> Self {
        Self {
            latencies: histogram(DIGITS),
            applied: 0,
            answers: 0,
            refusals: 0,
            missed: 0,
            refused: [0; CODES],
            by_connection: vec![0; connections],
            series: Vec::new(),
            from_ns,
            traffic: Traffic::default(),
            until_ns: from_ns,
            run: (0, 0, 0),
        }
    }

    /// Counts an answer to connection `connection` that came `now_ns`, `latency_ns` after it was
    /// due.
    pub(crate) fn count(
        &mut self,
        connection: usize,
        now_ns: u64,
        latency_ns: u64,
        answer: Answer,
    ) {
        let second = usize::try_from(now_ns.saturating_sub(self.from_ns) / SECOND_NS);
        let second = second.unwrap_or_default();
        if (self.run.0, self.run.1) != (latency_ns, second) {
            self.settle();
            self.run = (latency_ns, second, 0);
            self.until_ns = self.until_ns.max(now_ns);
            self.reach(second);
        }
        self.run.2 += 1;
        self.answers += 1;
        self.by_connection[connection] += 1;
        match answer {
            Answer::Applied => {
                self.applied += 1;
                self.series[second].applied += 1;
            }
            Answer::Seen => {}
            Answer::Refused(code) => {
                self.refusals += 1;
                let code = usize::from(code);
                self.refused[if code < CODES { code } else { 0 }] += 1;
            }
        }
    }

    /// Makes sure that a second is there.
    fn reach(&mut self, second: usize) {
        if second >= self.series.len() {
            self.series.resize_with(second + 1, Second::new);
        }
    }

    /// Puts the latencies that were counted but not recorded into the histograms.
    pub(crate) fn settle(&mut self) {
        let (latency, second, times) = std::mem::take(&mut self.run);
        if times > 0 {
            self.latencies.saturating_record_n(latency.max(1), times);
            self.series[second].latencies.saturating_record_n(latency.max(1), times);
        }
    }

    /// Answers so far, and the refusals among them.
    pub(crate) fn so_far(&self) -> (u64, u64) {
        (self.answers, self.refusals)
    }

    /// How many refusals of each code there were, where there were any.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (u16, u64)> {
        (0..).zip(self.refused).filter(|(_, times)| *times > 0)
    }

    /// Seconds that were measured.
    pub(crate) fn seconds(&self) -> f64 {
        (self.until_ns - self.from_ns) as f64 / SECOND_NS as f64
    }

    /// Adds what another thread, with other connections, counted of the same trial.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        self.latencies.add(&other.latencies).expect(ADDABLE);
        for (sum, times) in self.refused.iter_mut().zip(other.refused) {
            *sum += times;
        }
        self.by_connection.append(&mut other.by_connection);
        self.applied += other.applied;
        self.answers += other.answers;
        self.refusals += other.refusals;
        self.missed += other.missed;
        if let Some(last) = other.series.len().checked_sub(1) {
            self.reach(last);
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
        let mut all = Tally::new(2, 1_000);
        all.count(0, 1_000 + SECOND_NS / 2, 5_000, Answer::Applied);
        all.count(1, 1_000 + SECOND_NS / 2, 5_000, Answer::Refused(16));
        let mut other = Tally::new(1, 1_000);
        other.count(0, 1_000 + 3 * SECOND_NS, 9_000, Answer::Refused(17));
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
