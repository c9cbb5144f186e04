//! The engine in memory keeps the laws, and its faults do what they say.

use boxoffice_store::laws;
use boxoffice_store::{
    AppendFault, Batch, BatchId, Divergence, End, LogId, Memory, MemoryBench, Outcome, Read, Store,
};
use std::time::Duration;

const NOW: u64 = 1_800_000_000_000;

fn seed() -> u64 {
    let given = std::env::var("BOXOFFICE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| fastrand::u64(..))
}

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let seed = seed();
    for round in 0..100 {
        laws::all(&MemoryBench(Memory::new(NOW)), seed.wrapping_add(round)).await;
    }
}

fn log() -> LogId {
    LogId::parse("film").expect("a name")
}

fn batch(end: Option<End>, id: u8) -> Batch {
    Batch::new(log(), end, BatchId([id; 16]), 1, NOW, &[id])
}

async fn append(memory: &Memory, batch: &Batch) -> Outcome {
    let answer = memory.append(vec![batch.clone()]).pop().expect("an answer");
    answer.await.expect("it is in memory")
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_same_batch() {
    let (memory, first) = (Memory::new(NOW), batch(None, 1));
    memory.inject(&log(), AppendFault::AnswerLost);
    assert!(matches!(append(&memory, &first).await, Outcome::Unknown(_)));
    assert_eq!(append(&memory, &first).await, Outcome::Appended);
    assert_eq!(memory.read(&log(), 0, 9).await, Ok(Read::Batches(vec![first])));
}

/// The look between finds nothing and proves nothing.
#[tokio::test]
async fn an_append_that_arrives_late_is_there_once() {
    let (memory, first, other) = (Memory::new(NOW), batch(None, 1), batch(None, 2));
    memory.inject(&log(), AppendFault::AppliedLate);
    assert!(matches!(append(&memory, &first).await, Outcome::Unknown(_)));
    assert_eq!(memory.read(&log(), 0, 9).await, Ok(Read::Batches(Vec::new())));
    memory.deliver();
    let since = vec![first.clone()];
    let beaten = Outcome::Beaten { since: since.clone(), is_all: true };
    assert_eq!(append(&memory, &other).await, beaten);
    assert_eq!(append(&memory, &first).await, Outcome::Appended);
    memory.inject(&log(), AppendFault::AppliedLate);
    assert!(matches!(append(&memory, &first).await, Outcome::Unknown(_)));
    memory.deliver();
    assert_eq!(memory.read(&log(), 0, 9).await, Ok(Read::Batches(since)));
}

#[tokio::test]
async fn a_failover_to_an_older_state_is_named() {
    let (memory, first) = (Memory::new(NOW), batch(None, 1));
    append(&memory, &first).await;
    memory.replicate();
    let second = batch(Some(first.end()), 2);
    append(&memory, &second).await;
    memory.fail_over();
    let third = batch(Some(second.end()), 3);
    assert_eq!(append(&memory, &third).await, Outcome::Diverged(Divergence::Shorter));
    let instead = batch(Some(first.end()), 4);
    assert_eq!(append(&memory, &instead).await, Outcome::Appended);
    assert_eq!(append(&memory, &third).await, Outcome::Diverged(Divergence::OtherBatch));
}

#[tokio::test]
async fn a_lease_ends_by_the_clock_of_the_engine() {
    let memory = Memory::new(NOW);
    let second = Duration::from_secs(1);
    memory.lease("work", "one", Vec::new(), second).await.expect("it is in memory");
    assert_eq!(memory.leases().await.map(|leases| leases.len()), Ok(1));
    memory.advance(second);
    assert_eq!(memory.leases().await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_dropped_answer_takes_no_append_back() {
    let (memory, first) = (Memory::new(NOW), batch(None, 1));
    memory.stall(&log());
    drop(memory.append(vec![first.clone()]));
    memory.resume(&log());
    assert_eq!(memory.read(&log(), 0, 9).await, Ok(Read::Batches(vec![first])));
}
