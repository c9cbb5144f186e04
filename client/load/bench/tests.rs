//! The unit tests of the comparison: a bench that is a program of its own has no test harness.

mod compare;

use boxoffice_load::statistics::Spread;
use compare::figure::{Figure, rate};
use compare::postgres::measure::transactions_per_second;
use compare::results::ComparisonResults;
use compare::subject::{Case, Subject};
use std::process::ExitCode;

fn main() -> ExitCode {
    compare::main()
}

fn results(rounds: &[(Option<f64>, Option<f64>)]) -> ComparisonResults {
    let figure = |per_second: &f64| Figure { per_second: *per_second, p50_us: None, p99_us: None };
    let round = |(ours, limit): &(Option<f64>, Option<f64>)| {
        let ours = ours.as_ref().map(|rate| (OURS, figure(rate)));
        let limit = limit.as_ref().map(|rate| (LIMIT, figure(rate)));
        ours.into_iter().chain(limit).collect()
    };
    ComparisonResults { rounds: rounds.iter().map(round).collect() }
}

const OURS: Case = Subject::STANDING.at(16);
const LIMIT: Case = Subject::LIMIT.at(16);

#[test]
fn a_ratio_is_paired_within_the_round() {
    // The machine was ten times slower in the second round: the medians' ratio would be 5.
    let results = results(&[
        (Some(50.0), Some(100.0)),
        (Some(5.0), Some(10.0)),
        (Some(60.0), Some(100.0)),
        (None, Some(100.0)),
    ]);
    let ratio = results.ratio(OURS, LIMIT, rate);
    assert_eq!(ratio, Some(Spread { low: 0.5, median: 0.5, high: 0.6 }));
    let rate = results.rate(OURS);
    assert_eq!(rate, Some(Spread { low: 5.0, median: 50.0, high: 60.0 }));
}

#[test]
fn what_was_never_measured_has_no_figure() {
    let results = results(&[(Some(1.0), None), (Some(1.0), Some(0.0))]);
    assert_eq!(results.ratio(OURS, LIMIT, rate), None);
    assert_eq!(results.latency(OURS, |figure| figure.p99_us), None);
}

#[test]
fn a_figure_is_found_by_its_column() {
    let printed = "\"test\",\"rps\",\"avg_latency_ms\",\"p50_latency_ms\",\"p99_latency_ms\"\n\
        \"SET a, b\",\"63492.06\",\"0.4\",\"0.711\",\"1.271\"\n";
    let figure = compare::redis::measure::figure(printed).expect("a figure");
    assert_eq!(figure.per_second, 63_492.06);
    assert_eq!(figure.p50_us, Some(711.0));
    assert_eq!(figure.p99_us, Some(1_271.0));
    assert!(compare::redis::measure::figure("\"test\",\"avg\"\n\"SET\",\"1\"\n").is_err());
    assert!(compare::redis::measure::figure("").is_err());
}

#[test]
fn a_rate_is_found_among_what_is_printed() {
    let printed = "number of clients: 16\nlatency average = 7.1 ms\n\
        tps = 2237.512 (without initial connection time)\n";
    assert_eq!(transactions_per_second(printed).expect("a rate"), 2_237.512);
    assert!(transactions_per_second("latency average = 7.1 ms\n").is_err());
}
