//! Files that people have: mistakes in them are named with file, line and column.

use super::server::{booked, create_opera, serve};
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use tempfile::TempDir;

/// A file with this name and content, in a folder of its own.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    let path = path.to_str().expect("UTF-8").to_owned();
    (folder, path)
}

fn create(cli: &Cli, content: &str) -> (Run, String) {
    let (_folder, path) = file("plan.toml", content);
    (cli.run_words(&["event", "create", "salome", "--from", &path]), path)
}

#[test]
fn a_mistake_in_an_events_file_is_shown_with_its_line_and_a_caret() {
    let (_server, cli) = serve();
    let head = "name = \"Salome\"\r\nstarts = \"2027-03-01T19:30:00+01:00\"\r\n";
    let section = "[[section]]\r\nname = \"pit\"\r\nrows = \"3x5\"\r\nprice = \"12.00\"\r\n";
    create(&cli, &format!("{head}{section}")).0.ended(0);

    let mistake = format!("{head}{section}").replace("\"pit\"", "\t\"pit").replace('\r', "");
    let (run, path) = create(&cli, &mistake);
    let run = run.ended(2);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines[0], format!("error: {path}: TOML parse error at line 4, column 13"));
    assert_eq!(lines[2], "4 | name =  \"pit");
    assert_eq!(lines[3].find('^'), Some("4 | name =  \"pit".len()), "{}", run.stderr);
    assert!(!run.stderr.contains("\\u{"), "{}", run.stderr);
}

/// Books a file of reservations for an opera with three rows of nine seats. Returns the run, the
/// file's path, and the customers with their seats.
fn book(name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> (Run, String, Vec<String>) {
    let (_server, cli) = serve();
    create_opera(&cli);
    let (_folder, path) = file(name, content);
    let run = cli.run_words(&[&["batch", &path], options].concat());
    let booked = booked(&cli);
    (run, path, booked)
}

/// Books a file without a mistake, and checks what stderr says of it.
fn check(content: &str, booked: &[&str], said: &str) {
    let (run, path, made) = book("orders.csv", content, &[]);
    let run = run.ended(0);
    assert_eq!(made, booked, "{content}");
    let said = if said.is_empty() { String::new() } else { format!("{path}: {said}\n") };
    assert_eq!(run.stderr, said, "{content}");
}

#[test]
fn batches_are_read_from_what_spreadsheets_and_shops_write() {
    check("Event,Customer,Seats\nopera,Uma,C3\n", &["Uma [C3]"], "");
    check("event,customer,seats,\nopera,Uma,C3,\n", &["Uma [C3]"], "");
    check("event,customer,seats\nopera,Uma,C3\n,,\n,,\n", &["Uma [C3]"], "");
    check(
        "event,customer,phone,seats,meal\nopera,Uma,555-01,C3,halal\n",
        &["Uma [C3]"],
        "read as UTF-8 with commas between the cells; ignored columns: phone, meal",
    );
    check(
        "event;customer;seats\nopera;Uma;C3\nopera;Vic;C4,C5\n",
        &["Uma [C3]", "Vic [C4,C5]"],
        "read as UTF-8 with semicolons between the cells",
    );
    check(
        "event,customer,seats\nopera\u{A0},Uma\u{A0},C3\u{A0}\nopera,Vic,C4\u{A0}C5\n\
         opera,Wes,C6\u{2013}C8\n",
        &["Uma [C3]", "Vic [C4,C5]", "Wes [C6,C7,C8]"],
        "",
    );
}

#[test]
fn a_batch_in_utf_16_is_read_by_its_mark() {
    let text = "\u{FEFF}Event\tCustomer\tBest\r\nopera\tZoë\t2.0\r\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (run, path, booked) = book("Unicode Text.TXT", bytes, &[]);
    let run = run.ended(0);
    assert_eq!(booked.len(), 1, "{booked:?}");
    assert!(booked[0].starts_with("Zoë ["), "{booked:?}");
    assert_eq!(run.stderr, format!("{path}: read as UTF-16LE with tabs between the cells\n"));
}

#[test]
fn a_batch_in_windows_1252_is_booked_when_it_is_told_and_not_before() {
    let content = b"event,customer,seats\nopera,Uma,C3\nopera,J\xF6rg \x84X\x93,C4\n";
    let (run, path, booked) = book("orders.csv", content, &[]);
    let run = run.ended(2);
    assert!(booked.is_empty(), "{booked:?}");
    let why = format!("{path}: line 3: customer: must be text in UTF-8. ");
    assert!(run.stderr.contains(&why), "{}", run.stderr);
    assert!(run.stderr.contains("--encoding windows-1252"), "{}", run.stderr);

    let (run, path, booked) = book("orders.csv", content, &["--encoding", "windows-1252"]);
    assert_eq!(booked, ["Jörg „X“ [C4]", "Uma [C3]"]);
    let said = format!("{path}: read as windows-1252 with commas between the cells\n");
    assert_eq!(run.ended(0).stderr, said);
}

#[test]
fn a_batch_that_was_refused_for_its_encoding_runs_once_it_is_told() {
    let (_server, cli) = serve();
    create_opera(&cli);
    let (_folder, path) = file("orders.csv", b"event,customer,seats\nopera,J\xF6rg,C4\n");
    cli.run_words(&["batch", &path]).ended(2);
    cli.run_words(&["batch", &path, "--encoding", "latin1"]).ended(0);
    cli.run_words(&["batch", &path, "--encoding", "latin1"]).ended(0);
    assert_eq!(cli.objects("reservations").len(), 1);
    let wrong = cli.run_words(&["batch", &path, "--encoding", "excel"]).ended(2);
    assert!(wrong.stderr.contains("windows-1252"), "{}", wrong.stderr);
}
