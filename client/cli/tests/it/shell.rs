//! `boxoffice shell`: a script on stdin, and a person at a terminal.

use super::server::serve;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{Run, test_name};
use std::io::Write;
use std::process::{Command, Stdio};

const DUNE: &str =
    "event create dune-2 --name Dune --starts 2030-12-24T20:00:00Z --section stalls=4x10@45.00";

/// Runs a script in a shell of `boxoffice`.
fn script(cli: &Cli, words: &[&str], lines: impl AsRef<[u8]>) -> Run {
    let mut command = cli.command(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(lines.as_ref()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn a_script_goes_on_after_errors_and_ends_as_the_worst() {
    let (_server, cli) = serve();
    let lines = format!(
        "# the premiere\n{DUNE}\nuse ann\nuse\nreserve dune-2 A1-A2\nreserve dune-2 A2\n\
         hold dune-2 'B1\n\nreservations --customer ann --json\n"
    );
    let run = script(&cli, &["shell"], &lines).ended(2);
    let printed: Vec<_> = run.stdout.lines().collect();
    let [created, ann, reserved, listed] = printed.as_slice() else { panic!("{printed:?}") };
    assert_eq!((*created, *ann), ("dune-2: created (version 1)", "ann"));
    assert!(reserved.starts_with("confirmed  dune-2  A1 A2  90.00 EUR  ann  "), "{reserved}");
    assert!(listed.starts_with('{') && listed.contains(r#""seats":["A1","A2"]"#), "{listed}");
    assert!(run.stderr.contains("refused: taken: A2"), "{}", run.stderr);
    assert!(run.stderr.contains("error: a quote is left open"), "{}", run.stderr);

    script(&cli, &["shell", "--customer", "ann"], "reserve dune-2 A1\nevents\n").ended(1);
    script(&cli, &["shell"], "events\nexit\nnonsense\n").ended(0);
    script(&cli, &["shell", "--json"], "").ended(0);
}

#[test]
fn a_script_of_windows_is_read_like_any_other() {
    let (_server, cli) = serve();
    let lines = format!("\u{FEFF}{DUNE}\r\nping\r\n\r\nreserve dune-2 A2 --customer bob\r\n");
    let run = script(&cli, &["shell"], &lines).ended(0);
    assert!(run.stdout.contains("confirmed  dune-2  A2  45.00 EUR  bob  "), "{}", run.stdout);

    // PowerShell writes UTF-16 with its mark.
    let lines = "\u{FEFF}reserve dune-2 A3 --customer Zoë\r\nexit\r\n";
    let lines: Vec<u8> = lines.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let run = script(&cli, &["shell"], lines).ended(0);
    assert!(run.stdout.contains("confirmed  dune-2  A3  45.00 EUR  Zoë  "), "{}", run.stdout);
}

#[test]
fn a_line_of_a_script_that_cannot_be_read_is_named_and_the_rest_runs() {
    let (_server, cli) = serve();
    let long = format!("#{}\n", "x".repeat(200_000));
    let lines = [b"# fine\n", long.as_bytes(), b"use J\xF6rg\r\nuse ann\r\nuse"].concat();
    let run = script(&cli, &["shell"], lines).ended(2);
    assert_eq!(
        run.stderr,
        "error: line 2 is longer than 65536 bytes\n\
         error: line 3 is no text in UTF-8; save the script as UTF-8\n"
    );
    assert_eq!(run.stdout, "ann\n");
}

#[test]
fn a_person_at_a_terminal() {
    let (server, cli) = serve();
    cli.done(DUNE);
    // script(1) of util-linux gives the shell a terminal.
    let about = Command::new("script").arg("--version").stderr(Stdio::null()).output();
    if !about.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux")) {
        return skip(test_name!(), Need::Script, "there is no script(1) of util-linux");
    }
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut typed = "seats dune-2\nhold dune-2 A1 --ttl 20m\nnonsense\nexit\n";
    let shell = cli.command(["shell", "--customer", "ann"]);
    let line = format!("{} shell --customer ann", shell.get_program().display());
    for (no_color, colored) in [("", true), ("1", false)] {
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        command.envs([("HOME", home.path())]).env("XDG_STATE_HOME", home.path());
        command.env("BOXOFFICE_SERVER", server.address().to_string());
        command.env("TERM", "xterm").env("NO_COLOR", no_color);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("script runs");
        child.stdin.take().expect("piped").write_all(typed.as_bytes()).expect("it reads");
        let run = Run::from(child.wait_with_output().expect("it ends")).ended(0);
        assert!(run.stdout.contains("stalls: 45.00 EUR, "), "{}", run.stdout);
        assert_eq!(run.stdout.contains("\x1b[32m○"), colored, "{}", run.stdout);
        typed = "seats dune-2\nexit\n";
    }
    let held = cli.objects("reservations --customer ann");
    assert_eq!(held.len(), 1, "{held:?}");
}
