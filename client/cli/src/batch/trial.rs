//! A batch that tests run, kill and run again.

use super::fakes::{FakeDisk, FakeServer, Mood, RunLife, Seen};
use super::input::InputSource;
use super::{BatchError, BatchJob, BatchReport, BatchRun, Replan};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;
use tempfile::TempDir;

/// A batch of one input, over a disk and a server that outlive its runs.
pub(super) struct Trial {
    pub(super) folder: TempDir,
    pub(super) disk: FakeDisk,
    pub(super) server: FakeServer,
    pub(super) job: BatchJob,
}

impl Trial {
    pub(super) fn new(seed: u64, input: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let path = folder.path().join("rows.csv");
        let job = BatchJob {
            log: BatchJob::beside(&path, "log.csv"),
            results: BatchJob::beside(&path, "results.csv"),
            failed: BatchJob::beside(&path, "failed.csv"),
            input: InputSource::File(path),
            encoding: None,
            replan: Replan::Nothing,
            in_flight: 8,
            deadline: Duration::from_secs(5),
        };
        let disk = FakeDisk::default();
        let server = FakeServer::new(seed, 30, &disk);
        let trial = Self { folder, disk, server, job };
        trial.set_input(input);
        trial
    }

    pub(super) fn set_input(&self, input: &str) {
        std::fs::write(self.folder.path().join("rows.csv"), input)
            .expect("a test's folder can be written");
    }

    /// Runs until it is done, or until `life` ends; none if it was killed.
    pub(super) fn run(
        &self,
        life: &RunLife,
        mood: Mood,
    ) -> Option<Result<BatchReport, BatchError>> {
        let server = self.server.during(life, mood);
        let disk = self.disk.during(life);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O");
        let mut seen = Seen::default();
        runtime.block_on(async {
            let batch = match BatchRun::new(self.job.clone(), disk) {
                Ok(batch) => batch,
                Err(error) => return Some(Err(error)),
            };
            tokio::select! {
                biased;
                () = life.over.notified() => None,
                outcome = batch.run(&server, &mut seen) => Some(outcome),
            }
        })
    }

    pub(super) fn run_kindly(&self) -> Result<BatchReport, BatchError> {
        self.run(&RunLife::endless(), Mood::Kind).expect("nothing kills it")
    }

    /// The status of each row that has one, from the results.
    pub(super) fn statuses(&self) -> BTreeMap<u64, String> {
        let text = self.disk.text();
        let mut statuses = BTreeMap::new();
        for record in csv::Reader::from_reader(text.as_bytes()).into_records() {
            let record = record.expect("whole records");
            let row = record[1].parse().expect("a row");
            if &record[0] == "outcome" {
                let earlier = statuses.insert(row, record[6].to_owned());
                assert!(
                    earlier.is_none_or(|status| status == "stale"),
                    "row {row} has two outcomes"
                );
            }
        }
        statuses
    }
}

/// Rows of all sorts, each for a customer of its own: `c` and its number.
pub(super) fn random_rows(random: &mut fastrand::Rng, count: u32) -> String {
    let mut input = "event,customer,seats,standing,action\n".to_owned();
    for number in 1..=count {
        let request = match random.u32(0..10) {
            0..4 => format!("A{},", random.u32(1..30)),
            4..8 => format!(",{}", random.u32(1..4)),
            8 => "A0,".to_owned(),
            _ => ",".to_owned(),
        };
        let action = if random.bool() { "hold" } else { "" };
        writeln!(input, "e,c{number},{request},{action}").expect("a string takes everything");
    }
    input
}
