//! How appends are sent: a statement a group.
//!
//! A statement that meets another server's append of one of its logs is given up after
//! [`TOGETHER`], and its batches are sent by themselves. One that has to wait even then does so on
//! connections of its own ([`ALONE`]), so that a slow log holds up no other.

use super::address::PostgresAddress;
use super::append::append;
use super::failure::{Failure, Fate};
use super::settings::PostgresSettings;
use super::store_pool::{Connector, StorePool, give_back};
use crate::append_queue::{Answer, Waiting, tell};
use crate::appender::{Appender, SendsAppends};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::outcome::Outcome;
use deadpool::managed::Object;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How long a statement waits for another server's append while others wait for it.
const TOGETHER: Duration = Duration::from_millis(50);

/// How long an append of one log waits for that of another server.
const ALONE: Duration = Duration::from_secs(5);

/// The pause between two tries to get a connection.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct PostgresAppends {
    quick: StorePool,
    patient: StorePool,
    /// Why the last connection could not be had.
    failure: Mutex<Option<Failure>>,
}

impl PostgresAppends {
    pub(super) fn new(address: &PostgresAddress, settings: &PostgresSettings) -> Self {
        let pool = |lock_timeout| StorePool::new(address.clone(), settings, lock_timeout);
        Self { quick: pool(TOGETHER), patient: pool(ALONE), failure: Mutex::default() }
    }
}

impl SendsAppends for PostgresAppends {
    async fn send(appender: Arc<Appender<Self>>) {
        let mut pace = tokio::time::interval(PAUSE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let connection = appender.engine.quick.connection().await;
            *appender.engine.failure.lock() = connection.as_ref().err().cloned();
            let connection = match connection {
                Ok(connection) => connection,
                Err(failure) if failure.fate == Fate::Refused => {
                    let Some(group) = appender.unsent() else { return };
                    group.into_iter().for_each(|it| tell(it.say, Err(failure.clone().into())));
                    continue;
                }
                // Each batch goes on waiting until its own end; the next try may succeed.
                Err(_) if appender.ends() => return,
                Err(_) => {
                    pace.tick().await;
                    continue;
                }
            };
            let Some(group) = appender.next() else { return };
            let batches: Vec<_> = group.iter().map(|it| &it.batch).collect();
            match append_over(connection, &batches).await {
                Ok(answers) => appender.answer(group.into_iter().zip(answers)),
                Err(failure) => failed(&appender, group, &failure),
            }
        }
    }

    fn check(batch: &Batch) -> Result<(), StoreError> {
        super::append::check(batch)
    }

    fn late(&self, wait: Duration) -> Answer {
        let why = self.failure.lock().as_ref().map(|failure| failure.why.clone());
        let (wait, why) = (wait.as_millis(), why.unwrap_or_else(|| "none was free".to_owned()));
        let why = format!("no connection within the connection wait of {wait} ms: {why}");
        Err(Failure::unavailable(why).into())
    }
}

fn failed(appender: &Arc<Appender<PostgresAppends>>, group: Vec<Waiting>, failure: &Failure) {
    let is_of_one = matches!(failure.fate, Fate::InTheWay | Fate::Refused);
    if is_of_one && group.len() > 1 {
        return appender.put_back(group);
    }
    if failure.fate == Fate::InTheWay {
        let waits = |it| tokio::spawn(send_patiently(Arc::clone(appender), it));
        return group.into_iter().for_each(|it| drop(waits(it)));
    }
    appender.answer(group.into_iter().map(|it| (it, unanswered(failure))));
}

/// Sends a batch whose log another server is appending to.
async fn send_patiently(appender: Arc<Appender<PostgresAppends>>, waiting: Waiting) {
    let batches = [&waiting.batch];
    let answered = match appender.engine.patient.connection().await {
        Ok(connection) => append_over(connection, &batches).await,
        Err(failure) => Err(failure),
    };
    let answer = match answered {
        Ok(answers) => answers.into_iter().next(),
        Err(failure) => Some(unanswered(&failure)),
    };
    appender.answer(answer.map(|answer| (waiting, answer)));
    // Another batch of its log may have waited for it.
    appender.wake();
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

fn unanswered(failure: &Failure) -> Answer {
    match failure.fate {
        Fate::Unknown => Ok(Outcome::Unknown(failure.why.clone())),
        _ => Err(failure.clone().into()),
    }
}
