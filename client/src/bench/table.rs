//! What a run came to, for people.

use super::crew::Measured;
use super::tally::fairness;
use crate::output::Output;
use std::io;

/// Prints it.
pub(crate) fn print(measured: &Measured, seed: u64, output: &Output) -> io::Result<()> {
    let tally = &measured.tally;
    let us = |ns: u64| ns as f64 / 1e3;
    let q = |p| us(tally.latencies.value_at_quantile(p));
    output.data(&format!(
        "requests {} in {:.3} s: {:.0}/s; applied {}; latency us min {:.1} p50 {:.1} p90 {:.1} p99 {:.1} p99.9 {:.1} max {:.1}; refused {:?}; fairness {:.4}; bytes {:?}; generator cpu {:.2} s, busiest {:.0} %; server cpu {:?}; seed {seed}",
        tally.answers, tally.seconds(), tally.answers as f64 / tally.seconds(), tally.applied,
        us(tally.latencies.min()), q(0.5), q(0.9), q(0.99), q(0.999), us(tally.latencies.max()),
        tally.refused().collect::<Vec<_>>(), fairness(&tally.by_connection), tally.traffic,
        measured.generator.as_secs_f64(), measured.busiest * 100.0, measured.server,
    ))
}
