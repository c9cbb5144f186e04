//! An input that is changed and run again books what is new, and nothing that may be booked.

use super::fakes::{Mood, RunLife};
use super::trial::{Trial, random_rows};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Runs a batch, changes its input, and runs it again. The rows are `customer,seats,order,line`.
/// Returns the seats that were then booked, and the rows that were different and gone.
fn corrected(first: &[&str], then: &[&str]) -> (Vec<String>, u64, u64) {
    let input = |rows: &[&str]| {
        let rows: String = rows.iter().map(|row| format!("e,{row}\n")).collect();
        format!("event,customer,seats,order,line\n{rows}")
    };
    let trial = Trial::new(8, &input(first));
    trial.run_kindly().expect("a good input");
    let before = trial.server.reservations();
    trial.set_input(&input(then));
    let summary = trial.run_kindly().expect("a good input").summary;
    let all = trial.server.reservations();
    let new = all.iter().filter(|made| !before.contains(made));
    let seats = new.map(|made| format!("{:?}", made.places));
    let mut seats: Vec<_> = seats
        .map(|seats| seats.trim_start_matches("Seats([\"").trim_end_matches("\"])").to_owned())
        .collect();
    seats.sort();
    assert!(before.iter().all(|made| all.contains(made)));
    let again = trial.run_kindly().expect("a good input").summary;
    assert_eq!(trial.server.reservations().len(), all.len(), "a row was sent again");
    assert_eq!(again.already_done + again.counts.differing, again.rows);
    (seats, summary.counts.differing, summary.gone)
}

/// Compares the second run with what it should have booked, and found to be different and gone.
fn check_corrected(first: &[&str], then: &[&str], booked: &[&str], differing: u64, gone: u64) {
    let (seats, different, missing) = corrected(first, then);
    assert_eq!(seats, booked, "{then:?}");
    assert_eq!((different, missing), (differing, gone), "{then:?}");
}

#[test]
fn a_corrected_input_books_what_is_new_and_nothing_that_may_be_booked() {
    // Refused by the server, and bad by itself.
    for bob in ["bob,A0,,", "bob,,,"] {
        let rows = ["ann,A1,,", bob, "cleo,A3,,"];
        let check = |then: &[&str], booked: &[&str], differing, gone| {
            check_corrected(&rows, then, booked, differing, gone);
        };
        check(&["ann,A1,,", "bob,A2,,", "cleo,A3,,"], &["A2"], 0, 0);
        check(&["bob,A2,,", "cleo,A3,,", "ann,A1,,"], &["A2"], 0, 0);
        check(&["ann,A1,,", bob, "cleo,A3,,", "dora,A4,,"], &["A4"], 0, 0);
        check(&["ann,A1,,", "ann,A1,,", bob, "cleo,A3,,"], &[], 0, 0);
        // Booked, and now different: other seats, another name, or both rows around it changed too.
        check(&["ann,A5,,", "bob,A2,,", "cleo,A3,,"], &["A2"], 1, 1);
        check(&["anne,A1,,", "bob,A2,,", "cleo,A3,,"], &["A2"], 1, 1);
        check(&["ann,A1,,", bob, "cleo,A7,,", "dora,A4,,"], &["A4"], 1, 1);
        // Gone, while others come at the end.
        check(&[bob, "cleo,A3,,", "dora,A4,,"], &["A4"], 0, 1);
        check(&["dora,A4,,", "eve,A5,,"], &[], 2, 2);
        check(&["cleo,A3,,"], &[], 0, 1);
    }
}

#[test]
fn rows_with_orders_are_known_by_them() {
    let rows = ["ann,A1,7,1", "ann,A0,7,2", "bob,A2,8,"];
    let check = |then: &[&str], booked: &[&str], differing, gone| {
        check_corrected(&rows, then, booked, differing, gone);
    };
    check(&["ann,A1,7,1", "ann,A5,7,2", "bob,A2,8,"], &["A5"], 0, 0);
    check(&["ann,A6,7,1", "ann,A5,7,2", "bob,A2,8,"], &["A5"], 1, 1);
    // Another order of a customer is another row; a row that is gone leaves no doubt about others.
    check(&["ann,A1,9,1", "ann,A5,7,2", "bob,A2,8,"], &["A5"], 0, 1);
    check(&["ann,A4,9,1", "ann,A5,7,2", "bob,A2,8,"], &["A4", "A5"], 0, 1);
    check(&["ann,A1,7,1", "bob,A7,8,", "bob,A2,8,"], &["A7"], 0, 0);
    check(&["ann,A1,7,1", "bob,A7,8,"], &[], 1, 1);
    check(&["ann,A1,7,1.0", "ann,A1,7,1", "bob,A2,8.0,"], &[], 0, 0);
}

/// A change of the rows `c1` to `c{rows}`: some are left out, moved, given other places, or added.
fn changed_rows(random: &mut fastrand::Rng, input: &str) -> String {
    let (header, rows) = input.split_once('\n').expect("a header");
    let mut rows: Vec<String> = rows.lines().map(ToOwned::to_owned).collect();
    for _ in 0..random.usize(0..8) {
        let row = format!("e,d{},,{},", random.u32(..), random.u32(1..4));
        match random.u32(0..4) {
            0 => rows.insert(random.usize(0..=rows.len()), row),
            1 if !rows.is_empty() => drop(rows.remove(random.usize(..rows.len()))),
            2 if !rows.is_empty() => {
                let changed = random.usize(..rows.len());
                let customer = rows[changed].split(',').nth(1).expect("a customer").to_owned();
                rows[changed] = format!("e,{customer},A{},,", random.u32(30..60));
            }
            _ if rows.len() > 1 => {
                let (one, other) = (random.usize(..rows.len()), random.usize(..rows.len()));
                rows.swap(one, other);
            }
            _ => {}
        }
    }
    rows.iter().fold(format!("{header}\n"), |all, row| all + row + "\n")
}

/// Whatever is changed and killed: no customer, which each row has its own of, is booked twice, and
/// nothing that was booked changes.
fn corrected_and_killed_anywhere_books_no_row_twice(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let rows = random.u32(0..20);
    let mut input = random_rows(&mut random, rows);
    let trial = Trial::new(seed, &input);
    trial.run_kindly().expect("a good input");
    for _ in 0..random.u32(1..5) {
        let before = trial.server.reservations();
        input = changed_rows(&mut random, &input);
        trial.set_input(&input);
        for _ in 0..random.u32(0..4) {
            let life = RunLife::of(random.u32(1..30));
            if !matches!(trial.run(&life, Mood::Unkind), Some(Ok(_))) {
                trial.disk.crash(&mut random);
            }
        }
        let report = trial.run_kindly().expect("a good input");
        assert!(report.stopped.is_none() && report.summary.open == 0, "{report:?}");
        let made = trial.server.reservations();
        assert!(before.iter().all(|earlier| made.contains(earlier)));
        let customers: Vec<_> = made.iter().map(|made| made.customer.to_string()).collect();
        let once: BTreeSet<_> = customers.iter().collect();
        assert_eq!(once.len(), customers.len(), "{customers:?}");
        // What is in the results has a reservation, and nothing else.
        let results = std::fs::read_to_string(&trial.job.results).expect("results");
        let booked = results.lines().filter(|line| {
            ["confirmed", "held", "gone"].contains(&line.split(',').nth(2).unwrap_or_default())
        });
        assert_eq!(booked.count(), made.len(), "{results}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 200 } else { 5_000 }))]

    /// The seed of a failure is printed and replays it.
    #[test]
    fn corrected_and_killed_anywhere(seed: u64) {
        corrected_and_killed_anywhere_books_no_row_twice(seed);
    }
}
