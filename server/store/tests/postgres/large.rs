//! Snapshots of large events.

use crate::{append, batch, log, open, server};
use boxoffice_store::{Outcome, Snapshot, Store};

/// About those of half a million reservations.
const BYTES: usize = 64 << 20;

#[tokio::test]
async fn a_large_snapshot_is_kept_and_read_while_others_append() {
    let server = server!("");
    let store = open(&server).await;
    let first = batch(&store, "large", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let mut body = vec![0; BYTES];
    fastrand::fill(&mut body);
    let snapshot = Snapshot { log: log("large"), end: first.end(), summary: vec![7], body };
    let kept = store.put_snapshot(snapshot.clone());
    let quick = batch(&store, "quick", None).await;
    assert_eq!(append(&store, &quick).await, Ok(Outcome::Appended), "it waits for nothing");
    assert_eq!(kept.await, Ok(true));
    let read = store.snapshot(&log("large")).await;
    assert!(read == Ok(Some(snapshot)), "it is another one");
}
