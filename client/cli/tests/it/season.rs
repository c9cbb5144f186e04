//! The season's file of reservations, on a server that has its events.

use super::server::{config, start};
use boxoffice_server::Server;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::{Run, repository};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A new server, and the first `rows` of the season for it.
pub(super) fn season(rows: usize) -> (Server, Season) {
    let mut config = config();
    config.holds.default = Duration::from_secs(30 * 60);
    let server = start(config);
    let season = Season::on(Cli::at(server.address()), rows);
    (server, season)
}

/// A folder with a part of the season's reservations, and a server that has its events.
pub(super) struct Season {
    pub(super) cli: Cli,
    folder: TempDir,
}

impl Season {
    /// The first `rows` of the season, on a new server whose holds outlive the test.
    pub(super) fn on(cli: Cli, rows: usize) -> Self {
        for file in std::fs::read_dir(repository("client/examples/season")).expect("examples") {
            let file = file.expect("readable").path();
            let slug = file.file_stem().and_then(|stem| stem.to_str()).expect("a slug").to_owned();
            let path = file.to_str().expect("UTF-8");
            cli.run_words(&["event", "create", &slug, "--from", path]).ended(0);
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let season = Self { cli, folder };
        let file = repository("client/examples/season.csv");
        let input = std::fs::read_to_string(file).expect("an example");
        // A quoted name may go over lines, so a line more or less than a row does not matter.
        let lines: String = input.split_inclusive('\n').take(rows.saturating_add(1)).collect();
        std::fs::write(season.input(), lines).expect("written");
        season
    }

    pub(super) fn input(&self) -> PathBuf {
        self.folder.path().join("season.csv")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.path().join("outcomes.log.csv")
    }

    /// How long the log is.
    pub(super) fn written(&self) -> u64 {
        std::fs::metadata(self.log()).map_or(0, |file| file.len())
    }

    pub(super) fn words(&self) -> [String; 5] {
        let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        let (input, log) = (path(&self.input()), path(&self.log()));
        ["batch".to_owned(), input, "--log".to_owned(), log, "--json".to_owned()]
    }

    /// Runs the batch to its end.
    pub(super) fn run(&self) -> Run {
        self.cli.command(self.words()).output().expect("the program runs").into()
    }

    /// Runs the batch to its end, which some rows make a bad one, and returns its summary.
    pub(super) fn summary(&self) -> Value {
        self.run().ended(1).objects().remove(0)
    }

    /// Starts the batch.
    pub(super) fn start(&self) -> Child {
        let mut command = self.cli.command(self.words());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
    }

    /// Starts the batch and returns it once its log is `length` bytes long, or it has ended.
    pub(super) fn start_until(&self, length: u64) -> Child {
        let mut batch = self.start();
        self.reaches(&mut batch, length);
        batch
    }

    /// Returns true once the log is so long, or false when the batch has ended before.
    pub(super) fn reaches(&self, batch: &mut Child, length: u64) -> bool {
        while self.written() < length {
            if batch.try_wait().expect("it is ours").is_some() {
                return false;
            }
            std::thread::yield_now();
        }
        true
    }

    pub(super) fn reservations(&self) -> Vec<Value> {
        self.cli.objects("reservations")
    }

    /// The server's own books against a summary and the log: every row that has a
    /// reservation has one, no other exists, and no seat is in two.
    pub(super) fn check(&self, summary: &Value) {
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

    /// The reservations of the log: of every row its first outcome.
    pub(super) fn recorded(&self) -> BTreeMap<String, (String, String)> {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut rows = HashSet::new();
        let mut recorded = BTreeMap::new();
        for record in records(&text[..whole]) {
            let row = record["promise"].clone();
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
