//! How appends are sent.

use super::append::{append, unanswered};
use super::collections::Collections;
use super::failure::MongoFailure;
use crate::append_queue::Answer;
use crate::appender::{Appender, SendsAppends};
use crate::batch::Batch;
use crate::error::StoreError;
use std::sync::Arc;
use std::time::Duration;

pub(super) struct MongoAppends {
    pub(super) store: Arc<Collections>,
}

impl SendsAppends for MongoAppends {
    async fn send(appender: Arc<Appender<Self>>) {
        while let Some(group) = appender.next() {
            let batches: Vec<_> = group.iter().map(|it| &it.batch).collect();
            let answers = append(&appender.engine.store, &batches).await;
            let answers =
                answers.unwrap_or_else(|failure| vec![Err(failure.into()); batches.len()]);
            appender.answer(group.into_iter().zip(answers));
        }
    }

    fn check(_: &Batch) -> Result<(), StoreError> {
        Ok(())
    }

    fn late(&self, wait: Duration) -> Answer {
        let why = format!("earlier appends took more than {} ms", wait.as_millis());
        unanswered(&MongoFailure::unavailable(why))
    }
}
