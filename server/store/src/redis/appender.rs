//! Appends to a primary over a few connections. What waits while others are on their way is sent
//! together, in one write and, where replicas are waited for, with one wait.

use super::append::{Begins, answer, request};
use super::entry::check;
use super::failure::{CommandFailure, CommandFate};
use super::node::{Node, Redirects, Told};
use super::settings::RedisSettings;
use crate::append_queue::{Answer, AppendQueue, Waiting, tell};
use crate::batch::Batch;
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::oneshot;

/// Parts of the time that a batch waits for a connection.
const TICKS: u32 = 4;

pub(super) struct Appender {
    node: Arc<Node>,
    router: Weak<dyn Redirects>,
    settings: Arc<RedisSettings>,
    state: Mutex<AppenderState>,
}

#[derive(Default)]
struct AppenderState {
    queue: AppendQueue,
    /// Tasks that send, one a connection.
    senders: usize,
}

impl Appender {
    /// Within the store's runtime, like its methods.
    pub(super) fn start(
        node: &Arc<Node>,
        router: Weak<dyn Redirects>,
        settings: &Arc<RedisSettings>,
    ) -> Arc<Self> {
        let (node, settings) = (Arc::clone(node), Arc::clone(settings));
        let appender = Arc::new(Self { node, router, settings, state: Mutex::default() });
        tokio::spawn(tick(Arc::downgrade(&appender), appender.settings.connection_wait / TICKS));
        appender
    }

    pub(super) fn push(self: &Arc<Self>, batch: Batch, say: oneshot::Sender<Answer>) {
        if let Err(error) = check(&batch) {
            return tell(say, Err(error));
        }
        self.state.lock().queue.push(batch, say);
        self.wake();
    }

    /// Starts one more task that sends, if there is work for it and a connection.
    fn wake(self: &Arc<Self>) {
        let mut state = self.state.lock();
        if state.senders < self.settings.connections && state.queue.is_ready() {
            state.senders += 1;
            tokio::spawn(Arc::clone(self).send());
        }
    }

    /// Sends what waits, until nothing does.
    async fn send(self: Arc<Self>) {
        loop {
            let connection = self.node.appends.connection().await;
            let group = {
                let mut state = self.state.lock();
                let group = match connection {
                    Ok(_) => state.queue.take(),
                    Err(_) => state.queue.take_unsent(),
                };
                if group.is_empty() {
                    state.senders -= 1;
                    return;
                }
                group
            };
            let connection = match connection {
                Ok(connection) => connection,
                Err(failure) => {
                    self.note(&failure);
                    answer_unsent(group, &failure);
                    continue;
                }
            };
            // What did not fit, or came meanwhile, does not wait for this group.
            self.wake();
            let requests: Vec<_> =
                group.iter().map(|it| request(&it.batch, Begins::WithFirst)).collect();
            let told = self.node.ask_over(connection, &requests, false).await;
            let told = told.unwrap_or_else(|failure| vec![Err(failure); group.len()]);
            group.into_iter().zip(told).for_each(|(waiting, told)| self.told(waiting, told));
        }
    }

    fn told(self: &Arc<Self>, waiting: Waiting, told: Told) {
        match &told {
            Err(CommandFailure { fate: CommandFate::Elsewhere { .. }, .. }) => {
                drop(tokio::spawn(Arc::clone(self).follow(waiting, told)));
                return;
            }
            Err(failure) => self.note(failure),
            Ok(_) => {}
        }
        self.answer(waiting, told);
    }

    /// Sends a batch to where a redirection leads.
    async fn follow(self: Arc<Self>, waiting: Waiting, mut told: Told) {
        if let Some(router) = self.router.upgrade() {
            told = router.follow(request(&waiting.batch, Begins::WithFirst), told).await;
        }
        self.answer(waiting, told);
        // Another batch of its log may have waited for it.
        self.wake();
    }

    fn answer(&self, waiting: Waiting, told: Told) {
        let answer = answer(&waiting.batch, told);
        self.state.lock().queue.arrived(waiting.batch.log());
        tell(waiting.say, answer);
    }

    /// Has the router learn where the keys are by now.
    fn note(&self, failure: &CommandFailure) {
        if let Some(router) = self.router.upgrade() {
            router.note(failure);
        }
    }
}

/// Answers what has waited for too long, for as long as the store is there.
async fn tick(appender: Weak<Appender>, time: Duration) {
    let mut interval = tokio::time::interval(time);
    loop {
        interval.tick().await;
        let Some(appender) = appender.upgrade() else { return };
        let late = appender.state.lock().queue.tick(u64::from(TICKS));
        let wait = appender.settings.connection_wait.as_millis();
        let why = format!("no connection was free within the connection wait of {wait} ms");
        answer_unsent(late, &CommandFailure::unavailable(why));
    }
}

fn answer_unsent(group: Vec<Waiting>, failure: &CommandFailure) {
    group.into_iter().for_each(|it| tell(it.say, Err(failure.clone().into())));
}
