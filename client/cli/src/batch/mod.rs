//! Files of reservations: thousands of them, each booked exactly once, however often a run is
//! killed and begun again.
//!
//! A run reads its input twice. The first time it gives every row an id ([`plan`]) and writes that
//! into the results file ([`results`]), durably, before anything is sent; a later run finds the ids
//! there and sees that the input is still the one that was planned. The second time it sends the
//! rows that have no outcome ([`send`]), always with their id, so that the server books none twice.
//! The input ([`input`]) is never held whole; of a row, its hash and id are (40 bytes).
//!
//! A row may be planned and then not be answered for more than a day. Its id is then too old for
//! the server to take as a new one. It is sent all the same: if its reservation was made and lives,
//! the server says so; if not, it refuses the id, and applies nothing. The row is then *stale*:
//! whether it was never booked, or was booked and given back long ago, only people can tell, so it
//! gets a new id only when a run is told to ([`Replan`]).

mod csv_rows;
mod disk;
mod input;
mod json_rows;
mod plan;
mod record;
mod results;
mod row;
mod send;
mod summary;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod fakes;

use self::disk::{Disk, LockedFile};
use self::input::{Input, InputError, Row};
use self::results::{Results, ResultsError};
pub(crate) use self::row::BadRow;
pub(crate) use self::summary::{Summary, Tally};
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::reply::Reply;
use boxoffice_client::protocol::request::Request;
use boxoffice_client::{Client, ClientError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thiserror::Error;

/// What a batch needs of a server.
pub(crate) trait Server: Clone + 'static {
    /// An id for a new reservation.
    fn new_id(&self) -> ReservationId;

    /// Asks, as [`Client::call`] does.
    fn call(&self, request: &Request) -> impl Future<Output = Result<Reply, ClientError>>;
}

impl Server for Client {
    fn new_id(&self) -> ReservationId {
        self.new_id()
    }

    async fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        self.call(request).await
    }
}

/// Who wants to know how a run comes along.
pub(crate) trait Observer {
    /// A row that will not be sent, found while planning.
    fn bad_row(&mut self, line: u64, bad: &BadRow);

    /// Everything is planned: so many rows, of which so many have an outcome already.
    fn planned(&mut self, rows: u64, done: u64);

    /// Some more rows have outcomes.
    fn progress(&mut self, tally: &Tally);
}

/// What becomes of rows whose id is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replan {
    /// They stay as they are.
    Nothing,
    /// They get new ids and are sent.
    Stale,
}

/// What is to be done, and how.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The file of reservations.
    pub(crate) input: PathBuf,
    /// The file of results.
    pub(crate) results: PathBuf,
    /// What to do with rows whose id is too old.
    pub(crate) replan: Replan,
    /// How many requests may be unanswered, at least one.
    pub(crate) in_flight: usize,
    /// How long a row is tried while the server cannot answer it.
    pub(crate) deadline: Duration,
}

/// Why a batch cannot be run, or not be finished.
#[derive(Debug, Error)]
pub(crate) enum BatchError {
    /// The input cannot be used.
    #[error("{}: {source}", path.display())]
    Input { path: PathBuf, source: InputError },
    /// The results cannot be used.
    #[error("{}: {source}", path.display())]
    Results { path: PathBuf, source: ResultsError },
    /// What became of rows cannot be recorded any more.
    #[error(
        "{}: {error}. Make it writable and run again: nothing is booked twice", path.display()
    )]
    NotWritten { path: PathBuf, error: io::Error },
    /// The input is not what it was when it was planned.
    #[error(
        "{} has changed since {} was begun: {what}. Restore it and run again, or put what is new into a file of its own",
        input.display(), results.display()
    )]
    Changed { input: PathBuf, results: PathBuf, what: String },
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Report {
    /// The counts.
    pub(crate) summary: Summary,
    /// Why rows have no outcome yet, if some have none.
    pub(crate) stopped: Option<ClientError>,
}

/// A batch whose files are open.
pub(crate) struct Batch<D> {
    job: Job,
    results: Results<D>,
}

impl Batch<LockedFile> {
    /// Opens both files, and sees that nobody else runs this batch.
    pub(crate) fn open(job: Job) -> Result<Self, BatchError> {
        // A bad header shall not leave an empty results file behind.
        job.open_input()?;
        let wrong = |source| BatchError::Results { path: job.results.clone(), source };
        match LockedFile::open(&job.results) {
            Ok(Some(file)) => Self::new(job, file),
            Ok(None) => Err(wrong(ResultsError::InUse)),
            Err(error) => Err(wrong(error.into())),
        }
    }
}

impl<D: Disk> Batch<D> {
    fn new(job: Job, disk: D) -> Result<Self, BatchError> {
        match Results::open(disk) {
            Ok(results) => Ok(Self { job, results }),
            Err(source) => Err(BatchError::Results { path: job.results, source }),
        }
    }

    /// Plans what is not planned, and sends what has no outcome. May be dropped at any time.
    pub(crate) async fn run(
        mut self,
        server: &impl Server,
        observer: &mut impl Observer,
    ) -> Result<Report, BatchError> {
        let (start, again) = (Instant::now(), self.results.is_ready());
        plan::plan(&self.job, &mut self.results, || server.new_id(), observer).await?;
        let done = self.results.tally().done();
        observer.planned(self.results.rows(), done);
        let stopped = send::send(server, &self.job, &mut self.results, observer).await?;
        let summary = Summary::new(
            self.results.rows(),
            self.results.tally().clone(),
            if again { done } else { 0 },
            start.elapsed(),
            self.job.results,
        );
        Ok(Report { summary, stopped })
    }
}

impl Job {
    /// Where the results of `input` go if nothing is said: beside it.
    pub(crate) fn default_results(input: &Path) -> PathBuf {
        input.with_extension("results.csv")
    }

    fn open_input(&self) -> Result<Input, BatchError> {
        Input::open(&self.input).map_err(|source| self.not_read(source))
    }

    fn next_row(&self, input: &mut Input) -> Result<Option<Row>, BatchError> {
        input.next().map_err(|error| self.not_read(error.into()))
    }

    fn not_read(&self, source: InputError) -> BatchError {
        BatchError::Input { path: self.input.clone(), source }
    }

    fn not_written(&self, error: io::Error) -> BatchError {
        BatchError::NotWritten { path: self.results.clone(), error }
    }
}
