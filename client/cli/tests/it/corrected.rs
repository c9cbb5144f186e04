//! Files that are corrected and run again under the same name, and what comes through a pipe.

use super::server::{booked, create_opera, serve};
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

const FIRST: &str = "event,customer,seats\nopera,Ana,A1\nopera,Ben,A\nopera,Cleo,A3\n";

/// Writes a file, or writes it anew, and runs it as a batch.
fn batch(cli: &Cli, file: &Path, content: &str) -> Run {
    fs::write(file, content).expect("written");
    cli.run_words(&["batch", file.to_str().expect("UTF-8")])
}

/// Runs a batch of what comes through a pipe, in this folder.
fn piped(cli: &Cli, folder: &Path, options: &[&str], content: &str) -> Run {
    let mut command = cli.command([&["batch", "-"], options].concat());
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(content.as_bytes()).expect("it reads to the end");
    drop(stdin);
    Run::from(child.wait_with_output().expect("it was started"))
}

/// The rows of a results file: status, customer and seats.
fn results(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("the results");
    let lines = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    lines.map(|cells| [cells[2], cells[4], cells[5]].join(" ")).collect()
}

#[test]
fn a_corrected_file_books_what_is_new_and_has_a_line_for_each_row() {
    let (_server, cli) = serve();
    create_opera(&cli);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("fix.csv");
    batch(&cli, &file, FIRST).ended(1);
    let lines = || results(&folder.path().join("fix.results.csv"));
    assert_eq!(lines(), ["confirmed Ana A1", "refused Ben ", "confirmed Cleo A3"]);

    // As another program writes it, with a further column, and the correction.
    let corrected = "Customer;Note;Event;Seats\r\nAna;;opera;A1\r\nBen;was A;opera;A2\r\n\
                     Cleo;;opera;A3\r\nDora;;opera;A4\r\n";
    let run = batch(&cli, &file, corrected).ended(0);
    assert!(run.stdout.starts_with("4 rows: 4 booked\n"), "{}", run.stdout);
    assert!(run.stdout.contains("; 2 were done before"), "{}", run.stdout);
    let all = ["Ana [A1]", "Ben [A2]", "Cleo [A3]", "Dora [A4]"];
    assert_eq!(booked(&cli), all);
    let each = ["confirmed Ana A1", "confirmed Ben A2", "confirmed Cleo A3", "confirmed Dora A4"];
    assert_eq!(lines(), each);
    batch(&cli, &file, corrected).ended(0);
    assert_eq!(booked(&cli), all);
}

#[test]
fn a_booked_row_that_is_different_or_gone_is_listed_and_stays_as_it_is() {
    let (_server, cli) = serve();
    create_opera(&cli);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("fix.csv");
    batch(&cli, &file, FIRST).ended(1);
    let changed = FIRST.replace("Cleo,A3", "Cleo,A5") + "opera,Dora,A4\n";
    let run = batch(&cli, &file, &changed).ended(3);
    let said = run.stderr;
    assert!(said.contains(": line 4: a row that was booked is different or gone here"), "{said}");
    assert!(said.contains(": booked, and not in it any more: opera Cleo A3 "), "{said}");
    assert_eq!(booked(&cli), ["Ana [A1]", "Cleo [A3]", "Dora [A4]"]);
    let lines = results(&folder.path().join("fix.results.csv"));
    let expected = [
        "confirmed Ana A1",
        "refused Ben ",
        "different Cleo ",
        "confirmed Dora A4",
        "gone Cleo A3",
    ];
    assert_eq!(lines, expected);

    batch(&cli, &file, "event,customer,seats\nopera,Cleo,A3\n").ended(3);
    batch(&cli, &file, &(FIRST.to_owned() + "opera,Dora,A4\n")).ended(1);
    assert_eq!(booked(&cli), ["Ana [A1]", "Cleo [A3]", "Dora [A4]"]);
}

#[test]
fn failed_rows_are_copied_anew_unless_somebody_changed_the_copies() {
    let (_server, cli) = serve();
    create_opera(&cli);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [file, failed] = ["fix.csv", "fix.failed.csv"].map(|name| folder.path().join(name));
    let copies = || fs::read_to_string(&failed).expect("the failed rows");
    let two = FIRST.to_owned() + "opera,Dora,D\n";
    batch(&cli, &file, &two).ended(1);
    assert!(copies().contains("Ben") && copies().contains("Dora"), "{}", copies());
    let one = two.replace("Ben,A", "Ben,A2");
    batch(&cli, &file, &one).ended(1);
    assert!(!copies().contains("Ben") && copies().contains("Dora"), "{}", copies());
    let none = one.replace("Dora,D", "Dora,A4");
    batch(&cli, &file, &none).ended(0);
    assert!(!failed.exists());

    batch(&cli, &file, &(none.clone() + "opera,Eve,E\n")).ended(1);
    let corrected = copies().replace(",E\n", ",A5\n");
    fs::write(&failed, &corrected).expect("written");
    batch(&cli, &file, &(none + "opera,Eve,E\nopera,Fay,F\n")).ended(1);
    assert_eq!(copies(), corrected);
}

#[test]
fn a_pipe_is_read_and_the_same_content_is_the_same_batch() {
    let (_server, cli) = serve();
    create_opera(&cli);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let rows = "event,customer,seats\nopera,Ana,A1\n";
    for _ in 0..2 {
        piped(&cli, folder, &[], rows).ended(0);
    }
    let object = "{\"event\":\"opera\",\"customer\":\"Ben\",\"seats\":\"A1\"}\n";
    let run = piped(&cli, folder, &["--log", "ben.csv"], object).ended(1);
    assert!(run.stdout.contains("failed: ben.failed.jsonl"), "{}", run.stdout);
    piped(&cli, folder, &["--log", "ben.csv"], &object.replace("A1", "A2")).ended(0);
    assert_eq!(booked(&cli), ["Ana [A1]", "Ben [A2]"]);
    assert_eq!(results(&folder.join("ben.results.csv")), ["confirmed Ben A2"]);
    let foreign = folder.join("foreign.csv");
    fs::write(&foreign, "mine").expect("written");
    for option in ["--log", "--out"] {
        piped(&cli, folder, &[option, "foreign.csv"], rows).ended(2);
    }
    assert_eq!(fs::read_to_string(&foreign).expect("as it was"), "mine");
}
