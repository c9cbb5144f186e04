//! Appends, a few at a time. What waits while others are on their way is sent together.

use super::append::{append, unanswered};
use super::collections::Collections;
use super::failure::MongoFailure;
use super::settings::MongoSettings;
use crate::append_queue::{Answer, AppendQueue, Waiting, tell};
use crate::batch::Batch;
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::oneshot;

/// Parts of the time that a batch waits for its turn.
const TICKS: u32 = 4;

pub(super) struct MongoAppender {
    store: Arc<Collections>,
    settings: MongoSettings,
    state: Mutex<MongoAppenderState>,
}

#[derive(Default)]
struct MongoAppenderState {
    queue: AppendQueue,
    /// Tasks that send.
    senders: usize,
}

impl MongoAppender {
    /// Within the store's runtime, like its methods.
    pub(super) fn start(store: Arc<Collections>, settings: MongoSettings) -> Arc<Self> {
        let time = settings.connection_wait / TICKS;
        let appender = Arc::new(Self { store, settings, state: Mutex::default() });
        tokio::spawn(tick(Arc::downgrade(&appender), time));
        appender
    }

    pub(super) fn push(self: &Arc<Self>, batches: Vec<(Batch, oneshot::Sender<Answer>)>) {
        for (batch, say) in batches {
            self.state.lock().queue.push(batch, say);
        }
        self.wake();
    }

    /// Starts one more task that sends, if there is work for it.
    fn wake(self: &Arc<Self>) {
        let mut state = self.state.lock();
        if state.senders < self.settings.appends && state.queue.is_ready() {
            state.senders += 1;
            tokio::spawn(Arc::clone(self).send());
        }
    }

    /// Sends what waits, until nothing does.
    async fn send(self: Arc<Self>) {
        while let Some(group) = self.next() {
            // What did not fit, or came meanwhile, does not wait for this group.
            self.wake();
            let batches: Vec<_> = group.iter().map(|it| &it.batch).collect();
            let answers = append(&self.store, &batches).await;
            let answers =
                answers.unwrap_or_else(|failure| vec![Err(failure.into()); batches.len()]);
            for (waiting, answer) in group.into_iter().zip(answers) {
                self.state.lock().queue.arrived(waiting.batch.log());
                tell(waiting.say, answer);
            }
        }
    }

    /// The next group, or the end of a task that sends.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut state = self.state.lock();
        let group = state.queue.take();
        if group.is_empty() {
            state.senders -= 1;
            return None;
        }
        Some(group)
    }
}

/// Answers what has waited for too long, for as long as the store is there.
async fn tick(appender: Weak<MongoAppender>, time: Duration) {
    let mut interval = tokio::time::interval(time);
    loop {
        interval.tick().await;
        let Some(appender) = appender.upgrade() else { return };
        let late = appender.state.lock().queue.tick(u64::from(TICKS));
        let wait = appender.settings.connection_wait.as_millis();
        let late_by =
            MongoFailure::unavailable(format!("earlier appends took more than {wait} ms"));
        late.into_iter().for_each(|it| tell(it.say, unanswered(&late_by)));
    }
}
