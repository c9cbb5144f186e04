//! Rounds of requests, and what other servers append between them.

use crate::actor::server::{Server, Wanted, applied, hall, kind, place, refused};
use boxoffice_inventory::Inventory;
use boxoffice_inventory::model::fixtures::{BEGIN, count, customer, id_at};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Selection;
use boxoffice_shared::{Shown, StoreCall};

#[test]
fn all_that_wait_are_one_batch_and_one_append_is_on_its_way() {
    let mut server = Server::with("floor=5");
    (1..=3).for_each(|number| server.actor.ask(place(number)));
    let Some(StoreCall::Append { batch, attempt: 1 }) = server.call() else { panic!("an append") };
    assert_eq!((batch.first(), batch.last()), (2, 4));
    server.actor.ask(place(4));
    assert_eq!(server.call(), None, "nothing is decided while an append is on its way");
    assert_eq!(server.answer(), None, "nothing is answered before it is in the log");
    server.perform(StoreCall::Append { batch, attempt: 1 });
    let versions: Vec<_> = std::iter::from_fn(|| server.answer()).collect();
    assert_eq!(versions.iter().filter_map(applied).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(server.run(), ["append"]);
    assert_eq!(applied(&server.answer().expect("an answer")), Some(5));
}

#[test]
fn a_beaten_server_decides_the_same_requests_behind_the_winner() {
    let mut winner = Server::with("floor=1");
    let mut beaten = winner.another();
    beaten.actor.ask(place(2));
    let append = beaten.call().expect("an append");
    assert_eq!(applied(&winner.does(place(1))), Some(2));
    beaten.perform(append);
    assert_eq!(beaten.answer(), None, "what the other server appended may not be durable");
    assert_eq!(beaten.run(), ["write", "end"]);
    let answer = beaten.answer().expect("an answer");
    assert_eq!(refused(&answer), Some((2, &Refusal::SoldOut { free: 0 })));
}

#[test]
fn a_server_that_is_far_behind_answers_as_of_the_logs_end() {
    let mut winner = Server::with("floor=101");
    let mut beaten = winner.another();
    let selection = Selection::Standing { places: count(3), section: None };
    beaten.actor.ask(Wanted::Reserve(id_at(BEGIN, 200), customer("ann"), selection));
    let append = beaten.call().expect("an append");
    for number in 1..=101 {
        assert_eq!(applied(&winner.does(place(number))), Some(number + 1));
    }
    beaten.perform(append);
    beaten.run();
    let answer = beaten.answer().expect("an answer");
    assert_eq!(refused(&answer), Some((102, &Refusal::SoldOut { free: 0 })));
}

#[test]
fn a_winner_under_contention_lets_one_round_pass() {
    let mut one = Server::with("floor=5");
    let mut other = one.another();
    other.actor.ask(place(2));
    let append = other.call().expect("an append");
    one.does(place(1));
    other.perform(append);
    assert_eq!(other.run(), ["append", "pause"]);
    assert_eq!(applied(&other.answer().expect("an answer")), Some(3));
    other.actor.ask(place(3));
    assert_eq!(other.run(), ["append"], "without contention there is no pause");
}

#[test]
fn answers_without_a_change_wait_for_one_look_at_the_logs_end() {
    let mut server = Server::with("floor=1");
    server.does(place(1));
    (2..=4).for_each(|number| server.actor.ask(place(number)));
    server.actor.ask(Wanted::Look);
    assert_eq!(server.call(), Some(StoreCall::End));
    // This one came after the look began.
    server.actor.ask(place(5));
    assert_eq!(server.answer(), None);
    server.perform(StoreCall::End);
    assert_eq!(std::iter::from_fn(|| server.answer()).count(), 4);
    assert_eq!(server.run(), ["end"]);
    assert!(server.answer().is_some());
}

#[test]
fn a_refusal_is_decided_again_if_the_log_has_grown() {
    let mut server = Server::with("floor=1");
    server.does(place(1));
    let mut other = server.another();
    other.does(Wanted::Delete);
    server.actor.ask(place(2));
    assert_eq!(server.run(), ["end", "read", "write", "end"]);
    let answer = server.answer().expect("an answer");
    assert_eq!(refused(&answer), Some((3, &Refusal::EventNotFound)));
}

#[test]
fn an_append_confirms_the_answers_that_are_decided_with_it() {
    let mut server = Server::with("floor=1");
    server.actor.ask(place(1));
    server.actor.ask(place(2));
    assert_eq!(server.run(), ["append"]);
    assert_eq!(applied(&server.answer().expect("an answer")), Some(2));
    let answer = server.answer().expect("an answer");
    assert_eq!(refused(&answer), Some((2, &Refusal::SoldOut { free: 0 })));
}

#[test]
fn reads_and_watchers_do_not_see_what_is_on_its_way() {
    let mut server = Server::with("floor=5");
    server.actor.ask(place(1));
    let append = server.call().expect("an append");
    assert_eq!(server.actor.settled().map(Inventory::live), Some(0));
    assert!(server.shown().is_none());
    server.perform(append);
    assert_eq!(server.actor.settled().map(Inventory::live), Some(1));
    let Some(Shown::Changes(changes)) = server.shown() else { panic!("a change") };
    assert_eq!(changes.iter().map(|change| change.version).collect::<Vec<_>>(), [2]);
}

#[test]
fn what_another_server_appended_is_shown_once_it_is_certain() {
    let mut one = Server::with("floor=5");
    let mut other = one.another();
    one.does(place(1));
    other.actor.poke();
    let mut called = Vec::new();
    while let Some(call) = other.call() {
        called.push(kind(&call));
        assert!(other.shown().is_none(), "before {called:?}");
        other.perform(call);
    }
    assert_eq!(called, ["end", "read", "write", "end"]);
    assert!(matches!(other.shown(), Some(Shown::Changes(changes)) if changes.len() == 1));
}

#[test]
fn an_event_goes_on_behind_its_tombstone() {
    let mut server = Server::with("floor=5");
    server.does(place(1));
    for wanted in [Wanted::Delete, hall("floor=9"), place(2), hall("floor=9"), place(1)] {
        server.actor.ask(wanted);
    }
    // A creation is a batch of its own.
    assert_eq!(server.run(), ["append", "append", "append"]);
    let answers: Vec<_> = std::iter::from_fn(|| server.answer()).collect();
    assert_eq!(
        answers.iter().map(applied).collect::<Vec<_>>(),
        [Some(3), Some(4), Some(5), None, None]
    );
    assert_eq!(refused(&answers[4]), Some((5, &Refusal::IdConflict)));
    let mut other = server.another();
    assert_eq!(other.actor.settled().map(Inventory::version), Some(5));
}
