//! Leases: a document each.

use super::collections::Collections;
use super::documents::binary;
use super::documents::{bytes, number, signed, text};
use super::failure::{MongoFailure, MongoFate};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use mongodb::bson::{Document, doc};
use std::time::Duration;

/// How often a lease is asked for while others take and release it.
const TRIES: u32 = 5;

/// Takes or prolongs a lease. The time was the engine's before the lease is written, so it ends a
/// little early.
pub(super) async fn take(
    store: &Collections,
    wanted: Lease,
    time: Duration,
) -> Result<LeaseAnswer, StoreError> {
    for _ in 0..TRIES {
        let now = store.now().await?;
        let until = now.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 4));
        let free = doc! { "_id": &wanted.name, "$or": [
            { "holder": &wanted.holder }, { "until_ms": { "$lte": signed(now)? } },
        ] };
        let lease = doc! { "$set": {
            "holder": &wanted.holder, "body": binary(&wanted.body), "until_ms": signed(until)?,
        } };
        match store.within(store.leases.update_one(free, lease).upsert(true).into_future()).await {
            Ok(_) => return Ok(LeaseAnswer::Granted { until_ms: until }),
            // It is there, and neither the holder's nor over.
            Err(MongoFailure { fate: MongoFate::Duplicate, .. }) => {}
            Err(failure) => return Err(failure.into()),
        }
        let found =
            store.within(store.leases.find_one(doc! { "_id": &wanted.name }).into_future()).await?;
        let found = found.as_ref().map(lease_of).transpose()?;
        if let Some(held) = found.filter(|held| held.until_ms > now) {
            return Ok(LeaseAnswer::Held(held));
        }
    }
    Err(StoreError::Busy)
}

pub(super) async fn release(
    store: &Collections,
    name: &str,
    holder: &str,
) -> Result<(), StoreError> {
    let own = doc! { "_id": name, "holder": holder };
    store.within(store.leases.delete_one(own).into_future()).await?;
    Ok(())
}

pub(super) async fn all(store: &Collections) -> Result<Vec<Lease>, StoreError> {
    let now = signed(store.now().await?)?;
    let held = store.leases.find(doc! { "until_ms": { "$gt": now } });
    store.all(held.into_future()).await?.iter().map(lease_of).collect()
}

fn lease_of(document: &Document) -> Result<Lease, StoreError> {
    Ok(Lease {
        name: text(document, "_id")?.to_owned(),
        holder: text(document, "holder")?.to_owned(),
        body: bytes(document, "body")?.to_vec(),
        until_ms: number(document, "until_ms")?,
    })
}
