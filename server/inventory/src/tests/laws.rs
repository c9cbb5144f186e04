//! The laws that the inventory has to keep, by name.

use super::harness::*;
use crate::model::dice::{Dice, seeds};
use crate::{Command, Decision, EXPIRY_CHUNK, ReservationSearch, UsedIds};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::limits::{MAX_ID_AHEAD_MS, REMEMBERED_MS};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

#[test]
fn law_1_never_oversell() {
    let mut desk = Harness::open(event("stalls=1x3 floor=4"));
    let mut winners = [0; 2];
    for number in 0..50 {
        let who = format!("customer {number}");
        winners[0] += u32::from(desk.reserve(number, &who, &seats("A2")).is_ok());
        winners[1] += u32::from(desk.hold(100 + number, &who, &standing(1)).is_ok());
    }
    assert_eq!(winners, [1, 4]);
    assert_eq!((desk.counts(0), desk.counts(1)), ([2, 0, 1, 0], [0, 4, 0, 0]));
}

#[test]
fn law_3_one_id_one_effect() {
    let mut desk = Harness::open(event("stalls=2x9"));
    for _ in 0..3 {
        desk.hold(1, "ann", &best(3)).expect("free");
        desk.reserve(2, "bob", &best(2)).expect("free");
    }
    for _ in 0..3 {
        desk.confirm(1, "ann", Some(&keep("A4 A5"))).expect("held");
        desk.cancel(2, "bob", None).expect("confirmed");
    }
    assert_eq!(desk.inventory.version(), 5, "two effects of each, and the creation");
    desk.reserve(2, "bob", &best(2)).expect("it is cancelled, and stays so");
    assert_eq!(desk.status(2), Some(Status::Cancelled));
}

#[test]
fn law_3_an_id_is_forgotten_only_when_it_cannot_begin_again() {
    let mut desk = Harness::open(event("stalls=2x9"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.reserve(2, "ann", &seats("A2")).expect("free");
    desk.wait(1_000);
    desk.release(1, "ann", None).expect("held");
    desk.wait(REMEMBERED_MS);
    assert_eq!(desk.hold(1, "ann", &seats("A1")), Ok(None), "a day and a minute after its end");
    desk.wait(58_999);
    assert_eq!(desk.hold(1, "ann", &seats("A1")), Ok(None), "until the minute is over");
    desk.wait(1);
    assert_eq!(wrong_field(desk.hold(1, "ann", &seats("A1"))), "id");
    assert_eq!(desk.look(1, "ann"), Err(Refusal::ReservationNotFound));
    assert_eq!(desk.shown(1), None);
    assert_eq!(desk.status(2), Some(Status::Confirmed), "a live one is never forgotten");
    desk.cancel(2, "ann", None).expect("confirmed");
    assert_eq!(desk.cancel(2, "ann", None), Ok(None), "the end of an old one can be repeated");
    assert_eq!(desk.inventory.remembered(), 1);
}

#[test]
fn law_3_an_id_from_a_clock_that_is_ahead_is_remembered_as_long_as_it_could_begin_again() {
    let mut desk = Harness::open(event("stalls=2x9"));
    let id = id_at(BEGIN.plus(Duration::from_millis(MAX_ID_AHEAD_MS)), 1);
    let (ann, selection) = (customer("ann"), seats("A1"));
    let reserve = Command::Reserve {
        id,
        fingerprint: 1,
        customer: ann.borrowed(),
        selection: &selection,
        order: None,
    };
    desk.ask(&reserve).expect("free").expect("a change");
    desk.ask(&Command::Cancel { id, customer: ann.borrowed(), keep: None }).expect("confirmed");
    desk.wait(REMEMBERED_MS + MAX_ID_AHEAD_MS);
    assert_eq!(desk.ask(&reserve), Ok(None), "its effect was undone, and stays so");
    desk.wait(60_000);
    assert_eq!(wrong_field(desk.ask(&reserve)), "id");
}

#[test]
fn law_3_memory_is_bounded_by_what_may_be_asked_for() {
    let mut desk = Harness::open(event("floor=5"));
    for number in 0..500 {
        let (id, selection) = (id_at(desk.now, number), standing(1));
        let customer = customer(&format!("customer {number}"));
        desk.ask(&Command::Hold {
            id,
            fingerprint: 0,
            customer: customer.borrowed(),
            selection: &selection,
            ttl: None,
            order: None,
        })
        .expect("free");
        desk.ask(&Command::Release { id, customer: customer.borrowed(), keep: None })
            .expect("held");
        desk.wait(HOUR);
    }
    assert!(desk.inventory.remembered() <= 26, "{} are in memory", desk.inventory.remembered());
}

#[test]
fn law_4_a_hold_is_live_until_its_deadline_and_not_at_it() {
    let mut desk = Harness::open(event("stalls=1x2"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.wait(119_999);
    let taken = Err(Refusal::SeatsTaken { seats: labels("A1").into() });
    assert_eq!(desk.hold(2, "bob", &seats("A1")), taken);
    desk.wait(1);
    let expired = Decision::ExpireFirst(Change::Expired { ids: vec![id(1)].into() });
    let ann = customer("ann");
    let confirm = Command::Confirm {
        id: id(1),
        customer: ann.borrowed(),
        keep: None,
        expired: IfExpired::Refuse,
    };
    assert_eq!(desk.inventory.decide(&confirm, desk.now, &RULES), expired);
    desk.hold(2, "bob", &seats("A1")).expect("nobody swept, and it is free");
    assert_eq!(desk.confirm(1, "ann", None), Err(Refusal::HoldExpired));
    assert_eq!(desk.status(1), Some(Status::Expired));
}

#[test]
fn law_4_only_what_an_answer_rests_on_is_expired_first() {
    let mut desk = Harness::open(event("stalls=1x4 floor=4"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.hold(2, "bob", &seats("A2")).expect("free");
    desk.hold(3, "cid", &standing(2)).expect("free");
    desk.wait(120_000);
    desk.hold(4, "dan", &seats("A3")).expect("free");
    desk.hold(5, "dan", &standing(2)).expect("free");
    assert_eq!([1, 2, 3].map(|n| desk.status(n)), [Some(Status::Held); 3]);
    desk.hold(6, "dan", &seats("A2")).expect("due");
    assert_eq!([1, 2].map(|n| desk.status(n)), [Some(Status::Held), Some(Status::Expired)]);
    assert_eq!(desk.hold(7, "dan", &standing(3)), Err(Refusal::SoldOut { free: 2 }));
    assert_eq!([1, 3].map(|n| desk.status(n)), [Some(Status::Expired); 2]);
}

#[test]
fn law_5_every_answer_that_shows_a_hold_records_its_expiry_first() {
    let mut desk = Harness::open(event("stalls=1x4"));
    for number in 1..5 {
        desk.hold(number, "ann", &seats(&format!("A{number}"))).expect("free");
    }
    desk.wait(120_000);
    assert_eq!(desk.hold(1, "ann", &seats("A1")), Ok(None));
    assert_eq!(desk.look(2, "ann"), Ok(None));
    assert_eq!(desk.release(3, "ann", None), Ok(None));
    assert_eq!(desk.extend(4, "ann", 1_000), Err(Refusal::HoldExpired));
    assert_eq!([1, 2, 3, 4].map(|number| desk.status(number)), [Some(Status::Expired); 4]);
}

#[test]
fn law_5_many_due_holds_are_expired_in_chunks_the_earliest_first() {
    let mut desk = Harness::open(event("floor=2500"));
    for number in 0..2_500 {
        let (id, ann, selection) = (id(number), customer("ann"), standing(1));
        let command = Command::Hold {
            id,
            fingerprint: 0,
            customer: ann.borrowed(),
            selection: &selection,
            ttl: None,
            order: None,
        };
        let Decision::Answer(Ok(Some(change))) = desk.inventory.decide(&command, desk.now, &RULES)
        else {
            panic!("{number} is not held");
        };
        let version = desk.inventory.version() + 1;
        desk.inventory.apply(&Recorded { version, at: desk.now, principal: None, change });
        desk.wait(1);
    }
    assert_eq!(desk.inventory.next_expiry(), Some(BEGIN.plus(RULES.default)));
    desk.wait(HOUR);
    let mut expected = (0..2_500).map(id);
    let delete = Command::Delete { force: Force::No };
    let mut chunks = Vec::new();
    while let Decision::ExpireFirst(change) = desk.inventory.decide(&delete, desk.now, &RULES) {
        let Change::Expired { ids } = &change else { panic!("{change:?} is no expiry") };
        assert_eq!(ids.to_vec(), expected.by_ref().take(EXPIRY_CHUNK).collect::<Vec<_>>());
        chunks.push(ids.len());
        let version = desk.inventory.version() + 1;
        desk.inventory.apply(&Recorded { version, at: desk.now, principal: None, change });
    }
    let (last, whole) = chunks.split_last().expect("many are due");
    assert!(whole.iter().all(|&holds| holds == EXPIRY_CHUNK), "{chunks:?}");
    assert_eq!(*last, 2_500 % EXPIRY_CHUNK);
    desk.inventory.invariants();
}

#[test]
fn law_5_a_change_taken_back_leaves_no_trace() {
    for seed in seeds(20) {
        println!("BOXOFFICE_SEED={seed}");
        let mut dice = Dice::new(seed);
        let mut desk = Harness::open(event("stalls=3x9 floor=20"));
        for number in 0..60 {
            let selection = if dice.once_in(3) { standing(2) } else { best(dice.of(1..5)) };
            desk.hold(number, "ann", &selection).ok();
            desk.confirm(dice.below(60), "ann", None).ok();
            desk.release(dice.below(60), "ann", None).ok();
            let block =
                EventUpdate { block: labels("C9"), ..resized("stalls", Some(number), None) };
            desk.update(&block).ok();
            desk.wait(dice.below(20_000));
        }
        let mut longest = replay(&desk.log);
        for length in (1..desk.log.len()).rev() {
            longest.revert(&desk.log[length]);
            longest.invariants();
            let shorter = replay(&desk.log[..length]);
            let at = Timestamp::from_ms(u64::from(u32::MAX));
            assert_eq!(longest.details(), shorter.details());
            assert_eq!(longest.seat_map(), shorter.seat_map());
            assert_eq!(longest.version(), shorter.version());
            assert_eq!(
                longest.reservations(0, ReservationSearch::default(), at, 1_000),
                shorter.reservations(0, ReservationSearch::default(), at, 1_000)
            );
        }
    }
}

#[test]
fn law_3_a_prepared_tombstone_is_the_one_that_a_deletion_leaves() {
    for seed in seeds(20) {
        println!("BOXOFFICE_SEED={seed}");
        let mut dice = Dice::new(seed);
        let mut desk = Harness::open(event("floor=9000"));
        for number in 0..dice.below(200) {
            let (id, customer) = (id_at(desk.now, number), customer("ann"));
            let (customer, selection) = (customer.borrowed(), &standing(1));
            let hold =
                Command::Hold { id, fingerprint: 0, customer, selection, ttl: None, order: None };
            desk.ask(&hold).expect("room");
            desk.wait(dice.below(10_000));
        }
        let (own, predecessors) = desk.inventory.ids_used_until(desk.now);
        let prepared = UsedIds::new(desk.now, own.into_iter().chain(predecessors.iter()));
        desk.wait(dice.below(20_000));
        desk.delete(Force::Yes).expect("by force");
        assert_eq!(Some(prepared.deleted_at(desk.now)), desk.inventory.used_ids());
    }
}
