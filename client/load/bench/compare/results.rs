//! What was measured, round by round.

use crate::compare::statistics::Spread;
use crate::compare::subject::Case;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one measurement found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) per_second: f64,
    /// Latency that half of the requests did not exceed, where the generator says it.
    pub(crate) p50_us: Option<f64>,
    /// Latency that 99 of 100 requests did not exceed.
    pub(crate) p99_us: Option<f64>,
}

/// One time everything, as far as it could be measured.
pub(crate) type Round = BTreeMap<Case, Figure>;

/// What is read off a [`Figure`].
pub(crate) type Reading = fn(&Figure) -> Option<f64>;

/// All rounds.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) rounds: Vec<Round>,
}

impl Results {
    /// The rates of a case.
    pub(crate) fn rate(&self, case: Case) -> Option<Spread> {
        self.spread(|round| rate(round.get(&case)?))
    }

    /// The latencies of a case.
    pub(crate) fn latency(&self, case: Case, reading: Reading) -> Option<Spread> {
        self.spread(|round| reading(round.get(&case)?))
    }

    /// How many times as large a reading is for one case as for another. Both are of the same
    /// round each time: a machine that is slower for a minute is slower for both.
    pub(crate) fn ratio(&self, of: Case, to: Case, reading: Reading) -> Option<Spread> {
        self.spread(|round| Some(reading(round.get(&of)?)? / reading(round.get(&to)?)?))
    }

    fn spread(&self, value: impl Fn(&Round) -> Option<f64>) -> Option<Spread> {
        let values = self.rounds.iter().filter_map(value).filter(|value| value.is_finite());
        Spread::of(values.collect())
    }
}

/// Reads the rate.
#[expect(clippy::unnecessary_wraps, reason = "a Reading may find nothing")]
pub(crate) fn rate(figure: &Figure) -> Option<f64> {
    Some(figure.per_second)
}
