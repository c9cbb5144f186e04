//! The store over what is in memory, and its faults.

use super::logs::Logs;
use crate::batch::{Batch, End};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::snapshot::{Snapshot, Summary};
use crate::store::{Hints, Pending, Read, Store};
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, oneshot};

/// Hints that a slow reader may be behind.
const HINTS: usize = 1_024;

/// What happens to the next append of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendFault {
    /// It is applied, and the answer is lost.
    AnswerLost,
    /// It is on its way when the answer is lost, and arrives with [`Memory::deliver`].
    AppliedLate,
}

/// An engine in memory. Clones are connections of several servers to the same engine.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Mutex<MemoryState>>);

#[derive(Debug)]
struct MemoryState {
    logs: Logs,
    faults: BTreeMap<LogId, VecDeque<AppendFault>>,
    on_their_way: Vec<Batch>,
    /// Logs that answer no append, with those that wait.
    stalled: BTreeMap<LogId, Vec<(Batch, oneshot::Sender<Answer>)>>,
    /// An older state, to fail over to.
    replica: Logs,
    hints: broadcast::Sender<LogId>,
}

type Answer = Result<Outcome, StoreError>;

impl Memory {
    /// An empty engine whose clock stands at this time.
    pub fn new(now_ms: u64) -> Self {
        Self(Arc::new(Mutex::new(MemoryState {
            logs: Logs { now_ms, ..Logs::default() },
            faults: BTreeMap::new(),
            on_their_way: Vec::new(),
            stalled: BTreeMap::new(),
            replica: Logs { now_ms, ..Logs::default() },
            hints: broadcast::channel(HINTS).0,
        })))
    }

    /// Moves the engine's clock.
    pub fn advance(&self, time: Duration) {
        let mut state = self.0.lock();
        state.logs.now_ms += u64::try_from(time.as_millis()).unwrap_or_default();
    }

    /// Has this happen to the next append of a log that has no fault before it.
    pub fn inject(&self, log: &LogId, fault: AppendFault) {
        self.0.lock().faults.entry(log.clone()).or_default().push_back(fault);
    }

    /// Lets appends arrive that were on their way, as if they were sent now.
    pub fn deliver(&self) {
        let mut state = self.0.lock();
        for batch in std::mem::take(&mut state.on_their_way) {
            // Its sender has its answer already.
            let _ = state.logs.append(&batch);
        }
    }

    /// Lets appends of a log wait.
    pub fn stall(&self, log: &LogId) {
        self.0.lock().stalled.entry(log.clone()).or_default();
    }

    /// How many batches of a log wait since it was stalled.
    pub fn stalled(&self, log: &LogId) -> usize {
        self.0.lock().stalled.get(log).map_or(0, Vec::len)
    }

    /// Lets them go on.
    pub fn resume(&self, log: &LogId) {
        let mut state = self.0.lock();
        for (batch, answer) in state.stalled.remove(log).unwrap_or_default() {
            let outcome = state.append(&batch);
            // The answer may have been dropped; the append may not.
            let _ = answer.send(outcome);
        }
    }

    /// Copies everything to the replica.
    pub fn replicate(&self) {
        let mut state = self.0.lock();
        state.replica = state.logs.clone();
    }

    /// Goes on with what the replica has; time does not go back.
    pub fn fail_over(&self) {
        let mut state = self.0.lock();
        let now_ms = state.logs.now_ms;
        state.logs = Logs { now_ms, ..state.replica.clone() };
    }

    /// Loses the log's batches behind this version.
    pub fn truncate(&self, log: &LogId, version: u64) {
        let mut state = self.0.lock();
        if let Some(log) = state.logs.logs.get_mut(log) {
            log.retain(|_, stored| stored.last <= version);
        }
    }

    /// Flips a bit of the body of the batch that begins with this version.
    pub fn flip(&self, log: &LogId, first: u64, bit: usize) {
        let mut state = self.0.lock();
        let stored = state.logs.logs.get_mut(log).and_then(|log| log.get_mut(&first));
        let body = stored.and_then(|stored| stored.body.as_mut());
        if let Some(byte) = body.and_then(|body| Arc::make_mut(body).get_mut(bit / 8)) {
            *byte ^= 1 << (bit % 8);
        }
    }
}

impl MemoryState {
    fn append(&mut self, batch: &Batch) -> Answer {
        match self.faults.get_mut(batch.log()).and_then(VecDeque::pop_front) {
            None => self.logs.append(batch),
            Some(fault) => {
                match fault {
                    AppendFault::AnswerLost => drop(self.logs.append(batch)),
                    AppendFault::AppliedLate => self.on_their_way.push(batch.clone()),
                }
                Ok(Outcome::Unknown("the answer was lost".to_owned()))
            }
        }
    }
}

fn at_once<T: Send + 'static>(answer: Result<T, StoreError>) -> Pending<T> {
    Box::pin(ready(answer))
}

impl Store for Memory {
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        let mut state = self.0.lock();
        let append = |batch: Batch| {
            let Some(waiting) = state.stalled.get_mut(batch.log()) else {
                return at_once(state.append(&batch));
            };
            let (say, answer) = oneshot::channel();
            waiting.push((batch, say));
            let gone = || Ok(Outcome::Unknown("the engine is gone".to_owned()));
            let answer: Pending<Outcome> =
                Box::pin(async move { answer.await.unwrap_or_else(|_| gone()) });
            answer
        };
        batches.into_iter().map(append).collect()
    }

    fn begin(&self, batch: Batch) -> Pending<Outcome> {
        at_once(self.0.lock().logs.begin(&batch))
    }

    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        at_once(Ok(self.0.lock().logs.names(after, limit)))
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        at_once(self.0.lock().logs.read(log, after, limit))
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        let state = self.0.lock();
        at_once(Ok(logs.iter().map(|log| state.logs.end(log)).collect()))
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        at_once(Ok(self.0.lock().logs.summaries(after, limit)))
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool> {
        at_once(Ok(self.0.lock().logs.put_snapshot(snapshot)))
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        at_once(self.0.lock().logs.snapshot(log))
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        self.0.lock().logs.trim(log, through);
        at_once(Ok(()))
    }

    fn now(&self) -> Pending<u64> {
        at_once(Ok(self.0.lock().logs.now_ms))
    }

    fn lease(
        &self,
        name: &str,
        holder: &str,
        body: Vec<u8>,
        time: Duration,
    ) -> Pending<LeaseAnswer> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        let wanted = Lease { name, holder, body, until_ms: 0 };
        at_once(Ok(self.0.lock().logs.lease(wanted, time)))
    }

    fn release(&self, name: &str, holder: &str) -> Pending<()> {
        self.0.lock().logs.release(name, holder);
        at_once(Ok(()))
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        at_once(Ok(self.0.lock().logs.leases()))
    }

    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        let state = self.0.lock();
        // Where no server listens, none misses it.
        logs.into_iter().for_each(|log| drop(state.hints.send(log)));
        at_once(Ok(()))
    }

    fn hints(&self) -> Pending<Hints> {
        at_once(Ok(Hints(self.0.lock().hints.subscribe())))
    }
}
