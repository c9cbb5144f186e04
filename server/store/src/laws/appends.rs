//! Laws of appends.

use super::bench::{Bench, Writer};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::outcome::{Divergence, Outcome};
use crate::store::Read;
use std::task::{Context, Waker};

pub(super) async fn all(bench: &dyn Bench, seed: u64) {
    one_of_several_appends_at_a_version_succeeds(bench, seed).await;
    the_same_batch_again_has_the_same_outcome(bench, seed).await;
    a_batch_behind_another_end_is_not_appended(bench, seed).await;
    a_server_that_is_far_behind_learns_whether_it_is_told_of_all(bench, seed).await;
    a_log_that_lost_its_end_has_diverged(bench, seed).await;
    batches_of_many_logs_are_answered_each_by_itself(bench, seed).await;
    batches_of_one_log_sent_together_come_one_after_the_other(bench, seed).await;
    a_slow_log_holds_up_no_other(bench, seed).await;
    many_slow_logs_hold_up_no_other(bench, seed).await;
    a_batch_of_the_future_is_refused(bench, seed).await;
}

async fn one_of_several_appends_at_a_version_succeeds(bench: &dyn Bench, seed: u64) {
    let mut servers = Vec::new();
    for number in 0..3 {
        servers.push(Writer::new(bench, seed ^ (number << 32)).await);
    }
    let log = servers[0].log("contended");
    let mut history: Vec<Batch> = Vec::new();
    for round in 0..20 {
        let end = history.last().map(Batch::end);
        let mut sent = Vec::new();
        for server in &mut servers {
            let batch = server.batch(&log, end).await;
            // It is on its way from here on, beside those of the others.
            let answer = server.store.append(vec![batch.clone()]).pop().expect("an answer");
            sent.push((batch, answer));
        }
        let mut won = Vec::new();
        let mut lost = Vec::new();
        for (batch, answer) in sent {
            match answer.await.expect("the engine answers") {
                Outcome::Appended => won.push(batch),
                Outcome::Beaten { since, is_all: true } => lost.push(since),
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert_eq!(won.len(), 1, "one append succeeds at a version, round {round}, seed {seed}");
        assert!(lost.iter().all(|since| *since == won), "the others learn of it, seed {seed}");
        history.append(&mut won);
    }
    assert_eq!(servers[0].read(&log, 0).await, Read::Batches(history), "seed {seed}");
}

async fn the_same_batch_again_has_the_same_outcome(bench: &dyn Bench, seed: u64) {
    let (mut one, mut other) = (Writer::new(bench, seed).await, Writer::new(bench, !seed).await);
    let log = one.log("again");
    let grown = one.grow(&log, 3).await;
    let last = grown[2].clone();
    let answers = [one.store.append(vec![last.clone()]), other.store.append(vec![last.clone()])];
    for answer in answers.into_iter().flatten() {
        assert_eq!(answer.await, Ok(Outcome::Appended), "its own id is known, seed {seed}");
    }
    let next = other.batch(&log, Some(last.end())).await;
    assert_eq!(other.append(&next).await, Outcome::Appended);
    for batch in &grown {
        let again = one.append(batch).await;
        assert_eq!(again, Outcome::Appended, "also when others went on, seed {seed}");
    }
    let all = [grown, vec![next]].concat();
    assert_eq!(one.read(&log, 0).await, Read::Batches(all), "nothing is there twice, seed {seed}");
}

async fn a_batch_behind_another_end_is_not_appended(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("behind");
    let grown = server.grow(&log, 3).await;
    let first = server.batch(&log, None).await;
    let beaten = |since: &[Batch]| Outcome::Beaten { since: since.to_vec(), is_all: true };
    assert_eq!(server.append(&first).await, beaten(&grown), "seed {seed}");
    let second = server.batch(&log, Some(grown[0].end())).await;
    assert_eq!(server.append(&second).await, beaten(&grown[1..]), "seed {seed}");
    let mut wrong = grown[2].end();
    wrong.batch.0[0] ^= 1;
    let forked = server.batch(&log, Some(wrong)).await;
    let outcome = server.append(&forked).await;
    assert_eq!(outcome, Outcome::Diverged(Divergence::OtherBatch), "seed {seed}");
    let mut beyond = grown[2].end();
    beyond.version += 7;
    let gap = server.batch(&log, Some(beyond)).await;
    let outcome = server.append(&gap).await;
    assert_eq!(outcome, Outcome::Diverged(Divergence::Shorter), "no gap, seed {seed}");
    assert_eq!(server.end(&log).await, Some(grown[2].end()), "nothing was added, seed {seed}");
}

async fn a_server_that_is_far_behind_learns_whether_it_is_told_of_all(
    bench: &dyn Bench,
    seed: u64,
) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("far");
    let grown = server.grow(&log, 130).await;
    let (mut told, mut is_told_all) = (0_usize, false);
    while !is_told_all {
        let end = told.checked_sub(1).map(|last| grown[last].end());
        let behind = server.batch(&log, end).await;
        let Outcome::Beaten { since, is_all } = server.append(&behind).await else {
            panic!("others went on, seed {seed}");
        };
        assert_eq!(since, grown[told..told + since.len()], "in their order, seed {seed}");
        (told, is_told_all) = (told + since.len(), is_all);
        assert!(told == grown.len() || !is_all, "{told} are not all, seed {seed}");
    }
}

async fn a_log_that_lost_its_end_has_diverged(bench: &dyn Bench, seed: u64) {
    let (mut one, mut other) = (Writer::new(bench, seed).await, Writer::new(bench, !seed).await);
    let log = one.log("truncated");
    let grown = one.grow(&log, 4).await;
    bench.truncate(&log, grown[1].last()).await.expect("the bench can");
    let next = one.batch(&log, Some(grown[3].end())).await;
    let outcome = one.append(&next).await;
    assert_eq!(outcome, Outcome::Diverged(Divergence::Shorter), "seed {seed}");
    let instead = other.batch(&log, Some(grown[1].end())).await;
    assert_eq!(other.append(&instead).await, Outcome::Appended, "it goes on, seed {seed}");
    let again = one.append(&grown[3]).await;
    assert!(matches!(again, Outcome::Diverged(_)), "seed {seed}: {again:?}");
    let kept = vec![grown[0].clone(), grown[1].clone(), instead];
    assert_eq!(one.read(&log, 0).await, Read::Batches(kept), "seed {seed}");
}

async fn batches_of_many_logs_are_answered_each_by_itself(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let taken = server.log("taken");
    let grown = server.grow(&taken, 1).await;
    let (mut batches, mut expected) = (Vec::new(), Vec::new());
    for number in 0..50 {
        let log = if number == 25 { taken.clone() } else { server.log("many") };
        let outcome = match number {
            25 => Outcome::Beaten { since: grown.clone(), is_all: true },
            _ => Outcome::Appended,
        };
        batches.push(server.batch(&log, None).await);
        expected.push(outcome);
    }
    for (number, answer) in server.store.append(batches).into_iter().enumerate() {
        assert_eq!(answer.await.as_ref(), Ok(&expected[number]), "number {number}, seed {seed}");
    }
}

async fn batches_of_one_log_sent_together_come_one_after_the_other(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("twice");
    let one = server.batch(&log, None).await;
    let other = server.batch(&log, None).await;
    let sent = server.store.append(vec![one.clone(), other]);
    let mut outcomes = Vec::new();
    for answer in sent {
        outcomes.push(answer.await.expect("the engine answers"));
    }
    let beaten = Outcome::Beaten { since: vec![one.clone()], is_all: true };
    assert_eq!(outcomes, [Outcome::Appended, beaten], "one has the place, seed {seed}");
    let next = server.batch(&log, Some(one.end())).await;
    let last = server.batch(&log, Some(next.end())).await;
    for answer in server.store.append(vec![next.clone(), last.clone()]) {
        assert_eq!(answer.await, Ok(Outcome::Appended), "in their order, seed {seed}");
    }
    assert_eq!(server.read(&log, 0).await, Read::Batches(vec![one, next, last]), "seed {seed}");
}

async fn a_slow_log_holds_up_no_other(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let quick = server.log("quick");
    let Some(slow) = server.log_apart(bench, &quick, "slow") else { return };
    bench.stall(&slow, None).await.expect("the bench can");
    let waits = server.batch(&slow, None).await;
    let goes = server.batch(&quick, None).await;
    let mut answers = server.store.append(vec![waits.clone(), goes.clone()]).into_iter();
    let (waiting, going) = (answers.next().expect("two"), answers.next().expect("two"));
    assert_eq!(going.await, Ok(Outcome::Appended), "seed {seed}");
    let next = server.batch(&quick, Some(goes.end())).await;
    assert_eq!(server.append(&next).await, Outcome::Appended, "seed {seed}");
    bench.resume(&slow).await.expect("the bench can");
    let mut outcome = waiting.await.expect("the engine answers");
    while matches!(outcome, Outcome::Unknown(_)) {
        outcome = server.append(&waits).await;
    }
    assert_eq!(outcome, Outcome::Appended, "seed {seed}");
}

/// More than an engine has connections.
const SLOW: usize = 12;

async fn many_slow_logs_hold_up_no_other(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let (quick, mut slow) = (server.log("free"), Vec::new());
    for _ in 0..SLOW {
        let Some(log) = server.log_apart(bench, &quick, "held") else { return };
        bench.stall(&log, None).await.expect("the bench can");
        slow.push(server.batch(&log, None).await);
    }
    let mut waiting = server.store.append(slow.clone());
    server.grow(&quick, 3).await;
    assert!(server.end(&quick).await.is_some(), "nor a read, seed {seed}");
    for answer in &mut waiting {
        let answer = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(answer.is_pending(), "it was not waited for, seed {seed}: {answer:?}");
    }
    for batch in &slow {
        bench.resume(batch.log()).await.expect("the bench can");
    }
    for (batch, answer) in slow.iter().zip(waiting) {
        let mut outcome = answer.await;
        while matches!(
            outcome,
            Ok(Outcome::Unknown(_)) | Err(StoreError::Busy | StoreError::Unavailable(_))
        ) {
            outcome = server.store.append(vec![batch.clone()]).pop().expect("an answer").await;
        }
        assert_eq!(outcome, Ok(Outcome::Appended), "seed {seed}");
    }
}

async fn a_batch_of_the_future_is_refused(bench: &dyn Bench, seed: u64) {
    let mut server = Writer::new(bench, seed).await;
    let log = server.log("future");
    let made = server.batch(&log, None).await;
    let at = made.at_ms() + 60_000;
    let future = Batch::new(log.clone(), None, made.id(), 1, at, made.body());
    let outcome = server.append(&future).await;
    assert!(matches!(outcome, Outcome::Ahead { .. }), "seed {seed}: {outcome:?}");
    assert_eq!(server.end(&log).await, None, "seed {seed}");
}
