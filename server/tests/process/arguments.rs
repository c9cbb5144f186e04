//! The server's arguments: where settings come from, mistakes in them, help, and the demo.

use boxoffice_protocol::reply::Body;
use boxoffice_testing::process::{Process, command, program_at, run};
use boxoffice_testing::{Raw, Run, hello};
use std::net::TcpListener;

const FREE: &str = "127.0.0.1:0";

#[test]
fn a_port_that_is_taken_is_named() {
    let process = Process::start(&[]);
    let (address, http) = (process.address.to_string(), process.http.expect("HTTP is on"));
    for (listen, http) in [(address.as_str(), FREE), (FREE, &http.to_string())] {
        let taken = if listen == FREE { http } else { listen };
        let output = program_at(listen, http).arg("--memory").output();
        let run = Run::from(output.expect("the program runs")).ended(1);
        assert!(run.stderr.contains(taken), "{}", run.stderr);
        assert!(run.stderr.contains("another server"), "{}", run.stderr);
    }
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let cases = [
        (vec!["--hold-min", "5m", "--hold-max", "1m"], "hold-min", 2),
        (vec!["--agent-hold-life", "61d"], "agent-hold-life", 2),
        (vec!["--agent-hold-max", "3d", "--agent-hold-life", "2d"], "agent-hold-max", 2),
        (vec!["--max-connections", "0"], "max-connections", 2),
        (vec!["--segment-mb", "8"], "segment-mb is 8, and must be 9 to 1024", 2),
        (vec!["--segment-mb", "1025"], "segment-mb is 1025", 2),
        (vec!["--hold-max", "soon"], "soon", 2),
        (vec!["--listen", "nowhere"], "listen", 2),
        (vec!["--config", "/no/such/file.toml"], "/no/such/file.toml", 2),
        (vec!["--no-such-flag"], "no-such-flag", 2),
        (vec!["--log", "json,tcp=loud"], "json,debug", 2),
    ];
    for (arguments, named, code) in cases {
        let run = run(&arguments).ended(code);
        assert!(run.stderr.contains(named), "{arguments:?}: {}", run.stderr);
    }
}

#[tokio::test]
async fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("boxoffice.toml");
    std::fs::write(&file, "hold_default = \"10s\"\nhold_min = \"2s\"\nhold_max = \"20m\"\n")
        .expect("written");
    let file = file.to_str().expect("UTF-8");
    let mut command = command();
    command.args(["--config", file, "--hold-max", "3m"]).env("BOXOFFICE_HOLD_MIN", "3s");
    let process = Process::spawn(command.env("BOXOFFICE_HOLD_MAX", "4m"));
    let mut client = Raw::silent(process.address).await;
    let Body::Welcome(welcome) = client.ask(&hello()).await.body else { panic!("no welcome") };
    let holds =
        (welcome.hold_default_ms, welcome.hold_min_ms, welcome.hold_max_ms, welcome.hold_life_ms);
    assert_eq!(holds, (10_000, 3_000, 180_000, 7_200_000));
}

#[test]
fn a_setting_that_the_file_misspells_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("boxoffice.toml");
    std::fs::write(&file, "hold_default = \"10s\"\nhold_maximum = \"2s\"\n").expect("written");
    let stderr = run(&["--config", file.to_str().expect("UTF-8")]).ended(2).stderr;
    assert!(stderr.contains("hold_maximum") && stderr.contains("line 2"), "{stderr}");
    assert_eq!(stderr.matches("unknown field").count(), 1, "it is said once: {stderr}");
}

#[test]
fn help_names_every_setting_with_its_default() {
    let help = run(&["--help"]).ended(0).stdout;
    for expected in
        ["--listen", "127.0.0.1:7117", "BOXOFFICE_MAX_CONNECTIONS", "10000", "--hold-life", "demo"]
    {
        assert!(help.contains(expected), "{expected} is missing in:\n{help}");
    }
}

#[test]
fn the_short_help_fits_a_screen_and_the_long_one_is_in_groups() {
    let short = run(&["-h"]).ended(0).stdout;
    assert!(short.lines().count() < 60, "it is long:\n{short}");
    assert!(short.contains("--listen") && !short.contains("--peer-timeout"), "{short}");
    let long = run(&["--help"]).ended(0).stdout;
    for heading in ["Holds:", "Durability:", "Memory and threads:"] {
        assert!(long.contains(heading), "{heading} is missing in:\n{long}");
    }
}

#[test]
fn a_demo_on_a_taken_port_names_a_flag_that_it_takes() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let demo = |http: &str| run(&["demo", "--once", "--listen", FREE, "--http-listen", http]);
    let stderr = demo(&address).ended(1).stderr;
    assert!(stderr.contains(&address) && stderr.contains("--http-listen says"), "{stderr}");
    demo("off").ended(0);
}

#[test]
fn the_demo_counts_right() {
    let output = program_at(FREE, FREE).args(["demo", "--once"]).output();
    let stdout = Run::from(output.expect("the program runs")).ended(0).stdout;
    assert!(stdout.starts_with("listening on 127.0.0.1:"), "{stdout}");
    assert!(stdout.contains("20 booked, 30 refused, 1 winner, 0 oversold"), "{stdout}");
}
