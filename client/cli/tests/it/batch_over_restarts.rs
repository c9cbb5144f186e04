//! `boxoffice batch` against a server that is killed and started again meanwhile, several times:
//! the batch waits for it, and every row is booked exactly once.

use super::season::{Season, season};
use boxoffice_testing::cli::Cli;
use boxoffice_testing::process::{Process, durable_at};
use boxoffice_testing::reserved_port::ReservedPort;
use boxoffice_testing::{Run, seed};
use rustix::process::Signal;
use std::path::Path;
use std::process::Stdio;

/// So many rows are in the batch: more than are in flight at a time.
const ROWS: usize = 1_500;

/// A server on this folder and port, whose holds outlive the test.
fn start(data: &Path, port: &ReservedPort) -> Process {
    Process::spawn(
        durable_at(data, &port.address.to_string(), "127.0.0.1:0").args(["--hold-default", "30m"]),
    )
}

#[test]
fn each_row_is_booked_once_by_a_batch_whose_server_is_killed_meanwhile() {
    let mut random = fastrand::Rng::with_seed(seed());
    let kills = if std::env::var_os("BOXOFFICE_LONG").is_some() { 200 } else { 6 };
    let (_server, undisturbed) = season(ROWS);
    let expected = undisturbed.summary();
    let full = undisturbed.written();

    let mut killed = 0;
    while killed < kills {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let port = ReservedPort::new().expect("a free port");
        let mut server = start(&data, &port);
        let season = Season::on(Cli::at(port.address), ROWS);
        let mut batch = season.start();
        while killed < kills
            && season.reaches(&mut batch, season.written() + random.u64(1..full / 4))
        {
            server.signal(Signal::KILL);
            server.wait();
            killed += 1;
            server = start(&data, &port);
        }
        let run = Run::from(batch.wait_with_output().expect("it was started"));
        let summary = run.ended(1).objects().remove(0);
        for field in ["rows", "booked", "held", "ended", "bad", "stale", "refused", "open"] {
            assert_eq!(summary[field], expected[field], "{field}: {summary}\n{expected}");
        }
        season.check(&summary);
    }
}

#[test]
fn a_batch_whose_server_stays_away_ends_after_its_timeout_and_goes_on_when_run_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let port = ReservedPort::new().expect("a free port");
    let server = start(&data, &port);
    let season = Season::on(Cli::at(port.address), ROWS);
    let mut batch = season.cli.command(season.words());
    batch.args(["--timeout", "500ms"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut batch = batch.spawn().expect("the binary runs");
    // The plan is there from the first rows on; the sending begins behind it.
    let is_sending = || season.recorded().len() > 10;
    while !is_sending() && batch.try_wait().expect("it is ours").is_none() {
        std::thread::yield_now();
    }
    server.signal(Signal::KILL);
    server.wait();
    let run = Run::from(batch.wait_with_output().expect("it was started"));
    let before = run.objects().remove(0);
    let open = before["open"].as_u64().expect("a count");
    if open > 0 {
        assert!([Some(3), Some(5)].contains(&run.exit), "{run:?}");
        assert!(run.stderr.contains("run the same command again"), "{}", run.stderr);
    }

    let _server = start(&data, &port);
    let summary = season.summary();
    assert_eq!(summary["open"], 0, "{summary}");
    let rows = summary["rows"].as_u64().expect("a count");
    assert_eq!(summary["already_done"], rows - open, "{before}\n{summary}");
    season.check(&summary);
}
