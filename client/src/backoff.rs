//! Exponential backoff with jitter.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(20);
/// A server that is back is found within about a second.
const LONGEST: Duration = Duration::from_secs(1);

/// Pauses that double, each drawn between its half and its whole: clients that lost the same server
/// do not come back in step.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// Starts again after a success.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// The next pause; zero before the first attempt.
    pub(crate) fn pause(&mut self) -> Duration {
        let attempt = self.attempts;
        self.attempts = attempt.saturating_add(1);
        let Some(doublings) = attempt.checked_sub(1) else { return Duration::ZERO };
        let whole = SHORTEST.saturating_mul(1 << doublings.min(16)).min(LONGEST);
        whole.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_begin_anew() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.pause(), Duration::ZERO);
        let pauses: Vec<_> = (0..40).map(|_| backoff.pause()).collect();
        assert!(pauses[0] >= SHORTEST / 2 && pauses[0] <= SHORTEST);
        assert!(pauses[39] >= LONGEST / 2 && pauses.iter().all(|&pause| pause <= LONGEST));
        backoff.reset();
        assert_eq!(backoff.pause(), Duration::ZERO);
    }
}
