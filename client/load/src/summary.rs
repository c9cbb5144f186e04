//! What a run came to, as `--json` prints it, from what was counted.

use super::clock::SECOND_NS;
use super::crew::Measured;
use super::exchange::refusal_name;
use super::result::{Bytes, Cpu, DistributionPoint, Latency, RunResult, Second};
use super::tally::{self, Tally};
use super::verify::jain;
use hdrhistogram::Histogram;
use serde_json::Value;
use std::collections::BTreeMap;

/// The generator's threads worked so much of the time that they may have had no time left.
const BUSY: f64 = 0.9;
/// Points of the distribution for each halving of what is slower still.
const TICKS_A_HALVING: u32 = 5;

/// What is not counted but known.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Which work was done.
    pub(crate) workload: String,
    /// The server's name and version.
    pub(crate) server: String,
    /// When the run began: RFC 3339, in UTC.
    pub(crate) started_at: String,
    /// How it was set, by the names of the flags.
    pub(crate) settings: BTreeMap<String, Value>,
}

/// Puts it together. Nothing is verified yet.
pub(crate) fn summarize(measured: &Measured, about: About) -> RunResult {
    let Measured { tally, generator, busy, server } = measured;
    let seconds = tally.seconds();
    let refused = tally.refused().map(|(code, times)| (refusal_name(code).to_owned(), times));
    RunResult {
        workload: about.workload,
        server: about.server,
        started_at: about.started_at,
        seconds,
        requests: tally.answers,
        throughput_per_s: per_second(tally.answers, seconds),
        applied: tally.applied,
        applied_per_s: per_second(tally.applied, seconds),
        latency_us: latency(&tally.latencies),
        refused: refused.collect(),
        unanswered: tally.missed,
        bytes: Bytes { sent: tally.traffic.sent, received: tally.traffic.received },
        cpu: Cpu {
            generator_s: generator.as_secs_f64(),
            server_s: server.map(|server| server.as_secs_f64()),
            generator_was_the_bottleneck: *busy >= BUSY,
        },
        fairness: jain(&tally.by_connection),
        verified: None,
        verification: None,
        settings: about.settings,
        series: series(tally),
        distribution: distribution(&tally.latencies),
    }
}

fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

fn us(ns: u64) -> f64 {
    ns as f64 / 1e3
}

fn latency(latencies: &Histogram<u64>) -> Latency {
    if latencies.is_empty() {
        return Latency::default();
    }
    let quantile = |part| us(latencies.value_at_quantile(part));
    Latency {
        min: us(latencies.min()),
        p50: quantile(0.5),
        p90: quantile(0.9),
        p99: quantile(0.99),
        p99_9: quantile(0.999),
        max: us(latencies.max()),
    }
}

fn series(tally: &Tally) -> Vec<Second> {
    let all = tally.until_ns - tally.from_ns;
    let second = |(index, second): (u64, &tally::Second)| {
        let end_ns = ((index + 1) * SECOND_NS).min(all);
        let span = (end_ns - index * SECOND_NS) as f64 / SECOND_NS as f64;
        let latency = latency(&second.latencies);
        Second {
            at_s: end_ns as f64 / SECOND_NS as f64,
            requests_per_s: per_second(second.latencies.len(), span),
            applied_per_s: per_second(second.applied, span),
            p50_us: latency.p50,
            p99_us: latency.p99,
        }
    };
    (0..).zip(&tally.series).map(second).collect()
}

fn distribution(latencies: &Histogram<u64>) -> Vec<DistributionPoint> {
    let points = latencies.iter_quantiles(TICKS_A_HALVING).map(|point| DistributionPoint {
        percentile: 100.0 * point.quantile_iterated_to(),
        latency_us: us(point.value_iterated_to()),
    });
    points.collect()
}
