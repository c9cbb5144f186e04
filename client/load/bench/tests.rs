//! The unit tests of the comparison: a bench that is a program of its own has no test harness.

mod compare;

use compare::machine::{field, file_system, gigabytes};
use compare::postgres::owner::{Owner, find};
use compare::postgres::transactions_per_second;
use compare::results::{Figure, Results, rate};
use compare::statistics::{Spread, percentile};
use compare::subject::{Case, Subject};
use compare::table::{Table, amount};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    compare::main()
}

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

#[test]
fn a_figure_is_found_by_its_column() {
    let printed = "\"test\",\"rps\",\"avg_latency_ms\",\"p50_latency_ms\",\"p99_latency_ms\"\n\
        \"SET a, b\",\"63492.06\",\"0.4\",\"0.711\",\"1.271\"\n";
    let figure = compare::redis::figure(printed).expect("a figure");
    assert_eq!(figure.per_second, 63_492.06);
    assert_eq!(figure.p50_us, Some(711.0));
    assert_eq!(figure.p99_us, Some(1_271.0));
    assert!(compare::redis::figure("\"test\",\"avg\"\n\"SET\",\"1\"\n").is_err());
    assert!(compare::redis::figure("").is_err());
}

#[test]
fn a_rate_is_found_among_what_is_printed() {
    let printed = "number of clients: 16\nlatency average = 7.1 ms\n\
        tps = 2237.512 (without initial connection time)\n";
    assert_eq!(transactions_per_second(printed).expect("a rate"), 2_237.512);
    assert!(transactions_per_second("latency average = 7.1 ms\n").is_err());
}

#[test]
fn a_user_is_found_by_the_whole_name() {
    let users = "postgres2:x:5:6::/:/bin/sh\npostgres:x:101:104:admin:/var:/bin/bash\nodd\n";
    let found = find(users, "postgres").expect("a user");
    assert!(matches!(found, Owner::Other { user: 101, group: 104 }));
    assert!(find(users, "nobody").is_none());
    assert!(find(users, "odd").is_none());
}

#[test]
fn the_nearest_mount_holds_a_folder() {
    let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/disk xfs rw 0 0\n\
        /dev/c /data ext3 rw 0 0\n/dev/d /data btrfs rw 0 0\n";
    let check = |folder: &str, expected: &str| {
        assert_eq!(file_system(mounts, Path::new(folder)).as_deref(), Some(expected), "{folder}");
    };
    check("/home/me", "ext4");
    check("/tmp", "tmpfs");
    check("/tmp/x", "tmpfs");
    check("/tmp/disk/x", "xfs");
    check("/tmp/disks", "tmpfs");
    check("/data/x", "btrfs");
}

#[test]
fn a_field_is_found_by_its_name() {
    let lines = "processor\t: 0\nmodel name\t: Fast: 3 GHz\nmodel name\t: Other\n";
    assert_eq!(field(lines, "model name").as_deref(), Some("Fast: 3 GHz"));
    assert_eq!(field(lines, "model"), None);
    assert_eq!(gigabytes("8388608 kB").as_deref(), Some("8.0 GiB"));
}
