//! Rows that failed: copied in the shape of their file, corrected there, and booked from there.

use super::server::{booked, create_opera, serve};
use boxoffice_testing::cli::Cli;
use std::fs;
use std::path::Path;

/// A server with an opera of three rows of nine seats, of which C1 is taken.
fn opera() -> (boxoffice_server::Server, Cli) {
    let (server, cli) = serve();
    create_opera(&cli);
    cli.done("reserve opera C1 --customer Una");
    (server, cli)
}

fn batch(cli: &Cli, file: &Path) -> boxoffice_testing::Run {
    cli.run_words(&["batch", file.to_str().expect("UTF-8")])
}

#[test]
fn failed_rows_are_corrected_in_a_file_of_the_same_shape_and_booked_from_there() {
    let (_server, cli) = opera();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [input, failed] = ["in.csv", "in.failed.csv"].map(|name| folder.path().join(name));
    let rows = "event;phone;customer;seats\nopera;+49;Uma;C3\nopera;\"1;2\";Vic;C1\n\
                opera;3;=Wes;C\nopera;4\n";
    fs::write(&input, rows).expect("written");
    let run = batch(&cli, &input).ended(1);
    assert!(run.stdout.contains(&format!("failed: {}", failed.display())), "{}", run.stdout);

    let copied = fs::read_to_string(&failed).expect("the failed rows");
    let lines: Vec<&str> = copied.lines().collect();
    assert_eq!(lines.len(), 4, "{copied}");
    assert_eq!(lines[0], "reason;event;phone;customer;seats");
    assert!(
        lines[1].starts_with("SeatsTaken: ") && lines[1].ends_with(";opera;\"1;2\";Vic;C1"),
        "{copied}"
    );
    assert_eq!(lines[2], "NoSuchSeat: no such seat: C;opera;3;'=Wes;C");
    assert!(lines[3].ends_with(";opera;4"), "{copied}");

    let corrected = copied.replace(";C1\n", ";C4\n").replace(";C\n", ";C5\n");
    fs::write(&failed, &corrected).expect("written");
    batch(&cli, &failed).ended(1);
    let booked = booked(&cli);
    assert_eq!(booked, ["=Wes [C5]", "Uma [C3]", "Una [C1]", "Vic [C4]"]);

    let run = batch(&cli, &input).ended(1);
    assert!(run.stderr.contains("left alone"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&failed).expect("the failed rows"), corrected);
}

#[test]
fn failed_lines_of_json_keep_their_keys_and_may_have_a_reason() {
    let (_server, cli) = opera();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [input, failed, again] = ["in.jsonl", "in.failed.jsonl", "in.failed.failed.jsonl"]
        .map(|name| folder.path().join(name));
    let rows = "{\"seats\":\"C1\",\"event\":\"opera\",\"customer\":\"Vic\"}\n\
                {\"event\":\"opera\",\"customer\":\"Uma\",\"seats\":\"C3\"}\n{\"event\":\n";
    fs::write(&input, rows).expect("written");
    batch(&cli, &input).ended(1);
    let copied = fs::read_to_string(&failed).expect("the failed rows");
    let start =
        "{\"seats\":\"C1\",\"event\":\"opera\",\"customer\":\"Vic\",\"reason\":\"SeatsTaken: ";
    assert!(copied.starts_with(start), "{copied}");
    assert!(copied.ends_with("\n{\"event\":\n"), "{copied}");

    batch(&cli, &failed).ended(1);
    let twice = fs::read_to_string(&again).expect("the failed rows");
    assert_eq!(twice.matches("reason").count(), 1, "{twice}");
}

/// A row that is torn, or has a cell too many, could be a good one if it was padded or cut.
#[test]
fn a_row_with_a_wrong_number_of_cells_is_no_good_row_in_the_copy() {
    let (_server, cli) = opera();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [input, failed] = ["in.csv", "in.failed.csv"].map(|name| folder.path().join(name));
    fs::write(&input, "event,customer,best,together\nopera,Uma,2\nopera,Vic,2,yes,C3\n")
        .expect("written");
    for file in [&input, &failed] {
        let run = batch(&cli, file).ended(1);
        assert!(run.stdout.starts_with("2 rows: 0 booked, 2 bad"), "{}", run.stdout);
    }
}

#[test]
fn a_mistake_in_a_line_of_json_is_no_good_line_in_copies_of_copies() {
    let (_server, cli) = opera();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let names = ["in.jsonl", "in.failed.jsonl", "in.failed.failed.jsonl"];
    let files = names.map(|name| folder.path().join(name));
    let twice = "{\"event\":\"opera\",\"customer\":\"Uma\",\"seats\":\"C3\",\"seats\":\"C4\"}\n";
    fs::write(&files[0], twice).expect("written");
    for file in &files {
        let run = batch(&cli, file).ended(1);
        assert!(run.stdout.starts_with("1 row: 0 booked, 1 bad"), "{}", run.stdout);
    }
}

#[test]
fn a_batch_without_a_failed_row_has_no_file_of_them() {
    let (_server, cli) = opera();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("in.csv");
    fs::write(&input, "event,customer,seats\nopera,Uma,C3\n").expect("written");
    let run = batch(&cli, &input).ended(0);
    assert!(!run.stdout.contains("failed"), "{}", run.stdout);
    assert!(!folder.path().join("in.failed.csv").exists());
}
