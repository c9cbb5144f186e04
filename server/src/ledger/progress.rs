//! Tells whoever watches the log how far a long recovery has come. A short one says nothing.

use crate::clock::Stopwatch;
use std::time::Duration;

/// How long nothing is said at first.
const FIRST: Duration = Duration::from_secs(1);
/// How often something is said then.
const EVERY: Duration = Duration::from_secs(3);

/// How far one part of a recovery has come.
#[derive(Debug)]
pub(super) struct RecoveryProgress {
    /// What is being done, and its unit.
    doing: &'static str,
    total: u64,
    since: Stopwatch,
    next: Duration,
}

impl RecoveryProgress {
    /// Begins, with at most so much to do, in a unit that `doing` names.
    pub(super) fn new(doing: &'static str, total: u64) -> Self {
        Self { doing, total, since: Stopwatch::start(), next: FIRST }
    }

    /// So much is done; says so if that is due. Reads the clock, so not for every trifle.
    pub(super) fn reached(&mut self, done: u64) {
        if self.is_due(self.since.elapsed()) {
            let Self { doing, total, .. } = *self;
            tracing::info!(done, of = total, percent = percent(done, total), "{doing}");
        }
    }

    /// Whether it is time to say something; if it is, the next time is some seconds later.
    fn is_due(&mut self, elapsed: Duration) -> bool {
        let is_due = elapsed >= self.next;
        if is_due {
            self.next = elapsed + EVERY;
        }
        is_due
    }
}

/// A total may be a guess that turns out too low.
fn percent(done: u64, total: u64) -> u64 {
    done.saturating_mul(100).checked_div(total).unwrap_or(0).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_recovery_says_nothing_and_a_long_one_something_every_few_seconds() {
        let mut progress = RecoveryProgress::new("loading rows", 10);
        let said = (0..100).filter(|&tenths| progress.is_due(Duration::from_millis(tenths * 100)));
        assert_eq!(said.collect::<Vec<_>>(), [10, 40, 70]);
    }

    #[test]
    fn a_percentage_is_one() {
        let cases = [(0, 0, 0), (1, 3, 33), (3, 3, 100), (4, 3, 100), (u64::MAX, 1, 100)];
        for (done, total, expected) in cases {
            assert_eq!(percent(done, total), expected, "{done} of {total}");
        }
    }
}
