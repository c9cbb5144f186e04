//! Snapshots: a document with the summary, and parts with the body, as a document is bounded.
//!
//! Parts are written before the document that counts them, and removed once a later snapshot has
//! replaced it.

use super::collections::Collections;
use super::documents::{binary, bytes, id, log, number, signed, signed_number, text};
use super::failure::{MongoFailure, MongoFate};
use super::keys;
use crate::batch::End;
use crate::error::StoreError;
use crate::log_id::LogId;
use crate::snapshot::{Snapshot, Summary};
use mongodb::bson::{Document, doc};

/// The bytes of one part: a document has 16 MiB at most.
const PART: usize = 8 << 20;

/// How often a snapshot is read that others replace meanwhile.
const TRIES: u32 = 5;

pub(super) async fn put(store: &Collections, snapshot: Snapshot) -> Result<bool, StoreError> {
    let (log, end) = (&snapshot.log, snapshot.end);
    if !was_its_end(store, log, end).await? {
        return Ok(false);
    }
    let is_later = |found: &Document| number(found, "version").map(|it| it < end.version);
    if !head(store, log).await?.as_ref().map_or(Ok(true), is_later)? {
        return Ok(false);
    }
    let mark = format!("{:016x}", fastrand::u64(..));
    let parts = keys::parts(log, end.version, &mark);
    let count = write_parts(store, &parts, &snapshot.body).await?;
    let older = doc! { "_id": log.as_str(), "version": { "$lt": signed(end.version)? } };
    let head = doc! { "$set": {
        "version": signed(end.version)?,
        "batch": binary(&end.batch.0),
        "summary": binary(&snapshot.summary),
        "parts": &parts,
        "count": signed(count as u64)?,
        "checksum": snapshot.checksum().cast_signed(),
    } };
    match store.within(store.snapshots.update_one(older, head).upsert(true).into_future()).await {
        Ok(_) => {
            let replaced =
                doc! { "_id": { "$gte": keys::of(log, 0), "$lt": keys::of(log, end.version) } };
            store.within(store.parts.delete_many(replaced).into_future()).await?;
            Ok(true)
        }
        // A later one came meanwhile.
        Err(MongoFailure { fate: MongoFate::Duplicate, .. }) => {
            let own = doc! { "_id": { "$gte": &parts, "$lt": keys::after(&parts) } };
            store.within(store.parts.delete_many(own).into_future()).await?;
            Ok(false)
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn read(store: &Collections, log: &LogId) -> Result<Option<Snapshot>, StoreError> {
    let mut version = 0;
    for _ in 0..TRIES {
        let Some(head) = head(store, log).await? else { return Ok(None) };
        version = number(&head, "version")?;
        let parts = text(&head, "parts")?;
        let of_it = doc! { "_id": { "$gte": parts, "$lt": keys::after(parts) } };
        let found =
            store.all(store.parts.find(of_it).sort(doc! { "_id": 1 }).into_future()).await?;
        if found.len() as u64 != number(&head, "count")? {
            // They are those of an older one by now.
            continue;
        }
        let body = found.iter().map(|part| bytes(part, "bytes")).collect::<Result<Vec<_>, _>>()?;
        let end = End { version, batch: id(&head, "batch", log, version)? };
        let summary = bytes(&head, "summary")?.to_vec();
        let snapshot = Snapshot { log: log.clone(), end, summary, body: body.concat() };
        let checksum = signed_number(&head, "checksum")?.cast_unsigned();
        return snapshot.verified(checksum).map(Some);
    }
    Err(StoreError::Damaged { log: log.clone(), version })
}

pub(super) async fn summaries(
    store: &Collections,
    after: Option<&LogId>,
    limit: usize,
) -> Result<Vec<Summary>, StoreError> {
    let behind = doc! { "_id": { "$gt": after.map_or("", LogId::as_str) } };
    let wanted = doc! { "version": 1, "summary": 1 };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = store.snapshots.find(behind).sort(doc! { "_id": 1 }).limit(limit);
    let found = store.all(found.projection(wanted).into_future()).await?;
    let summary = |it: &Document| {
        let (log, version) = (log(it, "_id")?, number(it, "version")?);
        Ok(Summary { log, version, bytes: bytes(it, "summary")?.to_vec() })
    };
    found.iter().map(summary).collect()
}

/// Removes the bodies that the log's snapshot covers; keys stay for good.
pub(super) async fn trim(store: &Collections, log: &LogId, through: u64) -> Result<(), StoreError> {
    let Some(head) = head(store, log).await? else { return Ok(()) };
    let version = number(&head, "version")?;
    let end = End { version, batch: id(&head, "batch", log, version)? };
    let of_it = doc! { "_id": { "$gte": keys::of(log, 0), "$lt": keys::behind(log) } };
    let newest = store.batches.find_one(of_it).sort(doc! { "_id": -1 });
    let Some(newest) = store.within(newest.projection(doc! { "first": 1 }).into_future()).await?
    else {
        return Ok(());
    };
    if !was_its_end(store, log, end).await? {
        return Ok(());
    }
    let covered = doc! {
        "_id": { "$gte": keys::of(log, 0), "$lt": keys::of(log, number(&newest, "first")?) },
        "last": { "$lte": signed(through.min(version))? },
        "body": { "$exists": true },
    };
    let trimmed = store.batches.update_many(covered, doc! { "$unset": { "body": "" } });
    store.within(trimmed.into_future()).await?;
    Ok(())
}

/// Whether this was the end of the log once.
async fn was_its_end(store: &Collections, log: &LogId, end: End) -> Result<bool, StoreError> {
    let next = end.version.saturating_add(1);
    let query = doc! { "$or": [
        { "end": keys::of(log, end.version), "id": binary(&end.batch.0) },
        { "_id": keys::of(log, next), "predecessor": binary(&end.batch.0) },
    ] };
    let found = store.batches.find_one(query).projection(doc! { "_id": 1 });
    Ok(store.within(found.into_future()).await?.is_some())
}

async fn head(store: &Collections, log: &LogId) -> Result<Option<Document>, MongoFailure> {
    store.within(store.snapshots.find_one(doc! { "_id": log.as_str() }).into_future()).await
}

/// Writes a body, and returns the number of its parts.
async fn write_parts(store: &Collections, parts: &str, body: &[u8]) -> Result<usize, MongoFailure> {
    let mut count = 0;
    for bytes in body.chunks(PART) {
        let part = doc! { "_id": keys::part(parts, count), "bytes": binary(bytes) };
        store.within(store.parts.insert_one(part).into_future()).await?;
        count += 1;
    }
    Ok(count)
}
