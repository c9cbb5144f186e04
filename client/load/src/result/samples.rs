//! Results to test with.

use super::{
    CpuTimes, DistributionPoint, ExchangeRecord, LatencySummary, RunResult, SecondResult,
    TrafficBytes, Verification, ViolationKind, ViolationRecord,
};
use std::collections::BTreeMap;

/// So few digits that they read back as they are.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// A run that went well.
pub(crate) fn run() -> RunResult {
    let settings = [
        ("connections", 50.into()),
        ("pipeline", 16.into()),
        ("duration", "10s".into()),
        ("workload", "rush".into()),
    ];
    let percentiles =
        (0..=60).map(|half| rounded(100.0 - 100.0 / 2f64.powf(f64::from(half) / 3.0)));
    RunResult {
        workload: "rush".to_owned(),
        server: "boxoffice/0.1.0".to_owned(),
        started_at: "2026-11-21T10:00:00Z".to_owned(),
        seconds: 10.0,
        requests: 12_345_678,
        throughput_per_s: 1_234_567.8,
        applied: 9_000_000,
        applied_per_s: 900_000.0,
        latency_us: LatencySummary {
            min: 81.0,
            p50: 402.0,
            p90: 910.0,
            p99: 1_830.0,
            p99_9: 4_100.0,
            max: 23_900.0,
        },
        refused: BTreeMap::from([("SeatsTaken".to_owned(), 3_345_678)]),
        unsent: 0,
        bytes: TrafficBytes { sent: 790_000_000, received: 1_300_000_000 },
        cpu: CpuTimes {
            generator_s: 7.4,
            server_s: Some(11.2),
            generator_was_the_bottleneck: false,
        },
        fairness: 0.9987,
        verified: Some(true),
        verification: Some(Verification {
            exchanges: 12_345_678,
            replayed: 12_345_678,
            history_bytes: 395_061_696,
            events: 1,
            compared: 3_345_678,
            listed: 9_000_000,
            took_ms: 8_412,
            ..Verification::default()
        }),
        settings: settings.map(|(name, value)| (name.to_owned(), value)).into(),
        series: (1..=10u32)
            .map(|at| {
                let wave = f64::from(at * 7 % 5) * 20_000.0;
                SecondResult {
                    at_s: at.into(),
                    requests_per_s: 1_190_000.0 + wave,
                    applied_per_s: 860_000.0 + wave / 2.0,
                    p50_us: 380.0 + wave / 1_600.0,
                    p99_us: 1_500.0 + wave / 80.0,
                }
            })
            .collect(),
        distribution: percentiles
            .map(|percentile| {
                let one_in: f64 = 1.0 / (1.0 - percentile / 100.0);
                let latency_us = rounded(81.0 + 330.0 * one_in.ln().powf(1.4));
                DistributionPoint { percentile, latency_us }
            })
            .collect(),
    }
}

/// A run in which a seat was sold twice.
pub(crate) fn violated() -> RunResult {
    let exchange = |number: u32, ms: u64, version| ExchangeRecord {
        connection: Some(3),
        sent_ns: Some(ms * 1_000_000),
        done_ns: Some(ms * 1_000_000 + 402_000),
        version,
        said: format!("#{number} confirmed now: A1"),
    };
    let mut run = run();
    run.verified = Some(false);
    if let Some(verification) = &mut run.verification {
        verification.violations_found = 1;
        verification.unchecked = vec!["counts of dune-2".to_owned()];
        verification.violations = vec![ViolationRecord {
            kind: ViolationKind::Oversold,
            what: "#7 and #9 have seat A1".to_owned(),
            event: "dune-2".to_owned(),
            history: vec![exchange(7, 14, 3), exchange(9, 20, 8)],
        }];
    }
    run
}
