//! A store with logs of every kind: short and long, whole and trimmed, with and without a snapshot.

use boxoffice_store::{Batch, BatchId, End, LogId, Outcome, READ_BYTES, Snapshot, Store};

pub(crate) fn log(name: &str) -> LogId {
    LogId::parse(name).expect("a name")
}

/// Appends a batch of this size to a log, and returns its end.
pub(crate) async fn grow(store: &dyn Store, name: &str, end: Option<End>, bytes: usize) -> End {
    let now = store.now().await.expect("it is up");
    let id = BatchId(fastrand::u128(..).to_be_bytes());
    let batch = Batch::new(log(name), end, id, 3, now, &vec![7; bytes]);
    let answer = store.append(vec![batch.clone()]).pop().expect("an answer for a batch");
    assert_eq!(answer.await, Ok(Outcome::Appended));
    batch.end()
}

async fn snapshot(store: &dyn Store, name: &str, end: End) {
    let (summary, body) = (name.as_bytes().to_vec(), vec![9; 10_000]);
    let snapshot = Snapshot { log: log(name), end, summary, body };
    assert_eq!(store.put_snapshot(snapshot).await, Ok(true));
}

/// Fills an empty store.
pub(crate) async fn fill(store: &dyn Store) {
    for (name, batches) in [("one", 1), ("whole", 300), ("kept", 5), ("part", 9), ("newest", 4)] {
        let mut ends = Vec::new();
        for _ in 0..batches {
            ends.push(grow(store, name, ends.last().copied(), 100).await);
        }
        let covered = match name {
            "kept" | "part" | "newest" => ends[3],
            _ => continue,
        };
        snapshot(store, name, covered).await;
        if name != "kept" {
            store.trim(&log(name), covered.version).await.expect("it is up");
        }
    }
    let mut end = None;
    for _ in 0..3 {
        end = Some(grow(store, "large", end, READ_BYTES / 2 + 1).await);
    }
}

/// All names, ends and snapshots, without the mark of a copy.
pub(crate) async fn contents(store: &dyn Store) -> Vec<(LogId, Option<End>, Option<Snapshot>)> {
    let mut logs = store.logs(None, 1_000).await.expect("it is up");
    logs.retain(|log| log.as_str() != "~copy");
    let ends = store.ends(logs.clone()).await.expect("it is up");
    let mut contents = Vec::new();
    for (log, end) in logs.into_iter().zip(ends) {
        let snapshot = store.snapshot(&log).await.expect("it is up");
        contents.push((log, end, snapshot));
    }
    contents
}
