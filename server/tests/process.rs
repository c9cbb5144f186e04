//! The server as a process: arguments, signals, limits, exit codes, the demo.

mod common;

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use common::process::{Process, command};
use common::{Raw, concert, create, hello, new_id, reserve, standing};
use rustix::process::Signal;
use std::process::{Command, Output};
use std::time::Duration;

/// Runs the server to its end.
fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_boxoffice-server"))
        .args(arguments)
        .output()
        .expect("it is built")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn greeted(process: &Process) -> Raw {
    let mut client = Raw::silent(process.address).await;
    client.ask(&hello()).await;
    client
}

#[tokio::test]
async fn sigterm_and_sigint_end_it_with_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let process = Process::start(&[]);
        let mut client = greeted(&process).await;
        client.ask(&create("concert", concert(10))).await;
        process.signal(signal);
        client.closed().await;
        let (status, rest) = process.wait();
        assert!(status.success(), "{status}");
        assert_eq!(rest, "");
    }
}

#[tokio::test]
async fn a_client_that_stays_is_cut_when_the_drain_time_is_over() {
    let process = Process::start(&["--drain-timeout", "200ms", "--output-kb", "1"]);
    let mut client = greeted(&process).await;
    client.ask(&create("concert", concert(10))).await;
    // It is told more than it reads, so its connection cannot be drained.
    let (_, list) = client.encode(&common::seat_map("concert"));
    while client.stream.try_write(&list).is_ok() {}
    process.signal(Signal::TERM);
    let (status, _) = process.wait();
    assert!(status.success(), "{status}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let process = Process::start(&[]);
    let address = process.address.to_string();
    let output = run(&["--memory", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&address), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("another server"), "{}", text(&output.stderr));
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let cases = [
        (vec!["--hold-min", "5m", "--hold-max", "1m"], "hold-min", 2),
        (vec!["--max-connections", "0"], "max-connections", 2),
        (vec!["--hold-max", "soon"], "soon", 2),
        (vec!["--listen", "nowhere"], "listen", 2),
        (vec!["--config", "/no/such/file.toml"], "/no/such/file.toml", 2),
        (vec!["--no-such-flag"], "no-such-flag", 2),
        (vec!["--log", "json,tcp=loud"], "json,debug", 2),
    ];
    for (arguments, named, code) in cases {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(named), "{arguments:?}: {}", text(&output.stderr));
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
    let Body::Welcome(welcome) = client.ask(&hello()).await.body else { panic!("a welcome") };
    let holds =
        (welcome.hold_default_ms, welcome.hold_min_ms, welcome.hold_max_ms, welcome.hold_life_ms);
    assert_eq!(holds, (10_000, 3_000, 180_000, 7_200_000));
}

#[test]
fn a_setting_that_the_file_misspells_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("boxoffice.toml");
    std::fs::write(&file, "hold_default = \"10s\"\nhold_maximum = \"2s\"\n").expect("written");
    let output = run(&["--config", file.to_str().expect("UTF-8")]);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("hold_maximum") && stderr.contains("line 2"), "{stderr}");
}

#[test]
fn help_names_every_setting_with_its_default() {
    let help = text(&run(&["--help"]).stdout);
    for expected in
        ["--listen", "127.0.0.1:7117", "BOXOFFICE_MAX_CONNECTIONS", "10000", "--hold-life", "demo"]
    {
        assert!(help.contains(expected), "{expected} is missing in:\n{help}");
    }
}

#[test]
fn the_demo_counts_right() {
    let output = run(&["demo", "--once"]);
    let stdout = text(&output.stdout);
    assert!(output.status.success(), "{stdout}\n{}", text(&output.stderr));
    assert!(stdout.starts_with("listening on 127.0.0.1:"), "{stdout}");
    assert!(stdout.contains("20 booked, 30 refused, 1 winner, 0 oversold"), "{stdout}");
}

#[tokio::test]
async fn row_29_without_descriptors_it_waits_and_recovers() {
    let mut command = Command::new("sh");
    let server = env!("CARGO_BIN_EXE_boxoffice-server");
    let script = "ulimit -n 40 && exec \"$0\" --memory --listen 127.0.0.1:0 --log error";
    let process = Process::spawn(command.args(["-c", script, server]));
    let mut admitted = Vec::new();
    // More than there are descriptors; those that are not accepted wait in the kernel's queue.
    for _ in 0..60 {
        admitted.push(Raw::silent(process.address).await);
    }
    common::until("it is out of descriptors", || process.descriptors() >= 38).await;
    let before = process.cpu_ticks();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let spent = process.cpu_ticks() - before;
    assert!(spent < 25, "it spins: {spent} ticks of 50");
    drop(admitted);
    // Until it has noticed that they are gone, it may be too busy.
    let mut client = loop {
        let mut client = Raw::silent(process.address).await;
        client.send(&hello()).await;
        match client.receive().await.map(|frame| frame.reply.body) {
            Some(Body::Welcome(_)) => break client,
            Some(Body::Refused(Refusal::Busy { .. })) | None => {}
            Some(other) => panic!("{other:?}"),
        }
    };
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
}

#[tokio::test]
async fn row_34_a_process_that_was_stopped_goes_on_with_the_clients_that_are_there() {
    let process = Process::start(&["--idle-timeout", "1s", "--hold-default", "1s"]);
    let mut client = greeted(&process).await;
    client.ask(&create("concert", concert(1))).await;
    let now = match client.ask(&Request::Ping).await.body {
        Body::Pong { server_time } => server_time,
        other => panic!("{other:?}"),
    };
    client.ask(&common::hold(new_id(now), "concert", "ann", standing(1))).await;
    process.signal(Signal::STOP);
    common::until("every thread has stopped", || process.is_stopped()).await;
    // Sent while the server sleeps, long past the idle deadline and the hold's.
    let wish = reserve(new_id(now), "concert", "bob", standing(1));
    let correlation = client.send(&wish).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    process.signal(Signal::CONT);
    let frame = client.receive().await.expect("the connection is still there");
    assert_eq!(frame.correlation, correlation);
    assert!(matches!(frame.reply.body, Body::Reservation { .. }), "the hold is over: {frame:?}");
}
