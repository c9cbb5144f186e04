//! The engine in memory, at the time of a clock that the test moves.

use boxoffice_server::clock::Clock;
use boxoffice_store::{
    Batch, End, Hints, Lease, LeaseAnswer, LogId, Memory, Outcome, Pending, Read, Snapshot, Store,
    Summary,
};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The engine's clock is the servers' clock.
pub(crate) struct ClockedStore {
    pub(crate) memory: Memory,
    clock: Clock,
    /// The engine's time, in milliseconds.
    now_ms: Mutex<u64>,
    /// Whether its time takes long to come.
    pub(crate) is_slow_to_tell_time: AtomicBool,
}

impl ClockedStore {
    pub(crate) fn new(clock: Clock) -> Self {
        let now_ms = clock.now().as_ms();
        let is_slow_to_tell_time = AtomicBool::new(false);
        let (memory, now_ms) = (Memory::new(now_ms), Mutex::new(now_ms));
        Self { memory, clock, now_ms, is_slow_to_tell_time }
    }

    fn at_its_time(&self) -> &Memory {
        let (mut known, now) = (self.now_ms.lock(), self.clock.now().as_ms());
        self.memory.advance(Duration::from_millis(now.saturating_sub(*known)));
        *known = now.max(*known);
        &self.memory
    }
}

impl Store for ClockedStore {
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        self.at_its_time().append(batches)
    }

    fn begin(&self, batch: Batch) -> Pending<Outcome> {
        self.at_its_time().begin(batch)
    }

    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        self.at_its_time().logs(after, limit)
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        self.at_its_time().read(log, after, limit)
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        self.at_its_time().ends(logs)
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        self.at_its_time().summaries(after, limit)
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool> {
        self.at_its_time().put_snapshot(snapshot)
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        self.at_its_time().snapshot(log)
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        self.at_its_time().trim(log, through)
    }

    fn now(&self) -> Pending<u64> {
        let now = self.at_its_time().now();
        if !self.is_slow_to_tell_time.load(Ordering::Relaxed) {
            return now;
        }
        Box::pin(async move {
            #[expect(clippy::disallowed_methods, reason = "it is what makes it slow")]
            tokio::time::sleep(Duration::from_millis(600)).await;
            now.await
        })
    }

    fn lease(
        &self,
        name: &str,
        holder: &str,
        body: Vec<u8>,
        time: Duration,
    ) -> Pending<LeaseAnswer> {
        self.at_its_time().lease(name, holder, body, time)
    }

    fn release(&self, name: &str, holder: &str) -> Pending<()> {
        self.at_its_time().release(name, holder)
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        self.at_its_time().leases()
    }

    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        self.at_its_time().hint(logs)
    }

    fn hints(&self) -> Pending<Hints> {
        self.at_its_time().hints()
    }
}
