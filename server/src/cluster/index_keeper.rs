//! Keeps the index of events: one append at a time has all that waits.

use super::engine_calls::{EngineCalls, pause};
use super::known_events::{IndexEntry, KnownEvents};
use crate::clock::Clock;
use crate::randomness::Randomness;
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_protocol::id::EventId;
use boxoffice_store::{Batch, BatchId, End, LogId, Outcome, Read, StoreError};
use bytes::BytesMut;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Batches of one read.
const READ_LIMIT: usize = 256;

/// What the keeper is asked for.
#[derive(Debug)]
pub(super) enum IndexAsk {
    /// That the index says this.
    Has { entry: IndexEntry, say: Option<oneshot::Sender<bool>> },
    /// That it is read to its end.
    Confirm { say: oneshot::Sender<bool> },
}

/// The index's log, as far as it was read.
pub(super) struct IndexKeeper {
    calls: Arc<EngineCalls>,
    clock: Clock,
    randomness: Randomness,
    log: LogId,
    end: Option<End>,
    /// Whether what was read may not be durable yet: see the actor's.
    in_doubt: bool,
    pub(super) known: Arc<KnownEvents>,
}

impl IndexKeeper {
    pub(super) fn new(calls: Arc<EngineCalls>, clock: Clock, randomness: Randomness) -> Self {
        let known = Arc::default();
        Self { calls, clock, randomness, log: index_log(), end: None, in_doubt: false, known }
    }

    pub(super) async fn run(mut self, mut asks: mpsc::UnboundedReceiver<IndexAsk>) {
        while let Some(first) = asks.recv().await {
            let mut all = vec![first];
            while let Ok(next) = asks.try_recv() {
                all.push(next);
            }
            let (mut entries, mut says, mut confirms) = (Vec::new(), Vec::new(), Vec::new());
            for ask in all {
                match ask {
                    IndexAsk::Has { entry, say } => {
                        entries.push(entry);
                        says.extend(say);
                    }
                    IndexAsk::Confirm { say } => confirms.push(say),
                }
            }
            let began = self.clock.now();
            let has = entries.is_empty() || self.append(entries).await.is_some();
            say_all(says, has);
            if confirms.is_empty() {
                continue;
            }
            let confirmed = self.confirm().await.is_ok();
            if confirmed {
                self.known.confirm(began);
            }
            say_all(confirms, confirmed);
        }
    }

    /// Appends what the index does not say yet. None if the engine refuses; it is not in the log then.
    async fn append(&mut self, mut entries: Vec<IndexEntry>) -> Option<()> {
        entries.sort_by(|a, b| (&a.event, a.version).cmp(&(&b.event, b.version)));
        entries.dedup();
        loop {
            entries.retain(|it| !self.known.has(&it.event, it.version, it.is_live));
            if entries.is_empty() {
                return Some(());
            }
            let id = BatchId(self.randomness.bytes().ok()?);
            let at_ms = self.clock.now().as_ms();
            let (count, body) = (entries.len() as u64, encode_index(&entries));
            let batch = Batch::new(self.log.clone(), self.end, id, count, at_ms, &body);
            match self.settle(&batch).await? {
                Outcome::Appended => self.has_appended(&batch, std::mem::take(&mut entries)),
                Outcome::Beaten { since, .. } => {
                    if since.iter().any(|batch| self.follow(batch).is_none()) {
                        self.reload().await.ok()?;
                    }
                }
                Outcome::Diverged(_) => self.reload().await.ok()?,
                Outcome::Ahead { .. } | Outcome::Unknown(_) => return None,
            }
        }
    }

    /// Sends a batch until its outcome is known. None where the first attempt is refused: nothing was
    /// applied then.
    async fn settle(&mut self, batch: &Batch) -> Option<Outcome> {
        for attempt in 1.. {
            if attempt > 1 {
                pause(attempt).await;
            }
            let answer = self.calls.store.append(vec![batch.clone()]).pop();
            match answer.expect("a batch has an outcome").await {
                Ok(Outcome::Ahead { .. }) | Err(_) if attempt == 1 => return None,
                Ok(Outcome::Unknown(_) | Outcome::Ahead { .. }) | Err(_) => {}
                Ok(Outcome::Appended) => {
                    self.in_doubt = attempt > 1;
                    return Some(Outcome::Appended);
                }
                Ok(outcome) => return Some(outcome),
            }
        }
        unreachable!("there is always another attempt")
    }

    fn has_appended(&mut self, batch: &Batch, entries: Vec<IndexEntry>) {
        self.end = Some(batch.end());
        self.known.take(entries, batch.last());
        self.calls.hint(self.log.clone());
    }

    /// Reads to the end of the log, and makes sure that it stays.
    pub(super) async fn confirm(&mut self) -> Result<(), StoreError> {
        loop {
            let end = self.calls.end(self.log.clone()).await?;
            if end == self.end {
                if !self.in_doubt {
                    return Ok(());
                }
                self.calls.write().await?;
                self.in_doubt = self.calls.end(self.log.clone()).await? != self.end;
                continue;
            }
            let after = self.end.map_or(0, |end| end.version);
            match self.calls.store.read(&self.log, after, READ_LIMIT).await? {
                Read::Batches(batches) | Read::Part(batches) if !batches.is_empty() => {
                    if batches.iter().any(|batch| self.follow(batch).is_none()) {
                        self.reload().await?;
                    }
                }
                _ => self.reload().await?,
            }
        }
    }

    /// Reads everything again.
    async fn reload(&mut self) -> Result<(), StoreError> {
        self.known.clear();
        (self.end, self.in_doubt) = (None, true);
        loop {
            let after = self.end.map_or(0, |end| end.version);
            let read = self.calls.store.read(&self.log, after, READ_LIMIT).await?;
            let (batches, is_all) = match read {
                Read::Batches(batches) => (batches, true),
                Read::Part(batches) => (batches, false),
                Read::Trimmed => {
                    return Err(StoreError::Refused("the index of events was trimmed".to_owned()));
                }
            };
            for batch in &batches {
                if self.follow(batch).is_none() {
                    return Err(StoreError::Damaged { log: self.log.clone(), version: after });
                }
            }
            if is_all {
                return Ok(());
            }
        }
    }

    /// Goes on with a batch; none if it does not go on from the last one.
    fn follow(&mut self, batch: &Batch) -> Option<()> {
        let before = self.end.map_or(0, |end| end.version);
        let follows = batch.predecessor() == self.end.map(|end| end.batch);
        if !follows || batch.first() != before + 1 {
            return None;
        }
        let entries = decoded(batch.body())?;
        self.end = Some(batch.end());
        self.in_doubt = true;
        self.known.take(entries, batch.last());
        Some(())
    }
}

fn say_all(says: Vec<oneshot::Sender<bool>>, what: bool) {
    for say in says {
        // Its client may wait no longer.
        let _ = say.send(what);
    }
}

/// The log of the index.
pub(crate) fn index_log() -> LogId {
    LogId::parse("events").expect("a short name")
}

/// The body of a batch that has the index say this.
pub(crate) fn encode_index(entries: &[IndexEntry]) -> BytesMut {
    let all: Vec<_> = entries.iter().map(|it| (&it.event, it.version, it.is_live)).collect();
    let mut body = BytesMut::new();
    encode(&all, &mut body);
    body
}

fn decoded(body: &[u8]) -> Option<Vec<IndexEntry>> {
    let all = decode::<Vec<(EventId, u64, bool)>>(body).ok()?;
    let entry = |(event, version, is_live)| IndexEntry { event, version, is_live };
    Some(all.into_iter().map(entry).collect())
}
