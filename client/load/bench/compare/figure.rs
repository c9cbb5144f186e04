//! The result of one measurement.

use serde::{Deserialize, Serialize};

/// A rate with its latencies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) per_second: f64,
    /// The median latency, if the generator prints it.
    pub(crate) p50_us: Option<f64>,
    /// The 99th percentile of the latency, if the generator prints it.
    pub(crate) p99_us: Option<f64>,
}

/// Reads one value of a [`Figure`].
pub(crate) type FigureValue = fn(&Figure) -> Option<f64>;

#[expect(clippy::unnecessary_wraps, reason = "a Reading may find nothing")]
pub(crate) fn rate(figure: &Figure) -> Option<f64> {
    Some(figure.per_second)
}
