//! Laws of reads.

use super::bench::{Bench, Writer};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::outcome::Outcome;
use crate::store::{READ_BYTES, Read};

pub(super) async fn all(bench: &dyn Bench, seed: u64) {
    what_was_appended_is_read_in_order(bench, seed).await;
    a_flipped_bit_is_found(bench, seed).await;
    a_read_is_bounded_in_bytes(bench, seed).await;
    logs_are_named_in_order(bench, seed).await;
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
    assert_eq!(part, Read::Part(grown[..3].to_vec()), "a bounded part, seed {seed}");
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

/// Half of what one read has at most, and a little.
const LARGE: usize = READ_BYTES / 2 + 10;

async fn a_read_is_bounded_in_bytes(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("large");
    let mut grown: Vec<Batch> = Vec::new();
    for bytes in [7, LARGE, LARGE, 2 * LARGE, 7] {
        let end = grown.last().map(Batch::end);
        let small = server.batch(&log, end).await;
        let batch = Batch::new(log.clone(), end, small.id(), 2, small.at_ms(), &vec![7; bytes]);
        assert_eq!(server.append(&batch).await, Outcome::Appended, "seed {seed}");
        grown.push(batch);
    }
    for (after, part) in [(0, 0..2), (2, 1..2), (3, 1..2), (4, 2..3), (6, 3..4)] {
        let read = server.read(&log, after).await;
        let expected = Read::Part(grown[part].to_vec());
        assert!(read == expected, "behind {after}, seed {seed}");
    }
    assert_eq!(server.read(&log, 8).await, Read::Batches(grown[4..].to_vec()), "seed {seed}");
}

async fn logs_are_named_in_order(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let mut ours: Vec<_> = (0..5).map(|_| server.log("named")).collect();
    for log in &ours {
        server.grow(log, 2).await;
    }
    ours.sort_unstable();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = server.store.logs(after, 3).await.expect("the engine answers");
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page);
    }
    assert!(found.is_sorted_by(|one, next| one < next), "seed {seed}");
    found.retain(|log| ours.contains(log));
    assert_eq!(found, ours, "each once, seed {seed}");
}
