//! What is done again and again.

use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Ticks at once, and then again and again with at least this span between two ticks: ticks that were
/// missed are not made up for.
pub(crate) fn every(span: Duration) -> Interval {
    let mut ticks = interval(span);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
