//! The search for the highest rate at which 99 % of the requests meet the objective.

use super::live::LiveStatus;
use super::pacing::{Pacing, StopRule};
use super::threads::{LoadThreads, Measurement, Trial};
use crate::error::LoadError;
use std::time::Duration;

/// Relative precision at which the search ends.
const PRECISION: f64 = 0.03;
/// The search ends after this number of trials in any case.
const MOST_TRIALS: u32 = 14;
/// The share of due requests that must have been sent.
const SENT: f64 = 0.99;
/// Length of the first trial: a closed loop whose rate is the starting point.
const FIRST: Duration = Duration::from_secs(2);

/// A bisection between the highest rate that passed and the lowest that failed. Pure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RateSearch {
    passed: f64,
    failed: Option<f64>,
    guess: f64,
    trials: u32,
}

/// Whether a trial met the objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrialOutcome {
    Passed,
    Failed,
}

impl RateSearch {
    /// Starts from the rate that a closed loop reached.
    pub(crate) fn new(reached: f64) -> Self {
        Self { passed: 0.0, failed: None, guess: reached.max(1.0) / 2.0, trials: 0 }
    }

    /// The rate of the next trial; none at the end.
    pub(crate) fn next(&self) -> Option<f64> {
        let known = self
            .failed
            .is_some_and(|failed| failed - self.passed <= PRECISION * failed || failed < 2.0);
        (!known && self.trials < MOST_TRIALS).then_some(self.guess)
    }

    /// Takes the outcome of the trial at [`next`](Self::next).
    pub(crate) fn take(&mut self, outcome: TrialOutcome) {
        self.trials += 1;
        match outcome {
            TrialOutcome::Passed => self.passed = self.guess,
            TrialOutcome::Failed => self.failed = Some(self.guess),
        }
        self.guess = match self.failed {
            None => 1.5 * self.passed,
            Some(failed) => (self.passed + failed) / 2.0,
        };
    }
}

/// Passed if 99 % of the due requests were sent, and 99 % of those answered within `slo`.
pub(crate) fn judge(measurement: &Measurement, slo: Duration) -> TrialOutcome {
    let counters = &measurement.counters;
    let sent = counters.answers as f64 / (counters.answers + counters.unsent).max(1) as f64;
    let p99 = Duration::from_nanos(counters.latencies.value_at_quantile(0.99));
    if counters.answers > 0 && sent >= SENT && p99 <= slo {
        TrialOutcome::Passed
    } else {
        TrialOutcome::Failed
    }
}

/// Returns the highest rate that passed with its measurement; none if no rate passed. Each trial
/// is as long as `trial` says.
pub(crate) fn find_max(
    threads: &mut LoadThreads,
    trial: &Trial,
    slo: Duration,
    live: &LiveStatus,
    note: impl Fn(&str),
) -> Result<Option<(f64, Measurement)>, LoadError> {
    let first = Trial { stop: StopRule::After(FIRST), pacing: Pacing::Closed, ..*trial };
    let reached = threads.work(&first, live)?.counters;
    let mut search = RateSearch::new(reached.answers as f64 / reached.seconds().max(0.001));
    let mut best = None;
    while let Some(rate) = search.next().filter(|_| !live.is_stopped()) {
        let measurement = threads.work(&Trial { pacing: Pacing::Open { rate }, ..*trial }, live)?;
        let outcome = judge(&measurement, slo);
        let p99 = measurement.counters.latencies.value_at_quantile(0.99) as f64 / 1e6;
        let (word, unsent) = match outcome {
            TrialOutcome::Passed => ("passed", measurement.counters.unsent),
            TrialOutcome::Failed => ("failed", measurement.counters.unsent),
        };
        note(&format!("{rate:.0}/s: p99 {p99:.2} ms, {unsent} not sent: {word}"));
        search.take(outcome);
        if outcome == TrialOutcome::Passed {
            best = Some((rate, measurement));
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rate that a search ends with if every rate up to `highest` passes.
    fn search(reached: f64, highest: f64) -> (f64, u32) {
        let mut search = RateSearch::new(reached);
        while let Some(rate) = search.next() {
            search.take(if rate <= highest { TrialOutcome::Passed } else { TrialOutcome::Failed });
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
