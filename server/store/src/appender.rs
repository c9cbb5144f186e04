//! Appends, a few groups at a time: what waits while others are on their way is sent together.

use crate::append_queue::{Answer, AppendQueue, Waiting, tell};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::outcome::Outcome;
use crate::store::Pending;
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::oneshot;

/// Parts of the time that a batch waits for its turn.
const TICKS: u32 = 4;

/// How an engine is sent appends.
pub(crate) trait SendsAppends: Send + Sync + Sized + 'static {
    /// Sends what waits, until [`Appender::next`] has no more.
    fn send(appender: Arc<Appender<Self>>) -> impl Future<Output = ()> + Send;

    /// Refuses a batch that the engine cannot keep.
    fn check(batch: &Batch) -> Result<(), StoreError>;

    /// The answer to a batch that had no turn within the time for which it may wait.
    fn late(&self, wait: Duration) -> Answer;
}

/// A queue of appends, and the tasks that send them.
pub(crate) struct Appender<S> {
    pub(crate) engine: S,
    /// How many tasks may send at once.
    most_senders: usize,
    state: Mutex<AppenderState>,
}

#[derive(Default)]
struct AppenderState {
    queue: AppendQueue,
    senders: usize,
}

impl<S: SendsAppends> Appender<S> {
    /// Within the store's runtime, like its methods. A batch waits for its turn for `wait` at most.
    pub(crate) fn start(engine: S, most_senders: usize, wait: Duration) -> Arc<Self> {
        let appender = Arc::new(Self { engine, most_senders, state: Mutex::default() });
        tokio::spawn(tick(Arc::downgrade(&appender), wait));
        appender
    }

    /// Has batches wait for their turn, and returns their answers on the way.
    pub(crate) fn append(self: &Arc<Self>, batches: Vec<Batch>) -> Vec<Pending<Outcome>> {
        let pending = batches.into_iter().map(|batch| self.push(batch)).collect();
        self.wake();
        pending
    }

    pub(crate) fn append_one(self: &Arc<Self>, batch: Batch) -> Pending<Outcome> {
        let pending = self.push(batch);
        self.wake();
        pending
    }

    fn push(&self, batch: Batch) -> Pending<Outcome> {
        let (say, answer) = oneshot::channel::<Answer>();
        match S::check(&batch) {
            Ok(()) => self.state.lock().queue.push(batch, say),
            Err(error) => tell(say, Err(error)),
        }
        let lost = || Ok(Outcome::Unknown("the store was closed".to_owned()));
        Box::pin(async move { answer.await.unwrap_or_else(|_| lost()) })
    }

    /// Starts one more task that sends, if there is work for it.
    pub(crate) fn wake(self: &Arc<Self>) {
        let mut state = self.state.lock();
        if state.senders < self.most_senders && state.queue.is_ready() {
            state.senders += 1;
            tokio::spawn(S::send(Arc::clone(self)));
        }
    }

    /// The next group that a task has to send, which is on its way from here on; none ends the task.
    pub(crate) fn next(self: &Arc<Self>) -> Option<Vec<Waiting>> {
        let group = self.take(AppendQueue::take)?;
        // What did not fit, or came meanwhile, does not wait for this group.
        self.wake();
        Some(group)
    }

    /// Everything that was not sent, for a task that cannot send it; none ends the task.
    #[cfg(any(feature = "postgres", feature = "redis"))]
    pub(crate) fn unsent(&self) -> Option<Vec<Waiting>> {
        self.take(AppendQueue::take_unsent)
    }

    fn take(&self, take: impl FnOnce(&mut AppendQueue) -> Vec<Waiting>) -> Option<Vec<Waiting>> {
        let mut state = self.state.lock();
        let group = take(&mut state.queue);
        if group.is_empty() {
            state.senders -= 1;
            return None;
        }
        Some(group)
    }

    /// Whether a task that has no connection has nothing to get one for, which ends it.
    #[cfg(feature = "postgres")]
    pub(crate) fn ends(&self) -> bool {
        let mut state = self.state.lock();
        let ends = !state.queue.is_ready();
        state.senders -= usize::from(ends);
        ends
    }

    /// Has the batches of a group that failed be sent one by one.
    #[cfg(feature = "postgres")]
    pub(crate) fn put_back(&self, group: Vec<Waiting>) {
        self.state.lock().queue.put_back(group);
    }

    /// Answers batches that were on their way.
    pub(crate) fn answer(&self, answered: impl IntoIterator<Item = (Waiting, Answer)>) {
        for (waiting, answer) in answered {
            self.state.lock().queue.arrived(waiting.batch.log());
            tell(waiting.say, answer);
        }
    }
}

/// Answers what has waited for too long, for as long as the store is there.
async fn tick<S: SendsAppends>(appender: Weak<Appender<S>>, wait: Duration) {
    let mut interval = tokio::time::interval(wait / TICKS);
    loop {
        interval.tick().await;
        let Some(appender) = appender.upgrade() else { return };
        let late = appender.state.lock().queue.tick(u64::from(TICKS));
        late.into_iter().for_each(|it| tell(it.say, appender.engine.late(wait)));
    }
}
