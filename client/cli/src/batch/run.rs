//! A run of a batch: plan, then send, then tell.

use super::failed::FailedFile;
use super::job::{BatchError, BatchJob, BatchObserver, BatchServer};
use super::log::{BatchLog, LockedFile, LogDisk, LogError, PromiseState, RowCounts};
use super::plan::Plan;
use super::report::{self, Written};
use super::summary::BatchSummary;
use super::{plan, send};
use boxoffice_client::ClientError;
use std::time::Instant;

/// The result of a run.
#[derive(Debug)]
pub(crate) struct BatchReport {
    pub(crate) summary: BatchSummary,
    /// The error that left rows without an outcome.
    pub(crate) stopped: Option<ClientError>,
    /// What was written for people.
    pub(crate) written: Result<Written, BatchError>,
}

/// A batch with its files open and locked.
pub(crate) struct BatchRun<D> {
    job: BatchJob,
    log: BatchLog<D>,
}

impl BatchRun<LockedFile> {
    /// Opens the files. Only one process at a time can run a batch.
    pub(crate) fn open(job: BatchJob) -> Result<Self, BatchError> {
        // A bad header must not leave an empty log behind.
        job.open_input()?;
        report::check(&job)?;
        match LockedFile::open(&job.log) {
            Ok(Some(file)) => Self::new(job, file),
            Ok(None) => Err(job.not_usable(LogError::InUse)),
            Err(error) => Err(job.not_usable(error.into())),
        }
    }
}

impl<D: LogDisk> BatchRun<D> {
    pub(super) fn new(job: BatchJob, disk: D) -> Result<Self, BatchError> {
        match BatchLog::open(disk) {
            Ok(log) => Ok(Self { job, log }),
            Err(source) => Err(job.not_usable(source)),
        }
    }

    /// Plans, then sends the rows without an outcome. The future may be dropped at any time.
    pub(crate) async fn run(
        mut self,
        server: &impl BatchServer,
        observer: &mut impl BatchObserver,
    ) -> Result<BatchReport, BatchError> {
        let (start, earlier) = (Instant::now(), self.log.promises().len());
        let (job, log) = (&self.job, &mut self.log);
        let plan = plan::plan(job, log, || server.new_id(), observer).await?;
        let mut counts = count(&plan, log).map_err(|source| job.not_usable(source))?;
        let rows = plan.rows.len() as u64;
        let is_earlier = |row: &&plan::PlannedRow| {
            row.promise.is_some_and(|promise| {
                promise < earlier && log.promises()[promise].state != PromiseState::Open
            })
        };
        let already_done = plan.rows.iter().filter(is_earlier).count() as u64;
        observer.planned(rows, counts.done());
        let stopped = send::send(server, job, &plan, log, &mut counts, observer).await?;
        let written = report::write(job, &plan, log, counts.done() == rows);
        let failed = written.as_ref().is_ok_and(|written| written.failed != FailedFile::NotNeeded);
        let gone = plan.gone.len() as u64;
        let summary = BatchSummary::new(
            (rows, gone),
            counts,
            already_done,
            start.elapsed(),
            self.job.results,
            failed.then_some(self.job.failed),
        );
        Ok(BatchReport { summary, stopped, written })
    }
}

/// Counts what is known of the rows before any is sent.
fn count<D: LogDisk>(plan: &Plan, log: &mut BatchLog<D>) -> Result<RowCounts, LogError> {
    let mut counts = RowCounts::default();
    let mut outcomes = log.outcomes()?;
    for row in &plan.rows {
        match row.promise {
            None => counts.differing += 1,
            Some(promise) => {
                let known = outcomes.of(promise)?;
                if let Some((outcome, record)) = known.and_then(|it| Some((it.status?, it))) {
                    counts.add(outcome, record.refused.as_deref());
                }
            }
        }
    }
    Ok(counts)
}
