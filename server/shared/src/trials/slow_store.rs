//! The engine for what a server does beside its actor: every answer comes at the second look.

use boxoffice_store::{
    Batch, End, Hints, Lease, LeaseAnswer, LogId, Memory, Outcome, Pending, Read, Snapshot, Store,
    Summary,
};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// An engine whose user does one step at a time.
#[derive(Debug)]
pub(super) struct SlowStore(pub(super) Memory);

/// Goes one step on, and returns what comes out in the end.
pub(super) fn step<T>(work: &mut Pin<Box<dyn Future<Output = T>>>) -> Option<T> {
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

fn late<T: Send + 'static>(answer: Pending<T>) -> Pending<T> {
    let mut was_polled = false;
    let second = std::future::poll_fn(move |_| match std::mem::replace(&mut was_polled, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    });
    Box::pin(async move {
        second.await;
        answer.await
    })
}

impl Store for SlowStore {
    fn append(&self, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        self.0.append(batches).into_iter().map(late).collect()
    }

    fn begin(&self, batch: Batch) -> Pending<Outcome> {
        late(self.0.begin(batch))
    }

    fn read(&self, log: &LogId, after: u64, limit: usize) -> Pending<Read> {
        late(self.0.read(log, after, limit))
    }

    fn logs(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<LogId>> {
        late(self.0.logs(after, limit))
    }

    fn ends(&self, logs: Vec<LogId>) -> Pending<Vec<Option<End>>> {
        late(self.0.ends(logs))
    }

    fn summaries(&self, after: Option<LogId>, limit: usize) -> Pending<Vec<Summary>> {
        late(self.0.summaries(after, limit))
    }

    fn put_snapshot(&self, snapshot: Snapshot) -> Pending<bool> {
        late(self.0.put_snapshot(snapshot))
    }

    fn snapshot(&self, log: &LogId) -> Pending<Option<Snapshot>> {
        late(self.0.snapshot(log))
    }

    fn trim(&self, log: &LogId, through: u64) -> Pending<()> {
        late(self.0.trim(log, through))
    }

    fn now(&self) -> Pending<u64> {
        late(self.0.now())
    }

    fn lease(
        &self,
        name: &str,
        holder: &str,
        body: Vec<u8>,
        time: Duration,
    ) -> Pending<LeaseAnswer> {
        late(self.0.lease(name, holder, body, time))
    }

    fn release(&self, name: &str, holder: &str) -> Pending<()> {
        late(self.0.release(name, holder))
    }

    fn leases(&self) -> Pending<Vec<Lease>> {
        late(self.0.leases())
    }

    fn hint(&self, logs: Vec<LogId>) -> Pending<()> {
        late(self.0.hint(logs))
    }

    fn hints(&self) -> Pending<Hints> {
        late(self.0.hints())
    }
}
