//! What a copy reads of its source.

use crate::batch::End;
use crate::log_id::LogId;
use crate::snapshot::Snapshot;
use crate::store::{Pending, Read, Store};

/// A source of copies: a store, or anything that can be read as one.
pub trait CopySource {
    /// As [`Store::logs`].
    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>>;

    /// As [`Store::ends`].
    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>>;

    /// As [`Store::read`].
    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read>;

    /// As [`Store::snapshot`].
    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>>;
}

impl<S: Store + ?Sized> CopySource for S {
    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        Store::logs(self, after, limit)
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        Store::ends(self, logs)
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        Store::read(self, log, after, limit)
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        Store::snapshot(self, log)
    }
}
