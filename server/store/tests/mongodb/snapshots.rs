//! Snapshots that are larger than a document, and those that others replace.

use crate::bench::collection;
use crate::{append, batch, open, server};
use boxoffice_store::{Batch, Outcome, Snapshot, Store, StoreError};
use boxoffice_testing::MongoServer;
use mongodb::bson::doc;

fn snapshot(of: &Batch, body: Vec<u8>) -> Snapshot {
    Snapshot { log: of.log().clone(), end: of.end(), summary: b"a summary".to_vec(), body }
}

#[tokio::test]
async fn a_snapshot_may_be_larger_than_a_document_and_leaves_nothing_of_the_one_before() {
    let server = server!(MongoServer::start);
    let store = open(&server).await;
    let first = batch(&store, "large", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "large", Some(first.end())).await;
    assert_eq!(append(&store, &second).await, Ok(Outcome::Appended));
    let body: Vec<u8> = (0..20 << 20).map(|place: u32| (place % 251) as u8).collect();
    let large = snapshot(&first, body);
    assert_eq!(store.put_snapshot(large.clone()).await, Ok(true));
    assert_eq!(store.snapshot(first.log()).await, Ok(Some(large.clone())));
    let small = snapshot(&second, b"small".to_vec());
    assert_eq!(store.put_snapshot(small.clone()).await, Ok(true));
    assert_eq!(store.put_snapshot(large).await, Ok(false), "it is older");
    assert_eq!(store.snapshot(first.log()).await, Ok(Some(small)));
    let parts = collection(&server, "snapshot_parts").await;
    assert_eq!(parts.count_documents(doc! {}).await.ok(), Some(1), "parts of one are left");
    let empty = batch(&store, "empty", None).await;
    assert_eq!(append(&store, &empty).await, Ok(Outcome::Appended));
    let nothing = snapshot(&empty, Vec::new());
    assert_eq!(store.put_snapshot(nothing.clone()).await, Ok(true));
    assert_eq!(store.snapshot(empty.log()).await, Ok(Some(nothing)));
}

#[tokio::test]
async fn a_part_that_is_gone_or_changed_is_damage() {
    let server = server!(MongoServer::start);
    let store = open(&server).await;
    let first = batch(&store, "damaged", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let whole = snapshot(&first, b"the body of a snapshot".to_vec());
    assert_eq!(store.put_snapshot(whole).await, Ok(true));
    let parts = collection(&server, "snapshot_parts").await;
    let other = mongodb::bson::Binary {
        subtype: mongodb::bson::spec::BinarySubtype::Generic,
        bytes: b"the body of a snapshoT".to_vec(),
    };
    let changed = parts.update_many(doc! {}, doc! { "$set": { "bytes": other } }).await;
    changed.expect("it is up");
    let damaged = StoreError::Damaged { log: first.log().clone(), version: first.last() };
    assert_eq!(store.snapshot(first.log()).await, Err(damaged.clone()));
    parts.delete_many(doc! {}).await.expect("it is up");
    assert_eq!(store.snapshot(first.log()).await, Err(damaged));
}

#[tokio::test]
async fn a_batch_that_fits_no_document_is_refused_with_its_size() {
    let server = server!(MongoServer::start);
    let store = open(&server).await;
    let small = batch(&store, "huge", None).await;
    let body = vec![7; 17 << 20];
    let huge = Batch::new(small.log().clone(), None, small.id(), 1, small.at_ms(), &body);
    let answer = append(&store, &huge).await;
    let is_said = matches!(&answer, Err(StoreError::Refused(why)) if why.contains("17825792"));
    assert!(is_said, "{answer:?}");
    assert_eq!(append(&store, &small).await, Ok(Outcome::Appended), "the log goes on");
}
