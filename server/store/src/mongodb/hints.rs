//! Hints of other servers: documents of a collection that keeps the newest only.

use super::collections::Collections;
use super::failure::MongoFailure;
use crate::log_id::LogId;
use mongodb::Cursor;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{CursorType, WriteConcern};
use std::sync::Weak;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{MissedTickBehavior, interval};

/// The pause between two tries to listen.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the database waits for the next hint before it says that there is none.
const SILENCE: Duration = Duration::from_secs(1);

pub(super) async fn tell(store: &Collections, logs: &[LogId]) -> Result<(), MongoFailure> {
    let hints: Vec<_> = logs.iter().map(|log| doc! { "log": log.as_str() }).collect();
    if hints.is_empty() {
        return Ok(());
    }
    // It may get lost: no majority is waited for.
    let sent = store.hints.insert_many(hints).write_concern(WriteConcern::nodes(1));
    store.within(sent.into_future()).await?;
    Ok(())
}

/// Where one reads the hints: behind so many of them.
pub(super) struct HintReader {
    cursor: Option<Cursor<Document>>,
    seen: u64,
}

impl HintReader {
    /// Reads what comes from now on.
    pub(super) async fn open(store: &Collections) -> Result<Self, MongoFailure> {
        // The cursor of an empty collection is dead.
        let first = doc! { "log": Bson::Null };
        store.within(store.hints.insert_one(first).into_future()).await?;
        let mut reader = Self { cursor: None, seen: u64::MAX };
        reader.listen(store).await?;
        Ok(reader)
    }

    async fn listen(&mut self, store: &Collections) -> Result<(), MongoFailure> {
        let count = store.within(store.hints.estimated_document_count().into_future()).await?;
        // The oldest are removed: fewer may be left than were seen.
        self.seen = self.seen.min(count);
        let next = store.hints.find(doc! {}).skip(self.seen).cursor_type(CursorType::TailableAwait);
        let next = next.max_await_time(SILENCE);
        self.cursor = Some(store.within(next.into_future()).await?);
        Ok(())
    }

    /// Passes hints on until the cursor ends.
    async fn pass_all(&mut self, hints: &broadcast::Sender<LogId>) {
        let Some(mut cursor) = self.cursor.take() else { return };
        while let Ok(true) = cursor.advance().await {
            self.seen += 1;
            let hint = cursor.deserialize_current();
            let log = hint.as_ref().ok().and_then(|hint| hint.get_str("log").ok());
            if let Some(log) = log.and_then(|log| LogId::parse(log).ok()) {
                // It fails where nothing listens: then the hint is of no use.
                drop(hints.send(log));
            }
        }
    }
}

/// Passes hints on, and listens again where the cursor ends. What is missed meanwhile is found by the
/// ends of logs.
pub(super) async fn pass(
    mut reader: HintReader,
    store: Weak<Collections>,
    hints: broadcast::Sender<LogId>,
) {
    let mut pace = interval(PAUSE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        reader.pass_all(&hints).await;
        pace.tick().await;
        let Some(store) = store.upgrade() else { return };
        // It fails while the engine is down; the next try may succeed.
        drop(reader.listen(&store).await);
    }
}
