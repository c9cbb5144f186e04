//! `boxoffice batch` on the season's file: what it comes to, and that each row is booked exactly
//! once, at whatever moments it is killed.
//!
//! `BOXOFFICE_SEED=…` replays the moments of one run, as lengths of its results file;
//! `BOXOFFICE_LONG=1` kills it far more often.

mod common;

use common::cli::{Cli, Run, repository};
use common::process::Process;
use rustix::process::Signal;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use tempfile::TempDir;

/// What the whole season comes to, when every row is asked once and in order.
const SEASON: &str = "3021 rows: 2599 booked, 215 held, 186 refused, 21 bad\n";

/// So many rows are in a batch that is killed: more than are in flight at a time.
const ROWS: usize = 1_500;

/// A server with the season's events, and a folder with a part of its reservations.
struct Season {
    _server: Process,
    cli: Cli,
    folder: TempDir,
}

impl Season {
    /// With the first `rows` of the season.
    fn new(rows: usize) -> Self {
        let server = Process::start(&["--hold-default", "30m"]);
        let cli = Cli::of(&server);
        for file in std::fs::read_dir(repository("client/examples/season")).expect("examples") {
            let file = file.expect("readable").path();
            let slug = file.file_stem().and_then(|stem| stem.to_str()).expect("a slug").to_owned();
            let path = file.to_str().expect("UTF-8");
            cli.run_words(&["event", "create", &slug, "--from", path]).ended(0);
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let season = Self { _server: server, cli, folder };
        let file = repository("client/examples/season.csv");
        let input = std::fs::read_to_string(file).expect("an example");
        // A quoted name may go over lines, so a line more or less than a row does not matter.
        let lines: String = input.split_inclusive('\n').take(rows.saturating_add(1)).collect();
        std::fs::write(season.input(), lines).expect("written");
        season
    }

    fn input(&self) -> PathBuf {
        self.folder.path().join("season.csv")
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("outcomes.csv")
    }

    /// How long the results are.
    fn written(&self) -> u64 {
        std::fs::metadata(self.results()).map_or(0, |file| file.len())
    }

    fn words(&self) -> [String; 5] {
        let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        let (input, results) = (path(&self.input()), path(&self.results()));
        ["batch".to_owned(), input, "--out".to_owned(), results, "--json".to_owned()]
    }

    /// Runs the batch to its end.
    fn run(&self) -> Run {
        self.cli.command(self.words()).output().expect("the binary runs").into()
    }

    /// Runs the batch to its end, which some rows make a bad one, and returns its summary.
    fn summary(&self) -> Value {
        self.run().ended(1).objects().remove(0)
    }

    /// Starts the batch and returns it once its results are `length` bytes long, or it has ended.
    fn start_until(&self, length: u64) -> Child {
        let mut command = self.cli.command(self.words());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary runs");
        let long_enough =
            || std::fs::metadata(self.results()).is_ok_and(|file| file.len() >= length);
        while !long_enough() && child.try_wait().expect("it is ours").is_none() {
            std::thread::yield_now();
        }
        child
    }

    /// Every reservation that the server knows.
    fn reservations(&self) -> Vec<Value> {
        self.cli.objects("reservations")
    }

    /// The server's own books against a summary and the results file: every row that has a
    /// reservation has one, no other exists, and no seat is in two.
    fn check(&self, summary: &Value) {
        let reservations = self.reservations();
        let count = |field: &str| summary[field].as_u64().expect("a count");
        assert_eq!(reservations.len() as u64, count("booked") + count("held"), "{summary}");
        let mut booked = BTreeMap::new();
        let mut seats = HashSet::new();
        for reservation in &reservations {
            let (event, id) = (&reservation["event"], reservation["id"].as_str().expect("an id"));
            let customer = reservation["customer"].as_str().expect("a customer");
            let twice = booked.insert(id.to_owned(), (event.to_string(), customer.to_owned()));
            assert_eq!(twice, None, "an id is there twice");
            for seat in reservation["seats"].as_array().expect("a list") {
                assert!(
                    seats.insert((event.to_string(), seat.to_string())),
                    "sold twice: {reservation}"
                );
            }
        }
        assert_eq!(self.recorded(), booked);
    }

    /// The reservations of the results file: of every row its first outcome.
    fn recorded(&self) -> BTreeMap<String, (String, String)> {
        let text = std::fs::read_to_string(self.results()).unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut rows = HashSet::new();
        let mut recorded = BTreeMap::new();
        for record in records(&text[..whole]) {
            let row = record["row"].clone();
            let made = ["confirmed", "held"].contains(&record["status"].as_str());
            if record["record"] == "outcome" && made && rows.insert(row) {
                let event = format!("\"{}\"", record["event"]);
                let new =
                    recorded.insert(record["id"].clone(), (event, record["customer"].clone()));
                assert_eq!(new, None, "two rows have one id");
            }
        }
        recorded
    }
}

/// The records of a CSV file by the names of its columns. A quoted cell may have commas and doubled
/// quotes, but no line ends.
fn records(text: &str) -> Vec<BTreeMap<&str, String>> {
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().unwrap_or_default().split(',').collect();
    lines.map(|line| header.iter().copied().zip(cells(line)).collect()).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let last = cells.last_mut().expect("there is one from the start");
        match c {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => last.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => last.push(other),
        }
    }
    cells
}

#[test]
fn the_season_comes_to_what_it_should() {
    let season = Season::new(usize::MAX);
    let mut words = season.words().to_vec();
    words.pop();
    let run = Run::from(season.cli.command(&words).output().expect("it runs")).ended(1);
    assert!(run.stdout.starts_with(SEASON), "{}", run.stdout);
    assert!(run.stdout.contains("  89 refused: SeatsTaken\n"), "{}", run.stdout);
    assert!(
        run.stderr.contains("season.csv: line 53: standing: must be a number"),
        "{}",
        run.stderr
    );

    let asked = |stats: &Value| stats["requests"].as_u64().expect("a count");
    let before = asked(&season.cli.object("stats"));
    let again = season.summary();
    let after = asked(&season.cli.object("stats"));
    assert!(after - before <= 3, "a run of what is done asks for nothing: {before} to {after}");
    assert_eq!((&again["rows"], &again["already_done"]), (&3_021.into(), &3_021.into()));
    season.check(&again);
}

#[test]
fn killed_at_any_moment_each_row_is_booked_once() {
    let mut random = fastrand::Rng::with_seed(common::seed());
    let kills = if std::env::var_os("BOXOFFICE_LONG").is_some() { 300 } else { 10 };

    let undisturbed = Season::new(ROWS);
    let expected = undisturbed.summary();
    undisturbed.check(&expected);
    let full = undisturbed.written();

    let (mut killed, mut unrecorded) = (0, 0);
    while killed < kills {
        let season = Season::new(ROWS);
        while killed < kills {
            // The next moment is soon behind the last: some are in the plan, most in the sending.
            let growth = random.u64(..full / 3);
            let mut child = season.start_until(season.written() + growth);
            let _ = child.kill();
            if child.wait().expect("it was started").code().is_some() {
                break;
            }
            killed += 1;
            unrecorded += season.reservations().len() - season.recorded().len();
        }
        let summary = season.summary();
        for field in ["rows", "booked", "held", "ended", "bad", "stale", "refused", "open"] {
            assert_eq!(summary[field], expected[field], "{field}: {summary}\n{expected}");
        }
        season.check(&summary);
    }
    println!("{killed} kills, after which {unrecorded} reservations were made and not recorded");
}

#[test]
fn two_runs_at_a_time_refuse_each_other() {
    let season = Season::new(800);
    let first = loop {
        let child = season.start_until(1);
        let pid = rustix::process::Pid::from_child(&child);
        if rustix::process::kill_process(pid, Signal::STOP).is_ok() && is_stopped(&child) {
            break child;
        }
        // It had ended before it could be stopped: another one.
        child.wait_with_output().expect("it was started");
        std::fs::remove_file(season.results()).expect("it wrote them");
    };
    let second = season.run().ended(2);
    let results = season.results();
    let expected = format!("{}: another run of this batch is using it", results.display());
    assert!(second.stderr.contains(&expected), "{}", second.stderr);
    let pid = rustix::process::Pid::from_child(&first);
    rustix::process::kill_process(pid, Signal::CONT).expect("it is there");
    assert_eq!(first.wait_with_output().expect("it was started").status.code(), Some(1));
    season.check(&season.summary());
}

/// Returns once a process that got SIGSTOP is stopped; false if it has ended instead.
fn is_stopped(child: &Child) -> bool {
    loop {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        match stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()) {
            Some('T') => return true,
            Some('Z' | 'X') | None => return false,
            Some(_) => std::thread::yield_now(),
        }
    }
}

#[test]
fn an_input_that_changed_is_refused() {
    let season = Season::new(100);
    let mut child = season.start_until(u64::MAX);
    assert_eq!(child.wait().expect("it was started").code(), Some(1));
    let booked = season.reservations().len();
    let input = std::fs::read_to_string(season.input()).expect("the input");
    for changed in
        [input.replacen("jazz-night", "dune-2", 1), input.clone() + "dune-2,ann,,1,,,,\n"]
    {
        std::fs::write(season.input(), changed).expect("written");
        let run = season.run().ended(2);
        assert!(run.stderr.contains("season.csv has changed since "), "{}", run.stderr);
        assert_eq!(season.reservations().len(), booked);
    }
    std::fs::write(season.input(), input).expect("written");
    season.check(&season.summary());
}
