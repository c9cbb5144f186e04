//! Plans in files, without a server, and those that a server keeps.

use super::server::{config, start};
use boxoffice_testing::cli::Cli;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const HALL: &str = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"A..C\"\n\
                    seats = \"7..1/2 | 2..8/2\"\n[[section.seat]]\nseats = \"C7\"\naccessible = true\n";

fn folder_with(name: &str, content: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    (folder, path)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn a_plan_is_checked_and_shown() {
    let (_folder, plan) = folder_with("hall.toml", HALL);
    let cli = Cli::nowhere();
    let run = cli.run_words(&["plan", "check", text(&plan)]).ended(0);
    let counts = "Hall: 1 sections, 3 rows, 24 seats, 1 categories, 1 accessible; digest ";
    assert!(run.stdout.contains(counts), "{}", run.stdout);
    let run = cli.run_words(&["plan", "check", text(&plan), "--json"]).ended(0);
    let line: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((&line["seats"], &line["sections"][0]["rows"]), (&24.into(), &3.into()));
    let run = cli.run_words(&["plan", "show", text(&plan)]).ended(0);
    assert!(run.stdout.contains("A  ○ ○ ○ ○   ○ ○ ○ ○\n"), "{}", run.stdout);
    assert!(run.stdout.contains("C  ■ ○ ○ ○   ○ ○ ○ ○\n"), "{}", run.stdout);
    let run = cli.run_words(&["plan", "show", text(&plan), "--section", "pit"]).ended(2);
    assert!(run.stderr.contains("no section \"pit\"; there are stalls"), "{}", run.stderr);
}

#[test]
fn a_mistake_is_shown_with_its_line_and_a_caret() {
    let (_folder, plan) = folder_with("hall.toml", &HALL.replace("8/2", "9/2"));
    let run = Cli::nowhere().run_words(&["plan", "check", text(&plan)]).ended(2);
    let lines: Vec<_> = run.stderr.lines().collect();
    let place = format!("error: {}: line 5, column 19: section[0].seats: ", text(&plan));
    assert!(lines[0].starts_with(&place), "{}", run.stderr);
    assert!(lines[0].ends_with("2..9/2 does not reach 9 in steps of 2"), "{}", run.stderr);
    assert_eq!(lines[2], "5 | seats = \"7..1/2 | 2..9/2\"");
    assert_eq!(lines[3].find('^'), Some("5 | seats = \"7..1/2 | ".len()), "{}", run.stderr);
}

#[test]
fn a_plan_of_pretix_comes_back_as_it_was() {
    let pretix = r##"{"name":"Hall","categories":[{"name":"Stalls","color":"#88aa00"}],
        "size":{"width":400,"height":300},"zones":[{"name":"Block D","zone_id":"d",
        "position":{"x":0.5,"y":0},"rows":[{"row_number":"H","row_label":null,
        "position":{"x":0,"y":0},"seats":[
        {"seat_number":"1","seat_guid":"1","position":{"x":0,"y":0},"category":"Stalls"},
        {"seat_number":"1","seat_guid":"2","position":{"x":25,"y":0},"category":"Stalls"}]}]}]}"##;
    let (folder, file) = folder_with("hall.json", pretix);
    let cli = Cli::nowhere();
    for name in ["plan.toml", "plan.json"] {
        let plan = folder.path().join(name);
        let import = ["plan", "import", text(&file), "--format", "pretix", "--out", text(&plan)];
        let run = cli.run_words(&import).ended(0);
        assert!(run.stderr.contains("note: seat \"1\" of row H of Block D is called H-1.2 here"));
        let run = cli.run_words(&["plan", "export", text(&plan), "--format", "pretix"]).ended(0);
        let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(parse(&run.stdout), parse(pretix));
        let run = cli.run_words(&["plan", "export", text(&plan), "--format", "svg"]).ended(0);
        assert!(run.stdout.starts_with("<svg "), "{}", run.stdout);
    }
    let (_folder, broken) = folder_with("broken.json", &pretix.replace("\"seat_guid\":\"2\",", ""));
    let run = cli.run_words(&["plan", "import", text(&broken), "--format", "pretix"]).ended(2);
    assert!(
        run.stderr.contains("zones[0].rows[0].seats[1]: needs \"seat_guid\""),
        "{}",
        run.stderr
    );
}

#[test]
fn a_server_keeps_a_plan() {
    let server = start(config());
    let cli = Cli::at(server.address());
    let (folder, plan) = folder_with("hall.toml", HALL);
    let put = cli.run_words(&["plan", "put", text(&plan)]).ended(0);
    let digest = put.stdout.trim_end();
    assert_eq!(digest.len(), 64, "{digest}");
    assert!(put.stderr.contains(&format!("/plans/{digest}")), "{}", put.stderr);
    let run = cli.run_words(&["plan", "put", text(&plan), "--json"]).ended(0);
    let again: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((&again["digest"], &again["changed"]), (&digest.into(), &false.into()));
    for name in ["copy.json", "copy.toml"] {
        let copy = folder.path().join(name);
        cli.run_words(&["plan", "get", digest, "--out", text(&copy)]).ended(0);
        let put = cli.run_words(&["plan", "put", text(&copy)]).ended(0);
        assert_eq!(put.stdout.trim_end(), digest);
    }
    assert!(cli.done(&format!("plan get {digest}")).contains("name = \"Hall\""));
    let (name, _) = cli.refused(&format!("plan get {}", "0".repeat(64)));
    assert_eq!(name, "PlanNotFound");
    cli.run("plan get 12").ended(2);
}

#[test]
fn an_event_is_created_in_the_hall_of_a_plan() {
    let server = start(config());
    let cli = Cli::at(server.address());
    let (folder, plan) = folder_with("hall.toml", HALL);
    let create =
        ["event", "create", "opera", "--name", "Opera", "--starts", "2030-12-24T20:00:00Z"];
    let with =
        |more: &[&str]| cli.run_words(&[&create[..], &["--plan", text(&plan)], more].concat());
    let run = with(&["--price", "pit=3"]).ended(2);
    assert!(run.stderr.contains("no section pit; there are stalls"), "{}", run.stderr);
    with(&["--price", "stalls=45.00"]).ended(0);
    cli.done("reserve opera c8 c6 --customer ann");
    let seats = cli.run_words(&["seats", "opera", "--rows", "c"]).ended(0);
    assert!(seats.stdout.contains("C    7  ○ ○ ○ ○ ○ ○ ● ●"), "{}", seats.stdout);
    let (name, _) = cli.refused("hold opera --best 5 --together --customer ben");
    assert_eq!(name, "NotTogether");
    let exported = folder.path().join("opera.toml");
    std::fs::write(&exported, cli.done("event export opera")).expect("written");
    cli.run_words(&["event", "create", "opera-2", "--from", text(&exported)]).ended(0);
    cli.done("reserve opera-2 a1 --customer ann");
}
