//! When the rows rest: in a rush the processor is for those who answer.
//!
//! Following it costs more than deciding it, and the rows are only for the next start and for who
//! reads them. So while more comes than [`RUSH`] they rest, until they are as far behind as they may
//! be at rest: then they follow, as quick as what is left lets them.

use crate::clock::Stopwatch;
use std::time::Duration;

/// Changes a second that following costs next to nothing for: a thirtieth of a core.
const RUSH: f64 = 20_000.0;

/// How often the rate is taken.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// Knows whether there is a rush from how many changes there were when it looked.
#[derive(Debug)]
pub(super) struct Rush {
    since: Stopwatch,
    /// How many changes there had been then.
    changes: u64,
    goes_on: bool,
}

impl Rush {
    /// None so far.
    pub(super) fn new() -> Self {
        Self { since: Stopwatch::start(), changes: 0, goes_on: false }
    }

    /// Whether there is one, now that there were so many changes ever.
    pub(super) fn goes_on(&mut self, changes: u64) -> bool {
        let span = self.since.elapsed();
        if span >= LOOK {
            let goes_on = is_rush(changes - self.changes, span);
            *self = Self { since: Stopwatch::start(), changes, goes_on };
        }
        self.goes_on
    }
}

fn is_rush(changes: u64, span: Duration) -> bool {
    changes as f64 > RUSH * span.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rush_is_a_rate() {
        let second = Duration::from_secs(1);
        assert!(!is_rush(0, LOOK));
        assert!(!is_rush(20_000, second) && is_rush(20_001, second));
        assert!(!is_rush(20_001, second * 2) && is_rush(2_001, second / 10));
    }
}
