//! Figures: their medians, their ratios, their tables.

use crate::results::{Figure, Results, rate};
use crate::statistics::{Spread, percentile};
use crate::subject::{Case, Subject};
use crate::table::{Table, amount};

fn check(values: &[f64], low: f64, median: f64, high: f64) {
    assert_eq!(Spread::of(values.to_vec()), Some(Spread { low, median, high }), "{values:?}");
}

#[test]
fn a_spread_knows_the_middle() {
    check(&[7.0], 7.0, 7.0, 7.0);
    check(&[3.0, 1.0, 2.0], 1.0, 2.0, 3.0);
    check(&[4.0, 1.0, 3.0, 2.0], 1.0, 2.5, 4.0);
    assert_eq!(Spread::of(Vec::new()), None);
}

#[test]
fn a_percentile_is_one_of_the_values() {
    let values: Vec<u32> = (1..=200).collect();
    assert_eq!(percentile(&values, 0.5), 100);
    assert_eq!(percentile(&values, 0.99), 198);
    assert_eq!(percentile(&values, 1.0), 200);
    assert_eq!(percentile(&values, 0.0), 1);
    assert_eq!(percentile(&[9], 0.5), 9);
    assert_eq!(percentile(&[], 0.5), 0);
}

fn results(rounds: &[(Option<f64>, Option<f64>)]) -> Results {
    let figure = |per_second: &f64| Figure { per_second: *per_second, p50_us: None, p99_us: None };
    let round = |(ours, limit): &(Option<f64>, Option<f64>)| {
        let ours = ours.as_ref().map(|rate| (OURS, figure(rate)));
        let limit = limit.as_ref().map(|rate| (LIMIT, figure(rate)));
        ours.into_iter().chain(limit).collect()
    };
    Results { rounds: rounds.iter().map(round).collect() }
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
fn a_table_is_aligned_and_escaped() {
    let mut table = Table::new(["what", "×1"]);
    table.row(["a|b".to_owned(), "94.1k".to_owned()]);
    table.row(["nothing".to_owned()]);
    let expected = "\
        | what    |    ×1 |\n\
        |---------|------:|\n\
        | a\\|b    | 94.1k |\n\
        | nothing |       |\n";
    assert_eq!(table.to_string(), expected);
}

#[test]
fn amounts_have_three_figures() {
    let cases = [
        (0.0, "0.000"),
        (0.9123, "0.912"),
        (1.0, "1.00"),
        (9.996, "10.0"),
        (99.96, "100"),
        (999.4, "999"),
        (999.6, "1.00k"),
        (94_149.0, "94.1k"),
        (999_600.0, "1.00M"),
        (1_590_000.0, "1.59M"),
        (12_345_678.0, "12.3M"),
    ];
    for (value, expected) in cases {
        assert_eq!(amount(value), expected, "{value}");
    }
}
