//! From the counters of a run to its result.

use crate::clock::SECOND_NS;
use crate::fairness::jain;
use crate::generator::counters::{LoadCounters, SecondCounters};
use crate::generator::threads::Measurement;
use crate::history::exchange::refusal_name;
use crate::result::{
    CpuTimes, DistributionPoint, LatencySummary, RunResult, SecondResult, TrafficBytes,
};
use hdrhistogram::Histogram;
use serde_json::Value;
use std::collections::BTreeMap;

/// From this busy share on, the generator may be the bottleneck.
const BUSY: f64 = 0.9;
/// Points of the distribution for each halving of the slower rest.
const TICKS_A_HALVING: u32 = 5;

/// The part of a result that is known without counting.
#[derive(Debug, Clone)]
pub(crate) struct RunDescription {
    pub(crate) workload: String,
    pub(crate) server: String,
    /// RFC 3339, in UTC.
    pub(crate) started_at: String,
    /// The settings by the names of the flags.
    pub(crate) settings: BTreeMap<String, Value>,
}

/// The result of a run that is not verified yet.
pub(crate) fn summarize(measurement: &Measurement, description: RunDescription) -> RunResult {
    let Measurement { counters, generator_cpu, busy, server_cpu } = measurement;
    let seconds = counters.seconds();
    let refused = counters.refused().map(|(code, times)| (refusal_name(code).to_owned(), times));
    RunResult {
        workload: description.workload,
        server: description.server,
        started_at: description.started_at,
        seconds,
        requests: counters.answers,
        throughput_per_s: per_second(counters.answers, seconds),
        applied: counters.applied,
        applied_per_s: per_second(counters.applied, seconds),
        latency_us: latency(&counters.latencies),
        refused: refused.collect(),
        unsent: counters.unsent,
        bytes: TrafficBytes { sent: counters.traffic.sent, received: counters.traffic.received },
        cpu: CpuTimes {
            generator_s: generator_cpu.as_secs_f64(),
            server_s: server_cpu.map(|time| time.as_secs_f64()),
            generator_was_the_bottleneck: *busy >= BUSY,
        },
        fairness: jain(&counters.by_connection),
        verified: None,
        verification: None,
        settings: description.settings,
        series: series(counters),
        distribution: distribution(&counters.latencies),
    }
}

fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

fn us(ns: u64) -> f64 {
    ns as f64 / 1e3
}

fn latency(latencies: &Histogram<u64>) -> LatencySummary {
    if latencies.is_empty() {
        return LatencySummary::default();
    }
    let quantile = |part| us(latencies.value_at_quantile(part));
    LatencySummary {
        min: us(latencies.min()),
        p50: quantile(0.5),
        p90: quantile(0.9),
        p99: quantile(0.99),
        p99_9: quantile(0.999),
        max: us(latencies.max()),
    }
}

fn series(counters: &LoadCounters) -> Vec<SecondResult> {
    let all = counters.until_ns - counters.from_ns;
    let second = |(index, second): (u64, &SecondCounters)| {
        let end_ns = ((index + 1) * SECOND_NS).min(all);
        let span = (end_ns - index * SECOND_NS) as f64 / SECOND_NS as f64;
        let latency = latency(&second.latencies);
        SecondResult {
            at_s: end_ns as f64 / SECOND_NS as f64,
            requests_per_s: per_second(second.latencies.len(), span),
            applied_per_s: per_second(second.applied, span),
            p50_us: latency.p50,
            p99_us: latency.p99,
        }
    };
    (0..).zip(&counters.series).map(second).collect()
}

fn distribution(latencies: &Histogram<u64>) -> Vec<DistributionPoint> {
    let points = latencies.iter_quantiles(TICKS_A_HALVING).map(|point| DistributionPoint {
        percentile: 100.0 * point.quantile_iterated_to(),
        latency_us: us(point.value_iterated_to()),
    });
    points.collect()
}
