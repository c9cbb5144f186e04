//! Engines that lose answers, fail, are damaged or have another log.

use crate::actor::server::{LATE, Server, Wanted, applied, kind, log, now, place};
use boxoffice_inventory::Inventory;
use boxoffice_inventory::model::fixtures::BEGIN;
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::{NotApplied, Shown, StoreCall, Verdict};
use boxoffice_store::{
    AppendFault, Batch, BatchId, Divergence, Memory, Outcome, Read, Store, StoreError,
};
use std::time::Duration;

#[test]
fn an_unknown_append_is_the_same_bytes_again_until_it_is_settled() {
    let mut server = Server::with("floor=5");
    server.store.inject(&log(), AppendFault::AnswerLost);
    server.actor.ask(place(1));
    let Some(StoreCall::Append { batch: first, .. }) = server.call() else { panic!("an append") };
    server.perform(StoreCall::Append { batch: first.clone(), attempt: 1 });
    server.actor.ask(place(2));
    for attempt in 2..5 {
        let again = StoreCall::Append { batch: first.clone(), attempt };
        assert_eq!(server.call(), Some(again));
        // Neither of these says what became of the first attempt.
        let nothing = Err(StoreError::Busy);
        let ahead = Ok(Outcome::Ahead { now_ms: 1 });
        server.actor.appended(if attempt == 2 { nothing } else { ahead });
        assert_eq!(server.answer(), None);
    }
    assert_eq!(server.run(), ["append", "write", "end", "append"]);
    assert_eq!(applied(&server.answer().expect("an answer")), Some(2));
    assert_eq!(applied(&server.answer().expect("an answer")), Some(3));
}

#[test]
fn requests_that_wait_for_an_unknown_append_are_never_unavailable() {
    let mut server = Server::with("floor=5");
    server.ask_into(AppendFault::AppliedLate, place(1));
    // The same request again, of a client that lost its connection.
    server.actor.ask(place(1));
    server.actor.expire(LATE);
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown));
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown));
    server.store.deliver();
    server.run();
    assert_eq!(server.actor.settled().map(Inventory::version), Some(2));
}

#[test]
fn a_request_that_was_not_sent_in_time_was_not_applied() {
    let mut server = Server::with("floor=5");
    server.actor.ask(place(1));
    assert_eq!(server.actor.next_deadline(), Some(LATE));
    server.actor.expire(LATE);
    assert_eq!(server.answer(), Some(Verdict::NotApplied(NotApplied::TooLate)));
    assert_eq!(server.call(), None);
}

#[test]
fn a_request_whose_deadline_has_come_is_not_decided() {
    let mut server = Server::with("floor=5");
    server.actor.ask(place(1));
    assert_eq!(server.actor.next_call(LATE), None);
    assert_eq!(server.answer(), Some(Verdict::NotApplied(NotApplied::TooLate)));
}

#[test]
fn a_log_that_does_not_go_on_is_loaded_again() {
    let mut server = Server::with("floor=5");
    server.does(place(1));
    while server.shown().is_some() {}
    server.store.truncate(&log(), 1);
    assert_eq!(applied(&server.does(place(2))), Some(2));
    assert!(matches!(server.shown(), Some(Shown::Gap(Divergence::Shorter))));
    let Some(Shown::Snapshot { version: 2, event: Some(event) }) = server.shown() else {
        panic!("a snapshot")
    };
    assert_eq!(event.live(), 1);
    assert_eq!(server.actor.settled().map(Inventory::live), Some(1));
}

#[test]
fn a_server_whose_time_is_ahead_applies_nothing() {
    let mut server = Server::with("floor=5");
    server.actor.ask(place(1));
    let ahead = Timestamp::from_ms(BEGIN.as_ms() + 1_001);
    let call = server.actor.next_call(ahead).expect("an append");
    server.perform(call);
    let now_ms = BEGIN.as_ms();
    let why = NotApplied::ClockAhead { now_ms };
    assert_eq!(server.answer(), Some(Verdict::NotApplied(why)));
    server.store.advance(Duration::from_secs(1));
    assert_eq!(applied(&server.does(place(1))), Some(2));
}

#[test]
fn an_engine_that_takes_nothing_leaves_nothing_behind() {
    let mut server = Server::with("floor=5");
    server.actor.ask(place(1));
    assert_eq!(server.call().as_ref().map(kind), Some("append"));
    server.actor.appended(Err(StoreError::Busy));
    let why = NotApplied::Store(StoreError::Busy);
    assert_eq!(server.answer(), Some(Verdict::NotApplied(why)));
    assert_eq!(server.actor.settled().map(Inventory::live), Some(0));
    assert_eq!(applied(&server.does(place(1))), Some(2));
}

#[test]
fn a_wish_that_was_fulfilled_before_is_never_said_not_to_be_applied() {
    let mut server = Server::with("floor=5");
    server.does(place(1));
    // The same request again, while the engine does not say where the log ends.
    server.actor.ask(place(1));
    assert_eq!(server.call(), Some(StoreCall::End));
    server.actor.ends_at(Err(StoreError::Busy));
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown));
    server.actor.ask(place(1));
    assert_eq!(server.call(), Some(StoreCall::End));
    server.actor.expire(LATE);
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown));
}

#[test]
fn what_was_sent_to_a_log_that_was_trimmed_since_is_never_said_not_to_be_applied() {
    let mut server = Server::with("floor=5");
    server.ask_into(AppendFault::AnswerLost, place(1));
    server.actor.ask(place(1));
    assert_eq!(server.call().as_ref().map(kind), Some("append"));
    server.actor.appended(Ok(Outcome::Diverged(Divergence::Trimmed)));
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown));
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown), "it repeats the first");
    server.run();
    assert_eq!(server.actor.settled().map(Inventory::version), Some(2));
}

#[test]
fn what_was_found_in_a_log_that_was_trimmed_since_is_never_said_not_to_be_applied() {
    let mut server = Server::with("floor=5");
    let mut other = server.another();
    server.ask_into(AppendFault::AnswerLost, place(1));
    let append = server.call().expect("the same append");
    server.perform(append);
    assert_eq!(server.call().as_ref().map(kind), Some("write"));
    server.actor.written(&Ok(()));
    other.does(place(2));
    assert_eq!(server.call(), Some(StoreCall::End));
    server.perform(StoreCall::End);
    assert_eq!(server.call(), Some(StoreCall::Read { after: 2 }));
    server.actor.read(Ok(Read::Trimmed));
    assert_eq!(server.answer(), Some(Verdict::OutcomeUnknown));
    assert_eq!(server.answer(), None);
}

#[test]
fn damage_in_the_log_is_named_and_never_served() {
    let server = Server::with("floor=5");
    server.store.flip(&log(), 1, 13);
    let mut other = Server::new(2, &server.store);
    let damage = StoreError::Damaged { log: log(), version: 1 };
    assert_eq!(other.does(Wanted::Look), Verdict::NotApplied(NotApplied::Store(damage)));
    assert_eq!(other.actor.settled().map(Inventory::version), None);
}

#[test]
fn a_log_that_contradicts_itself_is_named_and_never_served() {
    let store = Memory::new(BEGIN.as_ms());
    let batch = Batch::new(log(), None, BatchId([7; 16]), 1, BEGIN.as_ms(), b"no changes");
    let mut answers = store.append(vec![batch]);
    assert_eq!(now(answers.pop().expect("an answer")), Ok(Outcome::Appended));
    let verdict = Server::new(1, &store).does(Wanted::Look);
    assert!(matches!(verdict, Verdict::NotApplied(NotApplied::Log(_))), "{verdict:?}");
    assert_eq!(now(store.read(&log(), 1, 9)), Ok(Read::Batches(Vec::new())));
}
