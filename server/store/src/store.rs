//! What a server asks of an engine.

use crate::Lease;
use crate::batch::{Batch, End};
use crate::error::StoreError;
use crate::lease::LeaseAnswer;
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::snapshot::{Snapshot, Summary};
use std::pin::Pin;
use std::time::Duration;

/// An answer on its way. The request was sent when the method was called; dropping the answer takes
/// nothing back. So what decides never has to live inside a future that others may drop.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// An engine that many servers share.
pub trait Store: Send + Sync {
    /// Appends batches of different logs. Each has an answer of its own, and a slow log holds up no
    /// other. A batch is inserted only if its predecessor is its log's newest one; one that is in
    /// the log already has [`Outcome::Appended`] again.
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>>;

    /// Has an empty log begin with this batch, whatever precedes it: what came before was trimmed
    /// where it is copied from. It is appended otherwise as by [`append`](Self::append).
    fn begin(&self, batch: Batch) -> Pending<Outcome>;

    /// The log's batches behind this version, in order: at most `limit`, and no more than
    /// [`READ_BYTES`] in all unless the first alone is larger.
    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read>;

    /// Names of logs that have a batch behind this name, at most `limit`, in their order.
    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>>;

    /// Where these logs end; none where a log is empty.
    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>>;

    /// Summaries of the logs behind this name, at most `limit`, in the order of their names.
    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>>;

    /// Keeps a snapshot if its end is the log's own, and later than that of the one before. The end
    /// is the log's if a batch of that id ends there, or the next one names it as its predecessor.
    /// Returns whether it was kept.
    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool>;

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>>;

    /// Removes what the log's snapshot covers up to this version, if the snapshot's end is the log's
    /// own. The newest batch stays.
    fn trim(&self, log: &LogId, through: u64) -> Pending<()>;

    /// The engine's time in milliseconds since 1970. It never goes back for one user.
    fn now(&self) -> Pending<u64>;

    /// Takes a lease, or prolongs one that is the holder's.
    fn lease(
        &self,
        name: &str,
        holder: &str,
        body: Vec<u8>,
        time: Duration,
    ) -> Pending<LeaseAnswer>;

    /// Ends a lease if it is the holder's.
    fn release(&self, name: &str, holder: &str) -> Pending<()>;

    /// All leases that have not ended.
    fn leases(&self) -> Pending<Vec<Lease>>;

    /// Tells the others that these logs have grown. It may get lost: the ends tell for certain.
    fn hint(&self, logs: Vec<LogId>) -> Pending<()>;

    /// The hints from now on.
    fn hints(&self) -> Pending<Hints>;
}

/// The bodies of one read have so many bytes at most, unless it has one batch only. Applying them
/// takes some ten milliseconds.
pub const READ_BYTES: usize = 1 << 20;

/// A part of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// All that there were.
    Batches(Vec<Batch>),
    /// A bound was reached: there may be more behind the last of these, and there is one at least.
    Part(Vec<Batch>),
    /// What comes next was trimmed: a snapshot has it.
    Trimmed,
}

/// Hints as they come. A slow reader misses the oldest.
#[derive(Debug)]
pub struct Hints(pub(crate) tokio::sync::broadcast::Receiver<LogId>);

impl Hints {
    /// The next log that has grown; none once the store is closed.
    pub async fn next(&mut self) -> Option<LogId> {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            match self.0.recv().await {
                Ok(log) => return Some(log),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
