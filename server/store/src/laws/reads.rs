//! Laws of reads, snapshots and trimming.

use super::bench::{Bench, Writer};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::log_id::LogId;
use crate::outcome::{Divergence, Outcome};
use crate::snapshot::Snapshot;
use crate::store::Read;

pub(super) async fn all(bench: &dyn Bench, seed: u64) {
    what_was_appended_is_read_in_order(bench, seed).await;
    a_flipped_bit_is_found(bench, seed).await;
    trimming_keeps_the_newest_and_what_no_snapshot_covers(bench, seed).await;
    a_server_that_slept_through_a_trim_appends_nothing(bench, seed).await;
    an_older_snapshot_replaces_no_newer_one(bench, seed).await;
}

async fn what_was_appended_is_read_in_order(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let (log, empty) = (server.log("read"), server.log("empty"));
    let grown = server.grow(&log, 10).await;
    for (number, batch) in grown.iter().enumerate() {
        let behind = server.read(&log, batch.last()).await;
        assert_eq!(behind, Read::Batches(grown[number + 1..].to_vec()), "seed {seed}");
    }
    let part = server.store.read(&log, 0, 3).await.expect("the engine answers");
    assert_eq!(part, Read::Batches(grown[..3].to_vec()), "a bounded part, seed {seed}");
    let ends = server.store.ends(vec![empty.clone(), log.clone(), log]).await;
    let end = grown.last().map(Batch::end);
    assert_eq!(ends, Ok(vec![None, end, end]), "in the order asked for, seed {seed}");
    assert_eq!(server.read(&empty, 0).await, Read::Batches(Vec::new()), "seed {seed}");
}

async fn a_flipped_bit_is_found(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("flipped");
    let grown = server.grow(&log, 3).await;
    let batch = &grown[1];
    let bit = server.random.usize(..batch.body().len() * 8);
    bench.flip(&log, batch.first(), bit).await.expect("the bench can");
    let damaged = Err(StoreError::Damaged { log: log.clone(), version: batch.first() });
    assert_eq!(server.store.read(&log, 0, 1_000).await, damaged, "bit {bit}, seed {seed}");
    let behind = server.read(&log, batch.last()).await;
    assert_eq!(behind, Read::Batches(grown[2..].to_vec()), "the others are good, seed {seed}");
    let late = server.batch(&log, Some(grown[0].end())).await;
    let answer = server.store.append(vec![late]).pop().expect("an answer").await;
    assert!(matches!(answer, Err(StoreError::Damaged { .. })), "seed {seed}: {answer:?}");
}

fn snapshot(log: &LogId, batch: &Batch) -> Snapshot {
    let text = format!("as of {}", batch.last());
    let (summary, body) = (text.clone().into_bytes(), text.repeat(100).into_bytes());
    Snapshot { log: log.clone(), end: batch.end(), summary, body }
}

async fn trimming_keeps_the_newest_and_what_no_snapshot_covers(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("trimmed");
    let grown = server.grow(&log, 6).await;
    let trim = |through| server.store.trim(&log, through);
    trim(u64::from(u32::MAX)).await.expect("the engine answers");
    let all = server.read(&log, 0).await;
    assert_eq!(all, Read::Batches(grown.clone()), "no snapshot, no trim, seed {seed}");
    let covered = snapshot(&log, &grown[3]);
    server.store.put_snapshot(covered.clone()).await.expect("the engine answers");
    trim(u64::from(u32::MAX)).await.expect("the engine answers");
    assert_eq!(server.read(&log, 0).await, Read::Trimmed, "seed {seed}");
    let left = server.read(&log, grown[3].last()).await;
    assert_eq!(left, Read::Batches(grown[4..].to_vec()), "seed {seed}");
    assert_eq!(server.store.snapshot(&log).await, Ok(Some(covered)), "seed {seed}");
    let newest = snapshot(&log, &grown[5]);
    server.store.put_snapshot(newest).await.expect("the engine answers");
    trim(u64::from(u32::MAX)).await.expect("the engine answers");
    let left = server.read(&log, grown[4].last()).await;
    assert_eq!(left, Read::Batches(grown[5..].to_vec()), "the newest stays, seed {seed}");
    let next = server.batch(&log, Some(grown[5].end())).await;
    assert_eq!(server.append(&next).await, Outcome::Appended, "it goes on, seed {seed}");
}

async fn a_server_that_slept_through_a_trim_appends_nothing(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("slept");
    let grown = server.grow(&log, 5).await;
    let asleep = [None, Some(grown[0].end()), Some(grown[2].end())];
    let newest = snapshot(&log, &grown[4]);
    server.store.put_snapshot(newest).await.expect("the engine answers");
    server.store.trim(&log, grown[4].last()).await.expect("the engine answers");
    for end in asleep {
        let late = server.batch(&log, end).await;
        let outcome = server.append(&late).await;
        assert_eq!(outcome, Outcome::Diverged(Divergence::Trimmed), "{end:?}, seed {seed}");
    }
    assert_eq!(server.end(&log).await, Some(grown[4].end()), "seed {seed}");
}

async fn an_older_snapshot_replaces_no_newer_one(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("snapshots");
    assert_eq!(server.store.snapshot(&log).await, Ok(None), "seed {seed}");
    let grown = server.grow(&log, 2).await;
    let [old, new] = [&grown[0], &grown[1]].map(|batch| snapshot(&log, batch));
    for put in [&old, &new, &old] {
        server.store.put_snapshot(put.clone()).await.expect("the engine answers");
    }
    assert_eq!(server.store.snapshot(&log).await, Ok(Some(new.clone())), "seed {seed}");
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = server.store.summaries(after, 3).await.expect("the engine answers");
        let Some(last) = page.last() else { break };
        after = Some(last.log.clone());
        found.extend(page);
    }
    let sorted = found.windows(2).all(|pair| pair[0].log < pair[1].log);
    assert!(sorted, "summaries come in the order of names, seed {seed}");
    let ours: Vec<_> = found.into_iter().filter(|summary| summary.log == log).collect();
    assert_eq!((ours.len(), &ours[0].bytes), (1, &new.summary), "seed {seed}");
}
