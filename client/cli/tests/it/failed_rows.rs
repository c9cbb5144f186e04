//! Rows that failed: copied in the shape of their file, corrected there, and booked from there.

use super::server::serve;
use boxoffice_testing::cli::Cli;
use std::fs;
use std::path::Path;

/// A server with an opera of three rows of nine seats, of which C1 is taken.
fn opera() -> (boxoffice_server::Server, Cli) {
    let (server, cli) = serve();
    cli.done(
        "event create opera --name Opera --starts 2030-03-01T19:30:00Z --section pit=3x9@12.00",
    );
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
    assert_eq!(lines[0], "event;phone;customer;seats;reason");
    assert!(lines[1].starts_with("opera;\"1;2\";Vic;C1;SeatsTaken: "), "{copied}");
    assert!(lines[2].starts_with("opera;3;'=Wes;C;\"seats: "), "{copied}");
    assert!(lines[3].starts_with("opera;4;;;"), "{copied}");

    let corrected = copied.replace(";C1;", ";C4;").replace(";C;", ";C5;");
    fs::write(&failed, &corrected).expect("written");
    batch(&cli, &failed).ended(1);
    let mut booked: Vec<_> = cli
        .objects("reservations")
        .iter()
        .map(|made| format!("{} {}", made["customer"], made["seats"]).replace('"', ""))
        .collect();
    booked.sort();
    assert_eq!(booked, ["=Wes [C5]", "Uma [C3]", "Una [C1]", "Vic [C4]"]);

    let run = batch(&cli, &input).ended(1);
    assert!(run.stdout.contains("left alone"), "{}", run.stdout);
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
