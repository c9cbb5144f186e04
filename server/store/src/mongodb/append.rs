//! The conditional append of batches of different logs, and why some were not inserted.
//!
//! A batch whose predecessor was read from a majority is inserted at its key. The predecessor stays,
//! so the log goes on from it; the key is free only as long as nothing else does.

use super::collections::Collections;
use super::documents::{self, Begins, document};
use super::failure::{DUPLICATE_KEY, MongoFailure, MongoFate};
use super::keys;
use crate::append_queue::Answer;
use crate::batch::{Batch, Stored};
use crate::error::StoreError;
use crate::outcome::{LOOKED_AT, MAX_AHEAD_MS, Outcome, explain};
use mongodb::ClientSession;
use mongodb::bson::{Document, doc};
use mongodb::error::{ErrorKind, InsertManyError};
use std::collections::{HashMap, HashSet};

/// What became of a batch, before it is known why another was in its way.
enum Sent {
    Answered(Answer),
    /// It was not inserted, or was by an earlier try.
    NotInserted,
}

/// Appends batches of different logs. An error is that of all, and nothing was applied.
pub(super) async fn append(
    store: &Collections,
    batches: &[&Batch],
) -> Result<Vec<Answer>, MongoFailure> {
    let (now_ms, following) = tokio::try_join!(store.now(), following(store, batches))?;
    let (mut sent, mut ready) = (Vec::with_capacity(batches.len()), Vec::new());
    for (number, batch) in batches.iter().enumerate() {
        let is_ready = following.contains(batch.log().as_str());
        sent.push(match document(batch, Begins::WithFirst) {
            Err(error) => Sent::Answered(Err(error)),
            Ok(document) if is_ready && batch.at_ms() <= now_ms + MAX_AHEAD_MS => {
                ready.push((number, document));
                Sent::NotInserted
            }
            Ok(_) => Sent::NotInserted,
        });
    }
    insert(store, ready, &mut sent).await;
    let missed = sent.iter().any(|it| matches!(it, Sent::NotInserted));
    let mut session = if missed { Some(store.confirmed().await) } else { None };
    let mut answers = Vec::with_capacity(batches.len());
    for (sent, batch) in sent.into_iter().zip(batches) {
        answers.push(match (sent, &mut session) {
            (Sent::Answered(answer), _) => answer,
            (Sent::NotInserted, Some(Ok(session))) => why(store, session, batch, now_ms).await,
            (Sent::NotInserted, Some(Err(failure))) => Err(failure.clone().into()),
            (Sent::NotInserted, None) => Err(StoreError::Busy),
        });
    }
    Ok(answers)
}

/// Has a log begin with this batch, if it is empty; otherwise appends it.
pub(super) async fn begin(store: &Collections, batch: &Batch) -> Answer {
    let query = store.batches.find_one(doc! { "begins": batch.log().as_str() });
    let is_empty = store.within(query.projection(doc! { "_id": 1 }).into_future()).await?.is_none();
    let is_timely = batch.at_ms() <= store.now().await? + MAX_AHEAD_MS;
    if is_empty && is_timely {
        let mut sent = vec![Sent::NotInserted];
        insert(store, vec![(0, document(batch, Begins::Here)?)], &mut sent).await;
        if let Some(Sent::Answered(answer)) = sent.pop() {
            return answer;
        }
    }
    let answers = append(store, &[batch]).await;
    let answer = answers.map(|answers| answers.into_iter().next());
    answer.unwrap_or_else(|failure| Some(unanswered(&failure))).unwrap_or(Err(StoreError::Busy))
}

/// The answer to a batch of a request that failed.
pub(super) fn unanswered(failure: &MongoFailure) -> Answer {
    match failure.fate {
        MongoFate::Unknown => Ok(Outcome::Unknown(failure.why.clone())),
        _ => Err(failure.clone().into()),
    }
}

/// The logs that have the predecessor of their batch, or are empty where there is none.
async fn following(
    store: &Collections,
    batches: &[&Batch],
) -> Result<HashSet<String>, MongoFailure> {
    let (mut ends, mut first) = (HashMap::new(), HashSet::new());
    for batch in batches {
        let log = batch.log();
        match batch.predecessor() {
            Some(predecessor) => drop(ends.insert(keys::of(log, batch.first() - 1), predecessor)),
            None => drop(first.insert(log.as_str().to_owned())),
        }
    }
    let query = doc! { "$or": [
        { "end": { "$in": ends.keys().collect::<Vec<_>>() } },
        { "begins": { "$in": first.iter().collect::<Vec<_>>() } },
    ] };
    let wanted = doc! { "log": 1, "end": 1, "id": 1, "last": 1, "begins": 1 };
    let mut following = first.clone();
    for found in store.all(store.batches.find(query).projection(wanted).into_future()).await? {
        let Ok((log, end)) = documents::end(&found) else { continue };
        let place = found.get_str("end").ok().and_then(|end| ends.get(end));
        if place.is_some_and(|predecessor| *predecessor == end.batch) {
            following.insert(log.as_str().to_owned());
        }
        if first.contains(log.as_str()) {
            following.remove(log.as_str());
        }
    }
    Ok(following)
}

/// Inserts documents, each by its number.
async fn insert(store: &Collections, ready: Vec<(usize, Document)>, sent: &mut [Sent]) {
    if ready.is_empty() {
        return;
    }
    let (numbers, documents): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
    let inserting = store.batches.insert_many(documents).ordered(false);
    let told = tokio::time::timeout(store.wait(), inserting.into_future()).await;
    let mut tell = |place: usize, answer: Sent| {
        if let Some(told) = numbers.get(place).and_then(|number| sent.get_mut(*number)) {
            *told = answer;
        }
    };
    let of_all = match told {
        Ok(Ok(_)) => Ok(Outcome::Appended),
        Ok(Err(error)) => match *error.kind {
            ErrorKind::InsertMany(errors) => return of_each(errors, numbers.len(), tell),
            _ => unanswered(&MongoFailure::of(&error)),
        },
        Err(_) => unanswered(&MongoFailure::late(store.wait())),
    };
    for place in 0..numbers.len() {
        tell(place, Sent::Answered(of_all.clone()));
    }
}

/// What became of each of so many documents.
fn of_each(errors: InsertManyError, count: usize, mut tell: impl FnMut(usize, Sent)) {
    let others = match errors.write_concern_error {
        Some(error) => unanswered(&MongoFailure::unconfirmed(&error.message)),
        None => Ok(Outcome::Appended),
    };
    for place in 0..count {
        tell(place, Sent::Answered(others.clone()));
    }
    for error in errors.write_errors.unwrap_or_default() {
        let answer = match error.code {
            DUPLICATE_KEY => Sent::NotInserted,
            _ => Sent::Answered(unanswered(&MongoFailure::of_write(error.code, &error.message))),
        };
        tell(error.index, answer);
    }
}

/// Why a batch was not inserted.
async fn why(
    store: &Collections,
    session: &mut ClientSession,
    batch: &Batch,
    now_ms: u64,
) -> Answer {
    explain(batch, around(store, session, batch).await?, now_ms)
}

/// What a log has from a batch's predecessor's place on.
async fn around(
    store: &Collections,
    session: &mut ClientSession,
    batch: &Batch,
) -> Result<Vec<Stored>, StoreError> {
    let (log, key) = (batch.log(), keys::of(batch.log(), batch.first()));
    let before = doc! { "_id": { "$gte": keys::of(log, 0), "$lt": &key } };
    let newest = store.batches.find_one(before).sort(doc! { "_id": -1 }).session(&mut *session);
    let newest = store.within(newest.into_future()).await?;
    let behind = doc! { "_id": { "$gte": &key, "$lt": keys::behind(log) } };
    let limit = LOOKED_AT - usize::from(newest.is_some());
    let next = store.batches.find(behind).sort(doc! { "_id": 1 }).limit(limit as i64);
    let next = store.within(next.session(&mut *session).into_future()).await?;
    let next = store.all_of(next, session).await?;
    newest.iter().chain(&next).map(documents::stored).collect()
}
