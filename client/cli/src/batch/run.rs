//! A run of a batch: plan, then send.

use super::failed::FailedFile;
use super::job::{BatchError, BatchJob, BatchObserver, BatchServer};
use super::results::{BatchResults, LockedFile, ResultsDisk, ResultsError};
use super::summary::BatchSummary;
use super::{failed, plan, send};
use boxoffice_client::ClientError;
use std::time::Instant;

/// The result of a run.
#[derive(Debug)]
pub(crate) struct BatchReport {
    pub(crate) summary: BatchSummary,
    /// The error that left rows without an outcome.
    pub(crate) stopped: Option<ClientError>,
    /// What became of the file of failed rows.
    pub(crate) failed: Result<FailedFile, BatchError>,
}

/// A batch with its files open and locked.
pub(crate) struct BatchRun<D> {
    job: BatchJob,
    results: BatchResults<D>,
}

impl BatchRun<LockedFile> {
    /// Opens both files. Only one process at a time can run a batch.
    pub(crate) fn open(job: BatchJob) -> Result<Self, BatchError> {
        // A bad header must not leave an empty results file behind.
        job.open_input()?;
        match LockedFile::open(&job.results) {
            Ok(Some(file)) => Self::new(job, file),
            Ok(None) => Err(job.not_usable(ResultsError::InUse)),
            Err(error) => Err(job.not_usable(error.into())),
        }
    }
}

impl<D: ResultsDisk> BatchRun<D> {
    pub(super) fn new(job: BatchJob, disk: D) -> Result<Self, BatchError> {
        match BatchResults::open(disk) {
            Ok(results) => Ok(Self { job, results }),
            Err(source) => Err(job.not_usable(source)),
        }
    }

    /// Plans, then sends the rows without an outcome. The future may be dropped at any time.
    pub(crate) async fn run(
        mut self,
        server: &impl BatchServer,
        observer: &mut impl BatchObserver,
    ) -> Result<BatchReport, BatchError> {
        let (start, again) = (Instant::now(), self.results.is_ready());
        plan::plan(&self.job, &mut self.results, || server.new_id(), observer).await?;
        let done = self.results.counts().done();
        observer.planned(self.results.rows(), done);
        let stopped = send::send(server, &self.job, &mut self.results, observer).await?;
        let failed = failed::write(&self.job, &mut self.results);
        let is_there = failed.as_ref().is_ok_and(|file| *file != FailedFile::NotNeeded);
        let summary = BatchSummary::new(
            self.results.rows(),
            self.results.counts().clone(),
            if again { done } else { 0 },
            start.elapsed(),
            self.job.results,
            is_there.then_some(self.job.failed),
        );
        Ok(BatchReport { summary, stopped, failed })
    }
}
