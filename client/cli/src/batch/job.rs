//! The job of a batch: its files and settings, its errors, and its view of server and observer.

use super::input::{Assumed, BadRow, Input, InputError, InputRow};
use super::results::{ResultsError, RowCounts};
use crate::values::TextEncoding;
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::reply::Reply;
use boxoffice_client::protocol::request::Request;
use boxoffice_client::{Client, ClientError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// The part of a client that a batch uses; tests replace it.
pub(crate) trait BatchServer: Clone + 'static {
    /// An id for a new reservation.
    fn new_id(&self) -> ReservationId;

    /// Sends a request with retries, as [`Client::call`] does.
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

/// An observer of a run.
pub(crate) trait BatchObserver {
    /// The input is not plain CSV in UTF-8, and is read like this.
    fn assumed(&mut self, assumed: &Assumed);

    /// Planning found a row that cannot be sent.
    fn bad_row(&mut self, line: u64, bad: &BadRow);

    /// All rows are planned; `done` of them have an outcome already.
    fn planned(&mut self, rows: u64, done: u64);

    /// More rows have outcomes.
    fn progress(&mut self, counts: &RowCounts);
}

/// The treatment of stale rows, whose id is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replan {
    /// Stale rows stay as they are.
    Nothing,
    /// Stale rows get new ids and are sent.
    Stale,
}

/// The files and settings of a batch.
#[derive(Debug, Clone)]
pub(crate) struct BatchJob {
    /// The file of rows.
    pub(crate) input: PathBuf,
    /// The encoding of an input without a byte-order mark; UTF-8 if none is given.
    pub(crate) encoding: Option<TextEncoding>,
    pub(crate) results: PathBuf,
    /// Where failed rows go, to be corrected.
    pub(crate) failed: PathBuf,
    pub(crate) replan: Replan,
    /// The number of requests in flight, at least one.
    pub(crate) in_flight: usize,
    /// The time for one row, retries included.
    pub(crate) deadline: Duration,
}

/// Why a batch did not run, or did not finish.
#[derive(Debug, Error)]
pub(crate) enum BatchError {
    #[error("{}: {source}", path.display())]
    Input { path: PathBuf, source: InputError },
    #[error("{}: {source}", path.display())]
    Results { path: PathBuf, source: ResultsError },
    /// Outcomes cannot be recorded any more.
    #[error(
        "{}: {error}. Make it writable and run again: nothing is booked twice", path.display()
    )]
    NotWritten { path: PathBuf, error: io::Error },
    /// The input differs from the planned one.
    #[error(
        "{} has changed since {} was begun: {what}. Restore it and run again, or put what is new into a file of its own",
        input.display(), results.display()
    )]
    Changed { input: PathBuf, results: PathBuf, what: String },
}

impl BatchJob {
    /// The results file beside `input`.
    pub(crate) fn default_results(input: &Path) -> PathBuf {
        input.with_extension("results.csv")
    }

    /// The file of failed rows beside `input`, in its format.
    pub(crate) fn default_failed(input: &Path) -> PathBuf {
        let extension = input.extension().and_then(|extension| extension.to_str());
        input.with_extension(format!("failed.{}", extension.unwrap_or("csv")))
    }

    pub(super) fn open_input(&self) -> Result<Input, BatchError> {
        Input::open(&self.input, self.encoding).map_err(|source| self.not_read(source))
    }

    pub(super) fn next_row(&self, input: &mut Input) -> Result<Option<InputRow>, BatchError> {
        input.next().map_err(|error| self.not_read(error))
    }

    fn not_read(&self, source: InputError) -> BatchError {
        BatchError::Input { path: self.input.clone(), source }
    }

    pub(super) fn not_usable(&self, source: ResultsError) -> BatchError {
        BatchError::Results { path: self.results.clone(), source }
    }

    pub(super) fn not_written(&self, error: io::Error) -> BatchError {
        BatchError::NotWritten { path: self.results.clone(), error }
    }
}
