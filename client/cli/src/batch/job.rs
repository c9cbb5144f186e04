//! The job of a batch: its files and settings, its errors, and its view of server and observer.

use super::input::{Assumed, BadRow, Input, InputError, InputFormat, InputRow, InputSource};
use super::log::{LogError, RowCounts};
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
    pub(crate) input: InputSource,
    /// The encoding of an input without a byte-order mark; UTF-8 if none is given.
    pub(crate) encoding: Option<TextEncoding>,
    /// What was promised, and what became of it.
    pub(crate) log: PathBuf,
    /// A line for each row, for people.
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
    #[error("{input}: {source}")]
    Input { input: InputSource, source: InputError },
    #[error("{}: {source}", path.display())]
    Log { path: PathBuf, source: LogError },
    /// Results would replace another file.
    #[error("{}: is not the results of a batch; name another file with --out", path.display())]
    NotResults { path: PathBuf },
    /// Outcomes cannot be recorded any more.
    #[error(
        "{}: {error}. Make it writable and run again: nothing is booked twice", path.display()
    )]
    NotWritten { path: PathBuf, error: io::Error },
    /// Rows that may be booked are not what they were.
    #[error(
        "{input} has changed before {} had all outcomes: {rows} of its rows without one are different or gone, and may be booked. Restore it and run it to its end; then change it",
        log.display()
    )]
    ChangedTooSoon { input: InputSource, log: PathBuf, rows: usize },
    #[error("{input} changed while it was read, in line {line}; run the same command again")]
    ChangedMeanwhile { input: InputSource, line: u64 },
}

impl BatchJob {
    /// A file with this extension beside `path`.
    pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
        path.with_extension(extension)
    }

    /// The extension of failed rows, which are in the format of their input.
    pub(crate) fn extension_of_failed(
        input: &InputSource,
        encoding: Option<TextEncoding>,
    ) -> Result<String, BatchError> {
        let extension = match input {
            InputSource::File(path) => path.extension().and_then(|extension| extension.to_str()),
            InputSource::Pipe(_) => {
                let opened = input.open(encoding);
                let opened = opened.map_err(|source| not_read(input, source))?;
                (opened.format() == InputFormat::Json).then_some("jsonl")
            }
        };
        Ok(format!("failed.{}", extension.unwrap_or("csv")))
    }

    pub(super) fn open_input(&self) -> Result<Input, BatchError> {
        self.input.open(self.encoding).map_err(|source| not_read(&self.input, source))
    }

    pub(super) fn next_row(&self, input: &mut Input) -> Result<Option<InputRow>, BatchError> {
        input.next().map_err(|source| not_read(&self.input, source))
    }

    pub(super) fn not_usable(&self, source: LogError) -> BatchError {
        BatchError::Log { path: self.log.clone(), source }
    }

    pub(super) fn not_written(&self, error: io::Error) -> BatchError {
        BatchError::NotWritten { path: self.log.clone(), error }
    }
}

fn not_read(input: &InputSource, source: InputError) -> BatchError {
    BatchError::Input { input: input.clone(), source }
}
