//! Laws of snapshots and trimming.

use super::bench::{Bench, Writer};
use crate::batch::{Batch, BatchId, End};
use crate::log_id::LogId;
use crate::outcome::{Divergence, Outcome};
use crate::snapshot::Snapshot;
use crate::store::Read;

pub(super) async fn all(bench: &dyn Bench, seed: u64) {
    trimming_keeps_the_newest_and_what_no_snapshot_covers(bench, seed).await;
    a_server_that_slept_through_a_trim_appends_nothing(bench, seed).await;
    an_older_snapshot_replaces_no_newer_one(bench, seed).await;
    a_snapshot_of_a_lost_branch_is_not_kept(bench, seed).await;
    a_snapshot_of_a_lost_branch_trims_nothing(bench, seed).await;
    a_log_may_begin_behind_what_was_trimmed(bench, seed).await;
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
        let is_kept = server.store.put_snapshot(put.clone()).await;
        let is_first = server.store.snapshot(&log).await != Ok(Some(new.clone())) || put == &new;
        assert_eq!(is_kept, Ok(is_first), "seed {seed}");
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

/// A log of four batches, of which the engine has lost two, and the one that came instead. It has
/// the versions of the first one that was lost.
async fn forked(bench: &dyn Bench, server: &mut Writer, name: &str) -> (Vec<Batch>, Batch) {
    let log = server.log(name);
    let grown = server.grow(&log, 4).await;
    bench.truncate(&log, grown[1].last()).await.expect("the bench can");
    let (end, count) = (grown[1].end(), grown[2].last() - grown[1].last());
    let id = BatchId(server.random.u128(..).to_be_bytes());
    let instead = Batch::new(log, Some(end), id, count, grown[2].at_ms(), b"instead");
    (grown, instead)
}

async fn a_snapshot_of_a_lost_branch_is_not_kept(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let (grown, instead) = forked(bench, &mut server, "lost").await;
    let log = instead.log();
    let put = |of: &Batch| server.store.put_snapshot(snapshot(log, of));
    assert_eq!(put(&grown[2]).await, Ok(false), "beyond the log's end, seed {seed}");
    assert_eq!(server.append(&instead).await, Outcome::Appended, "seed {seed}");
    for lost in &grown[2..] {
        assert_eq!(put(lost).await, Ok(false), "it is of another branch, seed {seed}");
    }
    assert_eq!(server.store.snapshot(log).await, Ok(None), "seed {seed}");
    let within = End { version: grown[1].last().saturating_sub(1), batch: grown[1].id() };
    let within = Snapshot { end: within, ..snapshot(log, &grown[1]) };
    if grown[1].first() < grown[1].last() {
        assert_eq!(server.store.put_snapshot(within).await, Ok(false), "no end, seed {seed}");
    }
    for kept in [&grown[0], &grown[1], &instead] {
        assert_eq!(put(kept).await, Ok(true), "it is the log's own, seed {seed}");
    }
}

async fn a_snapshot_of_a_lost_branch_trims_nothing(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("branch");
    let grown = server.grow(&log, 4).await;
    let last = snapshot(&log, &grown[3]);
    assert_eq!(server.store.put_snapshot(last).await, Ok(true), "seed {seed}");
    // The engine goes on from an older log, and has a snapshot of what it lost.
    bench.truncate(&log, grown[1].last()).await.expect("the bench can");
    let mut kept = grown[..2].to_vec();
    while kept.last().is_none_or(|last| last.last() <= grown[3].last()) {
        let next = server.batch(&log, kept.last().map(Batch::end)).await;
        assert_eq!(server.append(&next).await, Outcome::Appended, "seed {seed}");
        kept.push(next);
    }
    server.store.trim(&log, u64::from(u32::MAX)).await.expect("the engine answers");
    assert_eq!(server.read(&log, 0).await, Read::Batches(kept), "seed {seed}");
}

async fn a_log_may_begin_behind_what_was_trimmed(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let (from, to) = (server.log("from"), server.log("to"));
    let grown = server.grow(&from, 4).await;
    let moved = |batch: &Batch, end: Option<End>| {
        let (id, at, body) = (batch.id(), batch.at_ms(), batch.body());
        let count = batch.last() + 1 - batch.first();
        Batch::new(to.clone(), end, id, count, at, body)
    };
    let ends: Vec<_> = grown.iter().map(Batch::end).collect();
    let [second, third, other] = [
        moved(&grown[1], Some(ends[0])),
        moved(&grown[2], Some(ends[1])),
        moved(&grown[3], Some(ends[0])),
    ];
    let outcome = server.append(&second).await;
    assert!(matches!(outcome, Outcome::Diverged(_)), "seed {seed}: {outcome:?}");
    let begin = |batch: &Batch| server.store.begin(batch.clone());
    for batch in [&second, &second, &third, &second] {
        assert_eq!(begin(batch).await, Ok(Outcome::Appended), "once, seed {seed}");
    }
    let outcome = begin(&other).await;
    let has_begun = matches!(outcome, Ok(Outcome::Beaten { .. } | Outcome::Diverged(_)));
    assert!(has_begun, "seed {seed}: {outcome:?}");
    let both = Read::Batches(vec![second, third]);
    assert_eq!(server.read(&to, ends[0].version).await, both, "seed {seed}");
    assert_eq!(server.read(&to, 0).await, Read::Trimmed, "seed {seed}");
    let before = Snapshot { log: to.clone(), ..snapshot(&from, &grown[0]) };
    assert_eq!(server.store.put_snapshot(before).await, Ok(true), "its next is there, {seed}");
}
