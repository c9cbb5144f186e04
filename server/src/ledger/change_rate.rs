//! The rate of changes. While it is [high](HIGH) the rows rest.
//!
//! Writing a change into the rows costs more than deciding it, and only the next start and readers of
//! the state file need the rows. So in a rush the processor is left to the answers, until the rows
//! are as far behind as they may be at rest.

use crate::clock::Stopwatch;
use std::time::Duration;

/// Changes a second up to which writing the rows takes less than a thirtieth of a core.
const HIGH: f64 = 20_000.0;

/// How often the rate is taken.
pub(super) const INTERVAL: Duration = Duration::from_millis(100);

/// Measures the rate from the number of changes, once an interval.
#[derive(Debug)]
pub(super) struct ChangeRate {
    since: Stopwatch,
    /// The number of changes at that time.
    changes: u64,
    is_high: bool,
}

impl ChangeRate {
    pub(super) fn new() -> Self {
        Self { since: Stopwatch::start(), changes: 0, is_high: false }
    }

    /// Whether the rate is high, now that there were `changes` ever.
    pub(super) fn is_high(&mut self, changes: u64) -> bool {
        let span = self.since.elapsed();
        if span >= INTERVAL {
            let is_high = is_above(changes - self.changes, span);
            *self = Self { since: Stopwatch::start(), changes, is_high };
        }
        self.is_high
    }
}

fn is_above(changes: u64, span: Duration) -> bool {
    changes as f64 > HIGH * span.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rush_is_a_rate() {
        let second = Duration::from_secs(1);
        assert!(!is_above(0, INTERVAL));
        assert!(!is_above(20_000, second) && is_above(20_001, second));
        assert!(!is_above(20_001, second * 2) && is_above(2_001, second / 10));
    }
}
