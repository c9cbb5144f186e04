//! How appends are sent to a primary: a group in one write and, where replicas are waited for, with
//! one wait.

use super::append::{Begins, answer, request};
use super::failure::{CommandFailure, CommandFate};
use super::node::{Node, Redirects, Told};
use crate::append_queue::{Answer, Waiting, tell};
use crate::appender::{Appender, SendsAppends};
use crate::batch::Batch;
use crate::error::StoreError;
use std::sync::{Arc, Weak};
use std::time::Duration;

pub(super) struct RedisAppends {
    pub(super) node: Arc<Node>,
    pub(super) router: Weak<dyn Redirects>,
}

impl SendsAppends for RedisAppends {
    async fn send(appender: Arc<Appender<Self>>) {
        let engine = &appender.engine;
        loop {
            let connection = match engine.node.appends.connection().await {
                Ok(connection) => connection,
                Err(failure) => {
                    let Some(group) = appender.unsent() else { return };
                    engine.note(&failure);
                    group.into_iter().for_each(|it| tell(it.say, Err(failure.clone().into())));
                    continue;
                }
            };
            let Some(group) = appender.next() else { return };
            let requests: Vec<_> =
                group.iter().map(|it| request(&it.batch, Begins::WithFirst)).collect();
            let told = engine.node.ask_over(connection, &requests, false).await;
            let told = told.unwrap_or_else(|failure| vec![Err(failure); group.len()]);
            group.into_iter().zip(told).for_each(|(waiting, told)| hear(&appender, waiting, told));
        }
    }

    fn check(batch: &Batch) -> Result<(), StoreError> {
        super::entry::check(batch)
    }

    fn late(&self, wait: Duration) -> Answer {
        let wait = wait.as_millis();
        let why = format!("no connection was free within the connection wait of {wait} ms");
        Err(CommandFailure::unavailable(why).into())
    }
}

impl RedisAppends {
    /// Has the router learn where the keys are by now.
    fn note(&self, failure: &CommandFailure) {
        if let Some(router) = self.router.upgrade() {
            router.note(failure);
        }
    }
}

/// Answers a batch, unless it has to go to another primary.
fn hear(appender: &Arc<Appender<RedisAppends>>, waiting: Waiting, told: Told) {
    match &told {
        Err(CommandFailure { fate: CommandFate::Elsewhere { .. }, .. }) => {
            drop(tokio::spawn(follow(Arc::clone(appender), waiting, told)));
            return;
        }
        Err(failure) => appender.engine.note(failure),
        Ok(_) => {}
    }
    say(appender, waiting, told);
}

/// Sends a batch to where a redirection leads.
async fn follow(appender: Arc<Appender<RedisAppends>>, waiting: Waiting, mut told: Told) {
    if let Some(router) = appender.engine.router.upgrade() {
        told = router.follow(request(&waiting.batch, Begins::WithFirst), told).await;
    }
    say(&appender, waiting, told);
    // Another batch of its log may have waited for it.
    appender.wake();
}

fn say(appender: &Appender<RedisAppends>, waiting: Waiting, told: Told) {
    let answer = answer(&waiting.batch, told);
    appender.answer([(waiting, answer)]);
}
