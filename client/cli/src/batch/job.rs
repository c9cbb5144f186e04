//! The job of a batch: its files and settings, its errors, and its view of server and observer.

use super::input::{BadRow, Input, InputError, InputRow};
use super::results::{ResultsError, RowCounts};
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::reply::Reply;
use boxoffice_client::protocol::request::Request;
use boxoffice_client::{Client, ClientError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// What a batch needs of a server.
pub(crate) trait BatchServer: Clone + 'static {
    /// An id for a new reservation.
    fn new_id(&self) -> ReservationId;

    /// Asks, as [`Client::call`] does.
    fn call(&self, request: &Request) -> impl Future<Output = Result<Reply, ClientError>>;
}

impl BatchServer for Client {
    fn new_id(&self) -> ReservationId {
        self.new_id()
    }

    async fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        self.call(request).await
    }
}

/// Who wants to know how a run comes along.
pub(crate) trait BatchObserver {
    /// A row that will not be sent, found while planning.
    fn bad_row(&mut self, line: u64, bad: &BadRow);

    /// Everything is planned: so many rows, of which so many have an outcome already.
    fn planned(&mut self, rows: u64, done: u64);

    /// Some more rows have outcomes.
    fn progress(&mut self, counts: &RowCounts);
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
pub(crate) struct BatchJob {
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

impl BatchJob {
    /// Where the results of `input` go if nothing is said: beside it.
    pub(crate) fn default_results(input: &Path) -> PathBuf {
        input.with_extension("results.csv")
    }

    pub(super) fn open_input(&self) -> Result<Input, BatchError> {
        Input::open(&self.input).map_err(|source| self.not_read(source))
    }

    pub(super) fn next_row(&self, input: &mut Input) -> Result<Option<InputRow>, BatchError> {
        input.next().map_err(|error| self.not_read(error.into()))
    }

    fn not_read(&self, source: InputError) -> BatchError {
        BatchError::Input { path: self.input.clone(), source }
    }

    pub(super) fn not_written(&self, error: io::Error) -> BatchError {
        BatchError::NotWritten { path: self.results.clone(), error }
    }
}
