//! Appends over a few connections. What waits while statements are on their way is sent together by
//! the next one.
//!
//! A statement that meets another server's append of one of its logs is given up after
//! [`TOGETHER`], and its batches are sent by themselves. One that has to wait even then does so on
//! connections of its own ([`ALONE`]), so that a slow log holds up no other.

use super::address::PostgresAddress;
use super::append::{append, check};
use super::failure::{Failure, Fate};
use super::settings::PostgresSettings;
use super::store_pool::{Connector, StorePool, give_back};
use crate::append_queue::{Answer, AppendQueue, Waiting, tell};
use crate::batch::Batch;
use crate::outcome::Outcome;
use deadpool::managed::Object;
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

/// How long a statement waits for another server's append while others wait for it.
const TOGETHER: Duration = Duration::from_millis(50);

/// How long an append of one log waits for that of another server.
const ALONE: Duration = Duration::from_secs(5);

/// The pause between two tries to get a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Parts of the time that a batch waits for a connection.
const TICKS: u32 = 4;

pub(super) struct Appender {
    quick: StorePool,
    patient: StorePool,
    settings: PostgresSettings,
    state: Mutex<AppenderState>,
}

#[derive(Default)]
struct AppenderState {
    queue: AppendQueue,
    /// Tasks that send, one a connection.
    senders: usize,
    /// Why the last connection could not be had.
    failure: Option<Failure>,
}

impl Appender {
    /// Within the store's runtime, like its methods.
    pub(super) fn start(address: &PostgresAddress, settings: &PostgresSettings) -> Arc<Self> {
        let pool = |lock_timeout| StorePool::new(address.clone(), settings, lock_timeout);
        let (quick, patient) = (pool(TOGETHER), pool(ALONE));
        let (settings, state) = (settings.clone(), Mutex::default());
        let appender = Arc::new(Self { quick, patient, settings, state });
        tokio::spawn(tick(Arc::downgrade(&appender), appender.settings.connection_wait / TICKS));
        appender
    }

    pub(super) fn push(self: &Arc<Self>, batches: Vec<(Batch, oneshot::Sender<Answer>)>) {
        for (batch, say) in batches {
            match check(&batch) {
                Ok(()) => self.state.lock().queue.push(batch, say),
                Err(error) => tell(say, Err(error)),
            }
        }
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
        let mut pace = tokio::time::interval(PAUSE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let connection = self.quick.connection().await;
            let group = {
                let mut state = self.state.lock();
                state.failure = connection.as_ref().err().cloned();
                let group = match &connection {
                    Ok(_) => state.queue.take(),
                    Err(failure) if failure.fate == Fate::Refused => state.queue.take_unsent(),
                    Err(_) => Vec::new(),
                };
                let is_over = match connection {
                    Ok(_) => group.is_empty(),
                    Err(_) => !state.queue.is_ready(),
                };
                if is_over && group.is_empty() {
                    state.senders -= 1;
                    return;
                }
                group
            };
            let connection = match connection {
                Ok(connection) => connection,
                Err(failure) if failure.fate == Fate::Refused => {
                    answer_unsent(group, &failure);
                    continue;
                }
                // Each batch goes on waiting until its own end; the next try may succeed.
                Err(_) => {
                    pace.tick().await;
                    continue;
                }
            };
            // What did not fit, or came meanwhile, does not wait for this group.
            self.wake();
            let batches: Vec<_> = group.iter().map(|it| &it.batch).collect();
            match append_over(connection, &batches).await {
                Ok(answers) => self.answer(group.into_iter().zip(answers)),
                Err(failure) => self.failed(group, &failure),
            }
        }
    }

    fn failed(self: &Arc<Self>, group: Vec<Waiting>, failure: &Failure) {
        let is_of_one = matches!(failure.fate, Fate::InTheWay | Fate::Refused);
        if is_of_one && group.len() > 1 {
            self.state.lock().queue.put_back(group);
            return;
        }
        if failure.fate == Fate::InTheWay {
            let waits = |it: Waiting| tokio::spawn(Arc::clone(self).send_patiently(it));
            return group.into_iter().for_each(|it| drop(waits(it)));
        }
        let answers: Vec<_> = group.iter().map(|_| unanswered(failure)).collect();
        self.answer(group.into_iter().zip(answers));
    }

    /// Sends a batch whose log another server is appending to.
    async fn send_patiently(self: Arc<Self>, waiting: Waiting) {
        let batches = [&waiting.batch];
        let answered = match self.patient.connection().await {
            Ok(connection) => append_over(connection, &batches).await,
            Err(failure) => Err(failure),
        };
        let answer = match answered {
            Ok(answers) => answers.into_iter().next(),
            Err(failure) => Some(unanswered(&failure)),
        };
        self.answer(answer.map(|answer| (waiting, answer)));
        // Another batch of its log may have waited for it.
        self.wake();
    }

    fn answer(&self, answered: impl IntoIterator<Item = (Waiting, Answer)>) {
        for (waiting, outcome) in answered {
            self.state.lock().queue.arrived(waiting.batch.log());
            tell(waiting.say, outcome);
        }
    }
}

/// Appends over a connection, and gives it back unless a failure may have to do with it.
async fn append_over(
    mut connection: Object<Connector>,
    batches: &[&Batch],
) -> Result<Vec<Answer>, Failure> {
    let (answers, failure) = match append(&mut connection, batches).await {
        Ok((answers, failure)) => (Ok(answers), failure),
        Err(failure) => (Err(failure.clone()), Some(failure)),
    };
    if let Some(failure) = failure {
        give_back(connection, &failure);
    }
    answers
}

/// Answers what has waited for too long, for as long as the store is there.
async fn tick(appender: Weak<Appender>, time: Duration) {
    let mut interval = tokio::time::interval(time);
    loop {
        interval.tick().await;
        let Some(appender) = appender.upgrade() else { return };
        let (late, failure) = {
            let mut state = appender.state.lock();
            (state.queue.tick(u64::from(TICKS)), state.failure.clone())
        };
        let wait = appender.settings.connection_wait.as_millis();
        let why = failure.map_or_else(|| "none was free".to_owned(), |failure| failure.why);
        let why = format!("no connection within the connection wait of {wait} ms: {why}");
        answer_unsent(late, &Failure::unavailable(why));
    }
}

fn answer_unsent(group: Vec<Waiting>, failure: &Failure) {
    group.into_iter().for_each(|it| tell(it.say, Err(failure.clone().into())));
}

fn unanswered(failure: &Failure) -> Answer {
    match failure.fate {
        Fate::Unknown => Ok(Outcome::Unknown(failure.why.clone())),
        _ => Err(failure.clone().into()),
    }
}
