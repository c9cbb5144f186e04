//! Transfers to other customers.

use super::harness::*;
use crate::{ReservationSearch, VisibleChange};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Status;

fn transferred(number: u64, from: &str, to: &str) -> Answer {
    Ok(Some(Change::Transferred { id: id(number), from: customer(from), to: customer(to) }))
}

#[test]
fn a_reservation_becomes_anothers_and_has_another_revision() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.hold(1, "ann", &seats("A1 A2")).expect("free");
    let before = desk.shown(1).expect("it is there");
    assert_eq!(desk.transfer(1, "ann", 0, "bob"), transferred(1, "ann", "bob"));
    let after = desk.shown(1).expect("it is there");
    assert_eq!((after.customer.as_str(), after.revision, before.revision), ("bob", 1, 0));
    assert_eq!(
        (after.places, after.total, after.expires_at),
        (before.places, before.total, before.expires_at)
    );
    let change = desk.log.last().expect("a change").change.clone();
    assert_eq!(desk.inventory.seen(&change), VisibleChange::Nothing);
    desk.confirm(1, "bob", None).expect("held");
    assert_eq!(desk.transfer(1, "bob", 1, "cid"), transferred(1, "bob", "cid"));
    assert_eq!(desk.cancel(1, "bob", None), Err(Refusal::NotYours));
    desk.cancel(1, "cid", None).expect("confirmed");
    assert_eq!(desk.shown(1).expect("it is remembered").revision, 2);
}

#[test]
fn a_late_duplicate_moves_nobody_back() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.reserve(1, "ann", &seats("A1")).expect("free");
    assert_eq!(desk.transfer(1, "ann", 0, "bob"), transferred(1, "ann", "bob"));
    assert_eq!(desk.transfer(1, "ann", 0, "bob"), Ok(None), "it is so already");
    assert_eq!(desk.transfer(1, "bob", 1, "ann"), transferred(1, "bob", "ann"));
    let late = desk.transfer(1, "ann", 0, "bob");
    assert_eq!(late, Err(Refusal::RevisionConflict { current: 2 }));
    assert_eq!(desk.transfer(1, "bob", 1, "cid"), Err(Refusal::NotYours));
}

#[test]
fn the_giver_is_told_nothing_more() {
    let mut desk = Harness::open(event("stalls=1x9 floor=9"));
    desk.hold(1, "ann", &standing(2)).expect("free");
    desk.reserve(2, "ann", &seats("A1")).expect("free");
    assert_eq!(desk.hold(1, "ann", &standing(2)), Ok(None));
    desk.transfer(1, "ann", 0, "bob").expect("held");
    desk.transfer(2, "ann", 0, "bob").expect("confirmed");
    assert_eq!(desk.hold(1, "ann", &standing(2)), Err(Refusal::NotYours));
    assert_eq!(desk.reserve(2, "ann", &seats("A1")), Err(Refusal::NotYours));
    assert_eq!(desk.look(1, "ann"), Err(Refusal::NotYours));
    let list = |desk: &Harness, who: &str| {
        let who = customer(who);
        let search =
            ReservationSearch { customer: Some(who.borrowed()), ..ReservationSearch::default() };
        let (rows, _) = desk.inventory.reservations(0, search, desk.now, 10);
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!((list(&desk, "ann"), list(&desk, "bob")), (vec![], vec![id(1), id(2)]));
    desk.transfer(2, "bob", 1, "ann").expect("confirmed");
    assert_eq!(desk.reserve(2, "ann", &seats("A1")), Ok(None), "it is ann's again");
}

#[test]
fn what_was_received_is_listed_by_when_it_was_made() {
    let mut desk = Harness::open(event("floor=99"));
    for number in 1..=12 {
        let who = if number % 3 == 0 { "bob" } else { "ann" };
        desk.reserve(number, who, &standing(1)).expect("free");
    }
    desk.transfer(4, "ann", 0, "bob").expect("confirmed");
    desk.transfer(1, "ann", 0, "bob").expect("confirmed");
    let bob = customer("bob");
    for most in [1, 2, 100] {
        let (mut listed, mut from) = (Vec::new(), Some(0));
        while let Some(version) = from {
            let search = ReservationSearch {
                customer: Some(bob.borrowed()),
                ..ReservationSearch::default()
            };
            let (rows, next) = desk.inventory.reservations(version, search, desk.now, most);
            listed.extend(rows.iter().map(|row| row.id));
            from = next;
        }
        assert_eq!(listed, [1, 3, 4, 6, 9, 12].map(id), "{most} a page");
    }
}

#[test]
fn the_receivers_limit_holds() {
    let mut desk = Harness::open(limited("floor=9", 3));
    desk.hold(1, "bob", &standing(2)).expect("free");
    desk.reserve(2, "ann", &standing(2)).expect("free");
    let refused = Err(Refusal::LimitExceeded { limit: 3, have: 2 });
    assert_eq!(desk.transfer(2, "ann", 0, "bob"), refused);
    desk.wait(120_000);
    assert_eq!(desk.transfer(2, "ann", 0, "bob"), transferred(2, "ann", "bob"));
    assert_eq!(desk.status(1), Some(Status::Expired), "what it rests on is recorded");
    desk.reserve(3, "ann", &standing(3)).expect("ann has none");
    assert_eq!(desk.reserve(4, "bob", &standing(2)), refused);
}

#[test]
fn which_refusal_comes_first() {
    let mut desk = Harness::open(limited("floor=9", 3));
    assert_eq!(desk.transfer(1, "ann", 0, "bob"), Err(Refusal::ReservationNotFound));
    desk.hold(1, "ann", &standing(2)).expect("free");
    desk.reserve(2, "bob", &standing(2)).expect("free");
    assert_eq!(desk.transfer(1, "cid", 7, "bob"), Err(Refusal::NotYours));
    assert_eq!(desk.transfer(1, "cid", 7, "ann"), Ok(None), "it is ann's already");
    let conflict = Err(Refusal::RevisionConflict { current: 0 });
    assert_eq!(desk.transfer(1, "ann", 7, "bob"), conflict);
    assert_eq!(
        desk.transfer(1, "ann", 0, "bob"),
        Err(Refusal::LimitExceeded { limit: 3, have: 2 })
    );
    desk.wait(120_000);
    assert_eq!(desk.transfer(1, "ann", 7, "bob"), Err(Refusal::HoldExpired));
    desk.cancel(2, "bob", None).expect("confirmed");
    let status = Status::Cancelled;
    assert_eq!(desk.transfer(2, "bob", 7, "ann"), Err(Refusal::WrongStatus { status }));
}
