//! A batch that is killed anywhere and run again books each row exactly once.

use super::fakes::{Mood, RunLife};
use super::input::InputSource;
use super::log::LockedFile;
use super::trial::{Trial, random_rows};
use super::{BatchJob, BatchRun, Replan};
use boxoffice_client::protocol::reservation::Status;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn check_exactly_once(trial: &Trial, rows: u32) {
    let statuses = trial.statuses();
    let mut made: BTreeMap<String, Vec<Status>> = BTreeMap::new();
    for reservation in trial.server.reservations() {
        made.entry(reservation.customer.to_string()).or_default().push(reservation.status);
    }
    for number in 1..=rows {
        let status = statuses.get(&number.into()).map_or("none", String::as_str);
        let made = made.remove(&format!("c{number}")).unwrap_or_default();
        let expected = match status {
            "confirmed" => vec![Status::Confirmed],
            "held" => vec![Status::Held],
            "refused" | "bad" => vec![],
            other => panic!("row {number} is {other}"),
        };
        assert_eq!(made, expected, "row {number} is {status}");
    }
    assert_eq!(made, BTreeMap::new(), "reservations of nobody's");
}

fn killed_anywhere_books_each_row_once(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let rows = random.u32(0..60);
    let trial = Trial::new(seed, &random_rows(&mut random, rows));
    for _ in 0..random.u32(1..12) {
        let life = RunLife::of(random.u32(1..80));
        if !matches!(trial.run(&life, Mood::Unkind), Some(Ok(_))) {
            trial.disk.crash(&mut random);
        }
    }
    let report = trial.run_kindly().expect("a good input");
    assert!(report.stopped.is_none() && report.summary.open == 0, "{report:?}");
    check_exactly_once(&trial, rows);
    let before = trial.disk.text();
    let again = trial.run_kindly().expect("a good input");
    assert_eq!(again.summary.counts, report.summary.counts);
    assert_eq!(again.summary.already_done, u64::from(rows));
    assert_eq!(trial.disk.text(), before, "a batch that is done changed its results");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 500 } else { 20_000 }))]

    /// The seed of a failure is printed and replays it.
    #[test]
    fn killed_anywhere(seed: u64) {
        killed_anywhere_books_each_row_once(seed);
    }
}

const THREE: &str = "event,customer,seats\ne,c1,A1\ne,c2,A1\ne,c3,A3\n";

#[test]
fn rows_arrive_in_order_and_are_counted() {
    let mut input = THREE.to_owned();
    for number in 4..500 {
        writeln!(input, "e,c{number},B{number}").expect("a string takes everything");
    }
    let trial = Trial::new(1, &input);
    let report = trial.run_kindly().expect("a good input");
    let ids: Vec<_> = csv::Reader::from_reader(trial.disk.text().as_bytes())
        .into_records()
        .map(|record| record.expect("whole records"))
        .filter(|record| &record[0] == "planned")
        .map(|record| record[5].parse().expect("an id"))
        .collect();
    assert_eq!(trial.server.arrived(), ids);
    let counts = report.summary.counts;
    assert_eq!((counts.booked, counts.refused["SeatsTaken"]), (498, 1));
}

#[test]
fn an_input_that_changes_before_all_rows_have_outcomes_is_refused() {
    let trial = Trial::new(2, THREE);
    trial.run(&RunLife::of(6), Mood::Kind);
    let arrived = trial.server.arrived();
    for (input, rows) in [
        (THREE.replace("A3", "A4"), 1),
        (THREE.replace("seats", "best"), 3),
        (THREE.replace("e,c1,A1\n", ""), 1),
    ] {
        trial.set_input(&input);
        let error = trial.run_kindly().expect_err("a changed input").to_string();
        assert!(error.contains(&format!("{rows} of its rows without one")), "{error}");
        assert_eq!(trial.server.arrived(), arrived);
    }
    trial.set_input(&format!("\u{FEFF}{}", THREE.replace(',', ";").replace('\n', "\r\n")));
    assert_eq!(trial.run_kindly().expect("the same rows").summary.open, 0);
    check_exactly_once(&trial, 3);
}

#[test]
fn ids_that_are_too_old_wait_for_people() {
    let mut trial = Trial::new(3, THREE);
    // Long enough for the plan and the first row, whose answer is lost.
    trial.run(&RunLife::of(6), Mood::Kind);
    assert_eq!(trial.server.reservations().len(), 1);
    trial.server.a_day_later();
    let report = trial.run_kindly().expect("the same input");
    assert_eq!((report.summary.counts.booked, report.summary.counts.stale), (1, 2));
    assert_eq!(trial.run_kindly().expect("the same input").summary.already_done, 3);
    trial.job.replan = Replan::Stale;
    let report = trial.run_kindly().expect("the same input");
    assert_eq!((report.summary.counts.booked, report.summary.counts.stale), (2, 0));
    assert_eq!(report.summary.already_done, 1);
    check_exactly_once(&trial, 3);
}

#[test]
fn one_id_is_one_row() {
    let id = "0192d3a0-7b1c-7def-8a12-3456789abcde";
    let input = format!("event,customer,seats,id\ne,c1,A1,{id}\ne,c1,A1,{id}\n");
    let trial = Trial::new(4, &input);
    let report = trial.run_kindly().expect("a good header");
    assert_eq!(report.summary.counts.bad, 1);
    // Chosen by the file and too old: refused like anything else, since a new id cannot help.
    assert_eq!(report.summary.counts.refused["Invalid"], 1);
}

#[test]
fn damage_to_the_plan_is_refused_and_to_outcomes_is_asked_again() {
    let trial = Trial::new(5, THREE);
    trial.run_kindly().expect("a good input");
    let good = trial.disk.text();
    for (from, to, expected) in [
        ("planned,2", "planned,7", "line 3"),
        ("planned,1", "planned,x", "line 2"),
        ("ready,3", "", "line 5"),
        ("record,promise", "name,price", "not the log"),
    ] {
        trial.disk.set_text(&good.replacen(from, to, 1));
        let error = trial.run_kindly().expect_err("a damaged plan").to_string();
        assert!(error.contains(expected), "{error:?} does not say {expected:?}");
    }
    trial.disk.set_text(&good.replacen("outcome,2", "\0\0\0\0\0\0\0\0\0", 1));
    let report = trial.run_kindly().expect("a good plan");
    assert_eq!((report.summary.already_done, report.summary.open), (2, 0));
}

#[test]
fn two_runs_refuse_each_other() {
    let trial = Trial::new(6, THREE);
    let first = BatchRun::open(trial.job.clone()).expect("nobody else runs it");
    let error =
        BatchRun::open(trial.job.clone()).map(|_| ()).expect_err("a second run").to_string();
    assert!(error.contains("rows.log.csv: another run"), "{error}");
    drop(first);
    assert!(BatchRun::open(trial.job).is_ok());
}

#[test]
fn files_that_are_no_input_are_refused() {
    let trial = Trial::new(7, THREE);
    let open = |name: &str| {
        let input = InputSource::File(trial.folder.path().join(name));
        let job = BatchJob { input, ..trial.job.clone() };
        BatchRun::open(job).map(|_: BatchRun<LockedFile>| ()).expect_err("no input").to_string()
    };
    std::fs::create_dir(trial.folder.path().join("folder.csv")).expect("a folder");
    std::fs::write(trial.folder.path().join("empty.csv"), "").expect("a file");
    assert!(open("folder.csv").contains("not a regular file"));
    assert!(open("empty.csv").contains("is empty"));
    assert!(open("rows.xlsx").contains("something.csv or something.jsonl"));
    assert!(open("missing.csv").contains("missing.csv"));
    let input = trial.folder.path().join("rows.csv");
    let log = BatchJob { log: input.clone(), ..trial.job.clone() };
    let error = BatchRun::open(log).map(|_| ()).expect_err("the input is no log");
    assert!(error.to_string().contains("not the log"), "{error}");
    let out = BatchJob { results: input, ..trial.job.clone() };
    let error = BatchRun::open(out).map(|_| ()).expect_err("the input is no results");
    assert!(error.to_string().contains("not the results"), "{error}");
    assert!(!trial.job.log.exists());
}
