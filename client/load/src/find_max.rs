//! The highest rate at which nearly all are answered in time.

use super::crew::{Crew, Effort, Measured};
use super::error::LoadError;
use super::live::Live;
use super::pacing::{Pacing, Stop};
use super::progress::Progress;
use std::time::Duration;

/// The search ends once it knows the rate to this part.
const PRECISION: f64 = 0.03;
/// It ends after so many trials, however little it knows.
const MOST_TRIALS: u32 = 14;
/// The part of the requests that must have been sent at all.
const SENT: f64 = 0.99;
/// How long the first trial takes, a closed loop that shows where to begin.
const FIRST: Duration = Duration::from_secs(2);

/// What is known of the highest rate. Pure: it is told how trials ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Search {
    passed: f64,
    failed: Option<f64>,
    guess: f64,
    trials: u32,
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nearly all were answered in time.
    Passed,
    /// They were not.
    Failed,
}

impl Search {
    /// Nothing is known but what a closed loop reached.
    pub(crate) fn new(reached: f64) -> Self {
        Self { passed: 0.0, failed: None, guess: reached.max(1.0) / 2.0, trials: 0 }
    }

    /// The rate to try next; none if enough is known.
    pub(crate) fn next(&self) -> Option<f64> {
        let known = self
            .failed
            .is_some_and(|failed| failed - self.passed <= PRECISION * failed || failed < 2.0);
        (!known && self.trials < MOST_TRIALS).then_some(self.guess)
    }

    /// A trial at the rate that was to be tried.
    pub(crate) fn learn(&mut self, verdict: Verdict) {
        self.trials += 1;
        match verdict {
            Verdict::Passed => self.passed = self.guess,
            Verdict::Failed => self.failed = Some(self.guess),
        }
        self.guess = match self.failed {
            None => 1.5 * self.passed,
            Some(failed) => (self.passed + failed) / 2.0,
        };
    }
}

/// Whether nearly all were sent, and 99 % of them answered within `slo`.
pub(crate) fn judge(measured: &Measured, slo: Duration) -> Verdict {
    let tally = &measured.tally;
    let sent = tally.answers as f64 / (tally.answers + tally.missed).max(1) as f64;
    let p99 = Duration::from_nanos(tally.latencies.value_at_quantile(0.99));
    if tally.answers > 0 && sent >= SENT && p99 <= slo { Verdict::Passed } else { Verdict::Failed }
}

/// Tries rates until the highest is known, and returns it with what was measured at it; nothing if
/// there is none. A trial takes as long as the effort says.
pub(crate) fn find_max(
    crew: &mut Crew,
    effort: &Effort,
    slo: Duration,
    live: &Live,
    progress: &Progress,
) -> Result<Option<(f64, Measured)>, LoadError> {
    let first = Effort { stop: Stop::After(FIRST), pacing: Pacing::Closed, ..*effort };
    let reached = crew.work(&first, live)?.tally;
    let mut search = Search::new(reached.answers as f64 / reached.seconds().max(0.001));
    let mut best = None;
    while let Some(rate) = search.next().filter(|_| !live.is_stopped()) {
        let measured = crew.work(&Effort { pacing: Pacing::Open { rate }, ..*effort }, live)?;
        let verdict = judge(&measured, slo);
        let p99 = measured.tally.latencies.value_at_quantile(0.99) as f64 / 1e6;
        let (word, missed) = match verdict {
            Verdict::Passed => ("passed", measured.tally.missed),
            Verdict::Failed => ("failed", measured.tally.missed),
        };
        progress.note(&format!("{rate:.0}/s: p99 {p99:.2} ms, {missed} not sent: {word}"));
        search.learn(verdict);
        if verdict == Verdict::Passed {
            best = Some((rate, measured));
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rate that a search ends with if every rate up to `highest` passes.
    fn search(reached: f64, highest: f64) -> (f64, u32) {
        let mut search = Search::new(reached);
        while let Some(rate) = search.next() {
            search.learn(if rate <= highest { Verdict::Passed } else { Verdict::Failed });
        }
        (search.passed, search.trials)
    }

    #[test]
    fn it_finds_the_highest_rate_wherever_it_begins() {
        for (reached, highest) in
            [(100_000.0, 80_000.0), (100_000.0, 3_000.0), (100_000.0, 240_000.0), (50.0, 49.0)]
        {
            let (found, trials) = search(reached, highest);
            assert!(found <= highest && found >= 0.95 * highest, "{found} of {highest}");
            assert!(trials <= MOST_TRIALS, "{trials} trials");
        }
    }

    #[test]
    fn it_ends_where_no_rate_passes() {
        let (found, trials) = search(1_000.0, 0.0);
        assert!(found < f64::EPSILON && trials <= MOST_TRIALS);
    }
}
