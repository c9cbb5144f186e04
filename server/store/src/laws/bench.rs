//! What the laws need of a test's engine.

use crate::batch::{Batch, BatchId, End};
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::store::{Pending, Read, Store};
use std::sync::Arc;

/// An engine on a bench: connections as of several servers, and what an operator or a fault does.
pub trait Bench: Send + Sync {
    /// A connection of one more server.
    fn connect(&self) -> Pending<Arc<dyn Store>>;

    /// Lets the next append behind this end of the log wait until [`Bench::resume`].
    fn stall(&self, log: &LogId, end: Option<End>) -> Pending<()>;

    fn resume(&self, log: &LogId) -> Pending<()>;

    /// Whether one of these logs can be slow while the other is not: a process that has both does
    /// everything in turn.
    fn are_apart(&self, _: &LogId, _: &LogId) -> bool {
        true
    }

    /// Loses the log's batches behind this version, as a failover to an older state does.
    fn truncate(&self, log: &LogId, version: u64) -> Pending<()>;

    /// Flips a bit in the body of the batch that begins with this version.
    fn flip(&self, log: &LogId, first: u64, bit: usize) -> Pending<()>;
}

/// A server as the laws see it: it makes batches, and knows the log that it appends to.
pub(super) struct Writer {
    pub(super) store: Arc<dyn Store>,
    pub(super) random: fastrand::Rng,
}

impl Writer {
    pub(super) async fn new(bench: &dyn Bench, seed: u64) -> Self {
        let store = bench.connect().await.expect("the engine is there");
        Self { store, random: fastrand::Rng::with_seed(seed) }
    }

    pub(super) fn log(&mut self, name: &str) -> LogId {
        LogId::parse(&format!("{name}-{:016x}", self.random.u64(..))).expect("a short name")
    }

    /// A log that can be slow while this one is not, if the engine has any.
    pub(super) fn log_apart(
        &mut self,
        bench: &dyn Bench,
        from: &LogId,
        name: &str,
    ) -> Option<LogId> {
        let found = (0..1_000).map(|_| self.log(name)).find(|log| bench.are_apart(from, log));
        if found.is_none() {
            println!("no log is slow alone");
        }
        found
    }

    /// A batch of one to five changes behind this end, made now.
    pub(super) async fn batch(&mut self, log: &LogId, end: Option<End>) -> Batch {
        let now = self.store.now().await.expect("the engine has a clock");
        let id = BatchId(self.random.u128(..).to_be_bytes());
        let body: Vec<u8> = (0..self.random.usize(1..200)).map(|_| self.random.u8(..)).collect();
        Batch::new(log.clone(), end, id, self.random.u64(1..=5), now, &body)
    }

    pub(super) async fn append(&self, batch: &Batch) -> Outcome {
        let mut answers = self.store.append(vec![batch.clone()]);
        let answer = answers.pop().expect("an answer for a batch");
        answer.await.expect("the engine answers")
    }

    /// Appends so many batches, and returns them.
    pub(super) async fn grow(&mut self, log: &LogId, batches: usize) -> Vec<Batch> {
        let mut grown: Vec<Batch> = Vec::new();
        for _ in 0..batches {
            let batch = self.batch(log, grown.last().map(Batch::end)).await;
            assert_eq!(self.append(&batch).await, Outcome::Appended, "a log of one server grows");
            grown.push(batch);
        }
        grown
    }

    pub(super) async fn read(&self, log: &LogId, after: u64) -> Read {
        self.store.read(log, after, 1_000).await.expect("the engine answers")
    }

    pub(super) async fn end(&self, log: &LogId) -> Option<End> {
        let ends = self.store.ends(vec![log.clone()]).await.expect("the engine answers");
        ends.into_iter().next().expect("an end for a log")
    }
}
