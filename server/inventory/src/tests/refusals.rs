//! Every refusal, and which one comes first where several are true.

use super::harness::*;
use crate::{Command, HoldRules, ReservationSearch};
use boxoffice_protocol::event::{EventUpdate, Sales};
use boxoffice_protocol::limits::{MAX_ID_AGE_MS, MAX_ID_AHEAD_MS};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Force;
use boxoffice_protocol::reservation::{Keep, Selection, Status, Together};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

fn taken(text: &str) -> Answer {
    Err(Refusal::SeatsTaken { seats: labels(text).into() })
}

#[test]
fn a_deleted_event_is_not_found_whatever_is_asked() {
    let mut desk = Harness::open(event("stalls=2x4"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.delete(Force::Yes).expect("forced");
    let not_found = Err(Refusal::EventNotFound);
    assert_eq!(desk.hold(1, "ann", &seats("A1")), not_found);
    assert_eq!(desk.hold(2, "ann", &seats("Z9")), not_found);
    assert_eq!(desk.confirm(1, "bob", None), not_found);
    assert_eq!(desk.look(1, "ann"), not_found);
    assert_eq!(desk.update(&EventUpdate::default()), not_found);
    assert_eq!(desk.delete(Force::Yes), not_found);
    assert!(desk.inventory.is_deleted());
    assert_eq!((desk.shown(1), desk.inventory.next_expiry()), (None, None));
    assert_eq!(desk.inventory.due_chunk(Timestamp::from_ms(u64::MAX)), None);
    assert_eq!(
        desk.inventory.reservations(0, ReservationSearch::default(), desk.now, 9),
        (vec![], None)
    );
}

#[test]
fn an_id_conflict_comes_before_everything_that_is_wrong_with_the_request() {
    let mut desk = Harness::open(event("stalls=2x4"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.update(&EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() })
        .expect("closed");
    let (selection, ttl) = (seats("Z9"), Some(Duration::ZERO));
    let customer = customer("bob");
    let other = Command::Hold {
        id: id(1),
        fingerprint: 2,
        customer: customer.borrowed(),
        selection: &selection,
        ttl,
        order: None,
    };
    assert_eq!(desk.ask(&other), Err(Refusal::IdConflict));
    assert_eq!(desk.hold(1, "ann", &seats("A1")), Ok(None));
}

#[test]
fn the_order_of_refusals_of_a_new_reservation() {
    let mut desk = Harness::open(limited("stalls=1x4", 2));
    desk.reserve(1, "ann", &seats("A1")).expect("free");
    let hold = |desk: &mut Harness, time: u64, ttl: u64, selection: &Selection| {
        let id = id_at(Timestamp::from_ms(time), 9);
        let (customer, ttl) = (&customer("ann"), Some(Duration::from_millis(ttl)));
        desk.ask(&Command::Hold {
            id,
            fingerprint: 9,
            customer: customer.borrowed(),
            selection,
            ttl,
            order: None,
        })
    };
    let close = |desk: &mut Harness, sales| {
        let update = EventUpdate { sales: Some(sales), ..EventUpdate::default() };
        desk.update(&update).expect("updated");
    };
    let now = BEGIN.as_ms();
    close(&mut desk, Sales::Closed);
    let (missing, too_many, in_the_way) = (seats("Z9 A1"), seats("A1 A2"), seats("A1"));
    assert_eq!(wrong_field(hold(&mut desk, now - MAX_ID_AGE_MS - 1, 0, &missing)), "id");
    assert_eq!(wrong_field(hold(&mut desk, now + MAX_ID_AHEAD_MS + 1, 0, &missing)), "id");
    assert_eq!(wrong_field(hold(&mut desk, now - MAX_ID_AGE_MS, 999, &missing)), "ttl_ms");
    assert_eq!(wrong_field(hold(&mut desk, now + MAX_ID_AHEAD_MS, 1_800_001, &missing)), "ttl_ms");
    assert_eq!(hold(&mut desk, now, 1_000, &missing), Err(Refusal::CLOSED));
    close(&mut desk, Sales::Open);
    let no_such = Err(Refusal::NoSuchSeat { seats: labels("Z9").into() });
    assert_eq!(hold(&mut desk, now, 1_000, &missing), no_such);
    let limit = Err(Refusal::LimitExceeded { limit: 2, have: 1 });
    assert_eq!(hold(&mut desk, now, 1_000, &too_many), limit);
    assert_eq!(hold(&mut desk, now, 1_800_000, &in_the_way), taken("A1"));
}

#[test]
fn a_cancelled_event_confirms_nothing_and_keeps_what_there_is() {
    let mut desk = Harness::open(event("stalls=1x4"));
    desk.reserve(1, "ann", &seats("A1")).expect("free");
    desk.hold(2, "bob", &seats("A2 A3")).expect("free");
    desk.update(&EventUpdate { sales: Some(Sales::Cancelled), ..EventUpdate::default() })
        .expect("updated");
    assert_eq!(desk.hold(3, "cid", &seats("A4")), Err(Refusal::EventCancelled));
    assert_eq!(desk.reserve(4, "cid", &seats("A4")), Err(Refusal::EventCancelled));
    assert_eq!(desk.confirm(2, "bob", None), Err(Refusal::EventCancelled));
    desk.confirm(1, "ann", None).expect("it is confirmed already");
    desk.release(2, "bob", Some(&keep("A2"))).expect("it is held");
    desk.cancel(1, "ann", None).expect("it is confirmed");
    desk.update(&EventUpdate { sales: Some(Sales::Open), ..EventUpdate::default() })
        .expect("updated");
    desk.confirm(2, "bob", None).expect("it is held still");
}

#[test]
fn sections_that_are_not_there_or_not_of_the_kind_are_invalid() {
    let wrong = |sections: &str, selection: &Selection| {
        wrong_field(Harness::open(event(sections)).hold(1, "ann", selection))
    };
    let near = Together::IfPossible;
    assert_eq!(wrong("stalls=1x4", &best_in(Some("balcony"), 1, near)), "section");
    assert_eq!(wrong("stalls=1x4 floor=9", &best_in(Some("floor"), 1, near)), "section");
    assert_eq!(wrong("floor=9", &best(1)), "section");
    assert_eq!(wrong("stalls=1x4", &standing(1)), "section");
    assert_eq!(wrong("floor=9 pit=9", &standing(1)), "section");
    assert_eq!(wrong("stalls=1x4 floor=9", &standing_in(Some("stalls"), 1)), "section");
    assert_eq!(wrong("floor=9", &standing_in(Some("pit"), 1)), "section");
}

#[test]
fn two_labels_of_one_seat_are_invalid() {
    let mut desk = Harness::open(event("stalls=1x4"));
    assert_eq!(wrong_field(desk.hold(1, "ann", &seats("A1 stalls:A1"))), "seats");
    assert_eq!(wrong_field(desk.hold(1, "ann", &seats("A1 a1"))), "seats");
}

#[test]
fn taken_and_blocked_seats_are_taken() {
    let mut desk = Harness::open(event("stalls=1x4"));
    desk.reserve(1, "ann", &seats("A1 A2")).expect("free");
    desk.update(&EventUpdate { block: labels("A4"), ..EventUpdate::default() }).expect("free");
    assert_eq!(desk.hold(2, "bob", &seats("A4 A3 A2")), taken("A2 A4"));
    assert_eq!(desk.hold(2, "bob", &best(2)), Err(Refusal::SoldOut { free: 1 }));
    assert_eq!(desk.counts(0), [1, 0, 2, 1]);
}

#[test]
fn sold_out_says_what_is_free_and_not_together_what_is_adjacent() {
    let mut desk = Harness::open(event("stalls=2x4 floor=3"));
    desk.reserve(1, "ann", &seats("A3 B2")).expect("free");
    let together = best_in(None, 3, Together::Required);
    assert_eq!(desk.hold(2, "bob", &together), Err(Refusal::NotTogether { largest: 2 }));
    let many = best_in(Some("stalls"), 7, Together::Required);
    assert_eq!(desk.hold(2, "bob", &many), Err(Refusal::SoldOut { free: 6 }));
    assert_eq!(desk.hold(2, "bob", &standing(4)), Err(Refusal::SoldOut { free: 3 }));
}

#[test]
fn the_limit_counts_all_live_places_of_the_customer() {
    let mut desk = Harness::open(limited("stalls=1x9 floor=9", 4));
    desk.reserve(1, "ann", &seats("A1 A2")).expect("free");
    desk.hold(2, "ann", &standing(1)).expect("free");
    let limit = Err(Refusal::LimitExceeded { limit: 4, have: 3 });
    assert_eq!(desk.hold(3, "ann", &best(2)), limit);
    desk.hold(3, "bob", &best(2)).expect("another customer");
    desk.release(2, "ann", None).expect("held");
    desk.hold(4, "ann", &best(2)).expect("within the limit");
    desk.cancel(1, "ann", Some(&keep("A2"))).expect("confirmed");
    desk.wait(120_000);
    desk.hold(5, "ann", &best(3)).expect("the other hold is due");
    assert_eq!(desk.status(4), Some(Status::Expired));
}

#[test]
fn what_is_another_customers_or_unknown_is_refused_first() {
    let mut desk = Harness::open(event("stalls=1x4"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.wait(120_000);
    for (number, who, refusal) in
        [(1, "bob", Refusal::NotYours), (2, "ann", Refusal::ReservationNotFound)]
    {
        let refused = Err(refusal);
        assert_eq!(desk.confirm(number, who, None), refused);
        assert_eq!(desk.release(number, who, None), refused);
        assert_eq!(desk.extend(number, who, 0), refused);
        assert_eq!(desk.leave(number, who, 0), refused);
        assert_eq!(desk.cancel(number, who, None), refused);
        assert_eq!(desk.look(number, who), refused);
    }
    assert_eq!(desk.status(1), Some(Status::Held), "nobody's answer rested on its expiry");
}

#[test]
fn each_status_refuses_what_it_does_not_allow() {
    let mut desk = Harness::open(event("stalls=1x9"));
    for (number, seat) in [(1, "A1"), (2, "A2"), (3, "A3"), (4, "A4"), (5, "A5")] {
        desk.hold(number, "ann", &seats(seat)).expect("free");
    }
    desk.confirm(2, "ann", None).expect("held");
    desk.release(3, "ann", None).expect("held");
    desk.confirm(5, "ann", None).expect("held");
    desk.cancel(5, "ann", None).expect("confirmed");
    desk.wait(60_000);
    desk.extend(1, "ann", 600_000).expect("held");
    desk.wait(60_000);
    let wrong = |status| Err(Refusal::WrongStatus { status });
    let (again, expired) = (Err(Refusal::AlreadyConfirmed), Err(Refusal::HoldExpired));
    let table = [
        // confirm, release, extend, cancel
        (2, [Ok(None), again.clone(), again, Ok(None)]),
        (3, [wrong(Status::Released), Ok(None), wrong(Status::Released), wrong(Status::Released)]),
        (4, [expired.clone(), Ok(None), expired, wrong(Status::Expired)]),
        (
            5,
            [
                wrong(Status::Cancelled),
                wrong(Status::Cancelled),
                wrong(Status::Cancelled),
                Ok(None),
            ],
        ),
    ];
    for (number, [confirm, release, extend, cancel]) in table {
        assert_eq!(desk.confirm(number, "ann", None), confirm, "confirm {number}");
        assert_eq!(desk.release(number, "ann", None), release, "release {number}");
        assert_eq!(desk.extend(number, "ann", 1_000), extend, "extend {number}");
        assert_eq!(desk.leave(number, "ann", 0), Ok(None), "leave {number}");
        if number != 2 {
            assert_eq!(desk.cancel(number, "ann", None), cancel, "cancel {number}");
        }
    }
    assert_eq!(desk.cancel(1, "ann", None), wrong(Status::Held));
}

#[test]
fn only_what_it_has_can_be_kept() {
    let mut desk = Harness::open(event("stalls=1x9 floor=9"));
    desk.hold(1, "ann", &seats("A1 A2")).expect("free");
    desk.hold(2, "ann", &standing(3)).expect("free");
    let places = |places| Keep::Standing(count(places));
    for keep in [keep("A3"), keep("A1 A3"), keep("Z9"), keep("A1 stalls:A1"), places(1)] {
        assert_eq!(wrong_field(desk.confirm(1, "ann", Some(&keep))), "keep");
        assert_eq!(wrong_field(desk.release(1, "ann", Some(&keep))), "keep");
    }
    for keep in [places(4), keep("A1")] {
        assert_eq!(wrong_field(desk.confirm(2, "ann", Some(&keep))), "keep");
    }
    desk.confirm(1, "ann", Some(&keep("A2"))).expect("held");
    assert_eq!(desk.confirm(1, "ann", Some(&keep("A2"))), Ok(None));
    let foreign = desk.confirm(1, "ann", Some(&keep("A1 A2")));
    assert_eq!(foreign, Err(Refusal::AlreadyConfirmed), "the status comes first");
    desk.confirm(2, "ann", None).expect("held");
    let fewer = desk.confirm(2, "ann", Some(&places(1)));
    assert_eq!(fewer, Err(Refusal::AlreadyConfirmed));
    assert_eq!(wrong_field(desk.cancel(2, "ann", Some(&keep("A1")))), "keep");
}

#[test]
fn a_hold_is_extended_within_its_bounds() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    assert_eq!(desk.extend(1, "ann", 120_000), Ok(None));
    assert_eq!(wrong_field(desk.extend(1, "ann", 1_800_001)), "until");
    for _ in 0..4 {
        desk.extend(1, "ann", 1_800_000).expect("held");
        desk.wait(1_799_999);
    }
    let HoldRules { life, .. } = RULES;
    let limit = u64::try_from(life.as_millis()).expect("two hours");
    let refusal = Refusal::LimitExceeded { limit, have: limit - 4 };
    assert_eq!(desk.extend(1, "ann", 5), Err(refusal));
    desk.extend(1, "ann", 4).expect("all its life");
    desk.wait(4);
    assert_eq!(desk.extend(1, "ann", 1_000), Err(Refusal::HoldExpired));
}

#[test]
fn a_hold_that_is_left_ends_soon_unless_it_is_extended() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    for other in [119_999, 120_001] {
        assert_eq!(desk.leave(1, "ann", other), Ok(None), "its deadline is another one");
    }
    desk.wait(1_000);
    desk.leave(1, "ann", 119_000).expect("held").expect("a change");
    assert_eq!(desk.leave(1, "ann", 119_000), Ok(None), "the same again");
    assert_eq!(desk.leave(1, "ann", 20_000), Ok(None), "it ends no later");
    desk.wait(19_999);
    assert_eq!(desk.status(1), Some(Status::Held));
    desk.extend(1, "ann", 99_001).expect("held").expect("its customer is back");
    assert_eq!(desk.leave(1, "ann", 119_000), Ok(None), "a leave that comes late");
    desk.leave(1, "ann", 99_001).expect("held").expect("left once more");
    desk.wait(20_000);
    assert_eq!(desk.extend(1, "ann", 99_001), Err(Refusal::HoldExpired));
    desk.hold(2, "ann", &seats("A1")).expect("free again");
    desk.wait(110_000);
    assert_eq!(desk.leave(2, "ann", 10_000), Ok(None), "it ends sooner by itself");
}

#[test]
fn an_event_with_live_reservations_is_deleted_by_force_only() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.reserve(2, "ann", &seats("A2")).expect("free");
    assert_eq!(desk.delete(Force::No), Err(Refusal::ReservationsLive { live: 2 }));
    desk.wait(120_000);
    assert_eq!(desk.delete(Force::No), Err(Refusal::ReservationsLive { live: 1 }));
    desk.cancel(2, "ann", None).expect("confirmed");
    desk.delete(Force::No).expect("nobody has anything");
}

#[test]
fn a_customer_beyond_its_assured_places_has_no_more_than_are_free() {
    let rules = HoldRules { assured_places: Some(2), ..RULES };
    let mut desk = Harness::open(event("floor=10"));
    let mut number = 0;
    let mut buy = |desk: &mut Harness, who: &str| {
        number += 1;
        let (id, customer, selection) = (id(number), customer(who), standing(1));
        let customer = customer.borrowed();
        let command = Command::Hold {
            id,
            fingerprint: 1,
            customer,
            selection: &selection,
            ttl: None,
            order: None,
        };
        desk.ask_by(&command, &rules)
    };
    for _ in 0..5 {
        buy(&mut desk, "ann").expect("it is free");
    }
    let refused = |limit, have| Err(Refusal::LimitExceeded { limit, have });
    assert_eq!(buy(&mut desk, "ann"), refused(5, 5));
    for _ in 0..3 {
        buy(&mut desk, "bob").expect("it is free");
    }
    assert_eq!(buy(&mut desk, "bob"), refused(2, 3));
    for _ in 0..2 {
        buy(&mut desk, "cid").expect("so many are assured");
    }
    desk.wait(120_000);
    buy(&mut desk, "bob").expect("all holds are due, recorded or not");
}
