//! The results of all rounds, with medians and ratios.

use super::figure::{Figure, FigureValue, rate};
use super::subject::Case;
use boxoffice_load::statistics::Spread;
use std::collections::BTreeMap;

/// Every case once, except those that failed.
pub(crate) type Round = BTreeMap<Case, Figure>;

#[derive(Debug, Default)]
pub(crate) struct ComparisonResults {
    pub(crate) rounds: Vec<Round>,
}

impl ComparisonResults {
    /// The spread of the rates of a case.
    pub(crate) fn rate(&self, case: Case) -> Option<Spread> {
        self.spread(|round| rate(round.get(&case)?))
    }

    /// The spread of the latencies of a case.
    pub(crate) fn latency(&self, case: Case, reading: FigureValue) -> Option<Spread> {
        self.spread(|round| reading(round.get(&case)?))
    }

    /// The ratio of one case to another, taken within each round: a machine that is slower for a minute
    /// is slower for both.
    pub(crate) fn ratio(&self, of: Case, to: Case, reading: FigureValue) -> Option<Spread> {
        self.spread(|round| Some(reading(round.get(&of)?)? / reading(round.get(&to)?)?))
    }

    fn spread(&self, value: impl Fn(&Round) -> Option<f64>) -> Option<Spread> {
        let values = self.rounds.iter().filter_map(value).filter(|value| value.is_finite());
        Spread::of(values.collect())
    }
}
