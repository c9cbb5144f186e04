//! Files that people have: mistakes in them are named with file, line and column.

use super::server::serve;
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
