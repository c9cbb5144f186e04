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

    /// The log's batches behind this version, at most `limit`, in order.
    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read>;

    /// Where these logs end; none where a log is empty.
    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>>;

    /// Summaries of the logs behind this name, at most `limit`, in the order of their names.
    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>>;

    /// Keeps a snapshot, unless there is one of a later version.
    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<()>;

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>>;

    /// Removes what the log's snapshot covers up to this version. The newest batch stays.
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

/// A part of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    Batches(Vec<Batch>),
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
