//! Snapshots, trimmed logs, and events that are unloaded.

use crate::actor::server::{Server, Wanted, applied, hall, halls, log, now, place, refused};
use boxoffice_inventory::model::fixtures::SECRETS;
use boxoffice_inventory::{EventSecrets, Inventory};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_shared::{
    NotApplied, SNAPSHOT_AFTER, Shown, SnapshotLoader, SnapshotTaken, StoreCall, Verdict,
    decode_summary, take_snapshot,
};
use boxoffice_store::{Divergence, Memory, Snapshot, Store, StoreError};

fn loader() -> SnapshotLoader {
    let secrets = EventSecrets { seed: 9, ..SECRETS };
    SnapshotLoader::new(log(), EventId::parse("film").expect("a slug"), secrets)
}

fn take(store: &Memory) -> Result<SnapshotTaken, NotApplied> {
    let (store, log, loader) = (store.clone(), log(), loader());
    let taken =
        Box::pin(async move { Ok(take_snapshot(&store, &log, (&loader, &halls()), 2).await) });
    now(taken).expect("it is in memory")
}

fn snapshot(store: &Memory) -> Snapshot {
    now(store.snapshot(&log())).expect("it is in memory").expect("there is one")
}

/// A server whose event has this many places taken, and a snapshot of that.
fn with_snapshot(taken: u64) -> Server {
    let mut server = Server::with("floor=9");
    for number in 1..=taken {
        assert_eq!(applied(&server.does(place(number))), Some(number + 1));
    }
    let is_kept = SnapshotTaken { version: taken + 1, is_kept: true };
    assert_eq!(take(&server.store), Ok(is_kept));
    while server.shown().is_some() {}
    server
}

#[test]
fn an_event_is_loaded_from_its_snapshot_and_what_is_behind_it() {
    let mut server = with_snapshot(2);
    server.does(place(3));
    let mut other = Server::new(2, &server.store);
    other.actor.ask(Wanted::Look);
    assert!(matches!(other.call(), Some(StoreCall::Snapshot(_))));
    let answer = now(other.store.snapshot(&log()));
    other.actor.loaded(loader().load(answer, &halls()));
    assert_eq!(other.call(), Some(StoreCall::Read { after: 3 }));
    other.perform(StoreCall::Read { after: 3 });
    other.run();
    let (one, two) = (server.actor.settled().expect("loaded"), other.actor.settled());
    assert_eq!(one.difference(two.expect("loaded")), None);
    let again = refused(&other.does(Wanted::Delete)).is_none();
    assert!(again && matches!(other.shown(), Some(Shown::Snapshot { version: 4, .. })));
}

#[test]
fn a_snapshot_is_due_by_changes_and_taken_once() {
    let mut server = with_snapshot(2);
    let nothing = SnapshotTaken { version: 3, is_kept: false };
    assert_eq!(take(&server.store), Ok(nothing), "too little has changed");
    server.does(place(3));
    server.does(place(4));
    assert_eq!(take(&server.store), Ok(SnapshotTaken { version: 5, is_kept: true }));
    assert_eq!(server.actor.snapshot_due(SNAPSHOT_AFTER), None, "by far");
    let summaries = now(server.store.summaries(None, 9)).expect("it is in memory");
    let row = decode_summary(&summaries[0]).expect("a summary").expect("it is there");
    let settled = server.actor.settled().expect("loaded");
    assert_eq!((&row, row.version), (&settled.summary(), 5));
}

#[test]
fn a_server_that_slept_while_the_log_was_trimmed_loads_the_snapshot_and_tells_of_a_gap() {
    let mut awake = with_snapshot(1);
    let mut asleep = awake.another();
    for number in 2..=5 {
        awake.does(place(number));
        take(&awake.store).expect("it is in memory");
    }
    assert_eq!(applied(&asleep.does(place(6))), Some(7));
    assert!(matches!(asleep.shown(), Some(Shown::Gap(Divergence::Trimmed))));
    assert!(matches!(asleep.shown(), Some(Shown::Snapshot { version: 7, .. })));
    assert_eq!(asleep.actor.settled().map(Inventory::live), Some(6));
}

#[test]
fn an_event_goes_on_behind_the_snapshot_of_its_tombstone() {
    let mut server = with_snapshot(2);
    server.does(Wanted::Delete);
    server.does(place(9));
    let mut other = server.another();
    assert_eq!(refused(&other.does(place(1))), Some((4, &Refusal::EventNotFound)));
    assert_eq!(applied(&other.does(hall("floor=9"))), Some(5));
    take(&server.store).expect("it is in memory");
    let mut third = server.another();
    assert_eq!(refused(&third.does(place(1))), Some((5, &Refusal::IdConflict)));
}

#[test]
fn a_snapshot_that_cannot_be_used_is_named_and_never_served() {
    let server = with_snapshot(2);
    let good = snapshot(&server.store);
    assert!(loader().load(Ok(Some(good.clone())), &halls()).is_ok());
    let mut wrong = Vec::new();
    for cut in 0..good.body.len() {
        wrong.push(Snapshot { body: good.body[..cut].to_vec(), ..good.clone() });
    }
    wrong.push(Snapshot { body: [&*good.body, b"x"].concat(), ..good.clone() });
    wrong.push(Snapshot { summary: b"another".to_vec(), ..good.clone() });
    let mut later = good.clone();
    later.end.version += 1;
    wrong.push(later);
    for snapshot in wrong {
        let refused = loader().load(Ok(Some(snapshot)), &halls());
        assert!(matches!(refused, Err(NotApplied::Snapshot(_))), "{refused:?}");
    }
    // A flipped bit is found by the engine's checksum; whatever is loaded keeps the laws.
    for bit in 0..good.body.len() * 8 {
        let mut flipped = good.clone();
        flipped.body[bit / 8] ^= 1 << (bit % 8);
        if let Ok(loaded) = loader().load(Ok(Some(flipped)), &halls()) {
            assert_eq!(loaded.version(), 3);
        }
    }
}

#[test]
fn a_trimmed_log_without_a_snapshot_is_named() {
    let mut other = Server::new(2, &with_snapshot(2).store);
    other.actor.ask(Wanted::Look);
    for _ in 0..4 {
        assert!(matches!(other.call(), Some(StoreCall::Snapshot(_))));
        other.actor.loaded(loader().load(Ok(None), &halls()));
        assert_eq!(other.call(), Some(StoreCall::Read { after: 0 }));
        other.actor.read(Ok(boxoffice_store::Read::Trimmed));
    }
    assert_eq!(other.answer(), Some(Verdict::NotApplied(NotApplied::Trimmed)));
    assert_eq!(other.call(), None);
}

#[test]
fn an_engine_without_a_snapshots_answer_is_asked_again_for_the_next_request() {
    let mut other = Server::new(2, &with_snapshot(2).store);
    other.actor.ask(Wanted::Look);
    assert!(matches!(other.call(), Some(StoreCall::Snapshot(_))));
    other.actor.loaded(loader().load(Err(StoreError::Busy), &halls()));
    let why = NotApplied::Store(StoreError::Busy);
    assert_eq!(other.answer(), Some(Verdict::NotApplied(why)));
    assert_eq!(applied(&other.does(place(3))), Some(4));
}

#[test]
fn an_event_is_idle_when_nothing_would_get_lost_with_it() {
    let mut server = Server::with("floor=5");
    assert!(server.actor.is_idle());
    server.actor.ask(place(1));
    assert!(!server.actor.is_idle(), "a request waits");
    let append = server.call().expect("an append");
    assert!(!server.actor.is_idle(), "an append is on its way");
    server.perform(append);
    assert!(!server.actor.is_idle(), "an answer was not taken");
    assert!(server.answer().is_some() && server.shown().is_some());
    assert!(server.actor.is_idle());
    server.actor.poke();
    assert!(!server.actor.is_idle(), "the end is to be looked at");
    let mut again = Server::new(3, &server.store);
    again.actor.ask(place(1));
    again.run();
    assert_eq!(again.actor.settled().map(Inventory::version), Some(2), "as if it never was gone");
}

#[test]
fn a_poke_during_a_look_is_looked_after() {
    let mut server = Server::with("floor=5");
    server.actor.poke();
    assert_eq!(server.call(), Some(StoreCall::End));
    let before = server.end();
    let mut other = server.another();
    other.does(place(1));
    // The hint of it comes before the answer that was on its way.
    server.actor.poke();
    server.actor.ends_at(before);
    assert_eq!(server.run(), ["end", "read", "write", "end"]);
}

#[test]
fn a_reader_sees_the_last_certain_state_while_others_go_on() {
    let mut server = Server::with("floor=5");
    let mut other = server.another();
    for number in 1..=3 {
        other.does(place(number));
        server.actor.poke();
        // It reads what is new, and is not certain of it yet.
        for call in ["end", "read"] {
            let next = server.call().expect("a call");
            assert_eq!(crate::actor::server::kind(&next), call);
            server.perform(next);
            let settled = server.actor.settled().expect("it was loaded");
            settled.invariants();
            assert_eq!((settled.version(), settled.live()), (number, number - 1));
        }
        server.run();
        assert_eq!(server.actor.settled().map(Inventory::version), Some(number + 1));
    }
}
