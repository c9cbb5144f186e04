//! Orders of a shop: what belongs to one is confirmed together.

use super::harness::*;
use crate::{Command, ReservationSearch, VisibleChange};
use boxoffice_protocol::change::{Change, PlacesChanged};
use boxoffice_protocol::event::{EventUpdate, Sales};
use boxoffice_protocol::id::{OrderNumber, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Selection, Status};

fn order(number: u64) -> OrderNumber {
    format!("2026-{number}").parse().expect("an order number")
}

fn hold_in(desk: &mut Harness, number: u64, selection: &Selection, of: Option<u64>) -> Answer {
    let (ann, order) = (customer("ann"), of.map(order));
    desk.ask(&Command::Hold {
        id: id(number),
        fingerprint: number,
        customer: ann.borrowed(),
        selection,
        ttl: None,
        order: order.as_ref().map(OrderNumber::borrowed),
    })
}

fn set(desk: &mut Harness, number: u64, of: u64) -> Answer {
    let (ann, order) = (customer("ann"), order(of));
    let (customer, order) = (ann.borrowed(), order.borrowed());
    desk.ask(&Command::SetOrder { id: id(number), customer, order })
}

fn confirm(desk: &mut Harness, of: u64) -> Answer {
    desk.ask(&Command::ConfirmOrder { order: order(of).borrowed() })
}

fn together(numbers: &[u64]) -> Answer {
    let ids: Vec<_> = numbers.iter().copied().map(id).collect();
    Ok(Some(Change::ConfirmedTogether { ids: ids.into() }))
}

fn of_order(desk: &Harness, of: u64) -> Vec<ReservationId> {
    let all = desk.inventory.of_order(order(of).borrowed(), desk.now);
    all.iter().map(|one| one.id).collect()
}

#[test]
fn what_is_paid_together_is_confirmed_together() {
    let mut desk = Harness::open(event("stalls=1x9 floor=9"));
    hold_in(&mut desk, 1, &seats("A1 A2"), Some(7)).expect("free");
    hold_in(&mut desk, 2, &standing(3), None).expect("free");
    hold_in(&mut desk, 3, &seats("A3"), Some(8)).expect("free");
    assert_eq!(set(&mut desk, 2, 7), Ok(Some(Change::Ordered { id: id(2), order: order(7) })));
    let change = desk.log.last().expect("a change").change.clone();
    assert_eq!(desk.inventory.seen(&change), VisibleChange::Nothing);
    assert_eq!(confirm(&mut desk, 7), together(&[1, 2]));
    let change = desk.log.last().expect("a change").change.clone();
    let VisibleChange::Places(PlacesChanged { counts, .. }) = desk.inventory.seen(&change) else {
        panic!("places are sold")
    };
    assert_eq!(counts.iter().map(|(section, _)| *section).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((desk.counts(0), desk.counts(1)), ([6, 1, 2, 0], [6, 0, 3, 0]));
    assert_eq!(confirm(&mut desk, 7), Ok(None), "it is so already");
    let shown = desk.shown(1).expect("it is there");
    assert_eq!((shown.status, shown.order), (Status::Confirmed, Some(order(7))));
    hold_in(&mut desk, 4, &standing(1), Some(7)).expect("free");
    assert_eq!(confirm(&mut desk, 7), together(&[4]), "those that came since");
}

#[test]
fn an_order_is_said_once() {
    let mut desk = Harness::open(event("floor=99"));
    hold_in(&mut desk, 1, &standing(1), None).expect("free");
    set(&mut desk, 1, 7).expect("held");
    assert_eq!(set(&mut desk, 1, 7), Ok(None));
    assert_eq!(set(&mut desk, 1, 8), Err(Refusal::OrderConflict { order: order(7) }));
    desk.release(1, "ann", None).expect("held");
    assert_eq!(set(&mut desk, 1, 7), Ok(None), "a late duplicate");
    hold_in(&mut desk, 2, &standing(1), None).expect("free");
    desk.release(2, "ann", None).expect("held");
    assert_eq!(set(&mut desk, 2, 7), Err(Refusal::WrongStatus { status: Status::Released }));
    desk.transfer(1, "ann", 0, "bob").expect_err("released");
    hold_in(&mut desk, 3, &standing(1), Some(9)).expect("free");
    desk.transfer(3, "ann", 0, "bob").expect("held");
    assert_eq!(of_order(&desk, 9), [id(3)], "it goes along");
}

#[test]
fn all_of_an_order_are_confirmed_or_none() {
    let mut desk = Harness::open(event("floor=99"));
    assert_eq!(confirm(&mut desk, 7), Err(Refusal::ReservationNotFound));
    hold_in(&mut desk, 1, &standing(1), Some(7)).expect("free");
    hold_in(&mut desk, 2, &standing(1), Some(7)).expect("free");
    hold_in(&mut desk, 3, &standing(1), Some(8)).expect("free");
    desk.release(2, "ann", None).expect("held");
    assert_eq!(confirm(&mut desk, 7), Err(Refusal::WrongStatus { status: Status::Released }));
    assert_eq!(desk.status(1), Some(Status::Held), "none is confirmed");
    desk.update(&EventUpdate { sales: Some(Sales::Cancelled), ..EventUpdate::default() })
        .expect("an update");
    assert_eq!(confirm(&mut desk, 8), Err(Refusal::EventCancelled));
    desk.wait(120_000);
    assert_eq!(confirm(&mut desk, 8), Err(Refusal::HoldExpired));
    assert_eq!(desk.status(3), Some(Status::Expired), "it is recorded");
    assert_eq!(confirm(&mut desk, 7), Err(Refusal::HoldExpired), "the one that was made first");
}

#[test]
fn an_order_has_a_bounded_number_of_reservations() {
    let mut desk = Harness::open(event("floor=99"));
    for number in 1..=32 {
        hold_in(&mut desk, number, &standing(1), Some(7)).expect("there is room");
    }
    let full = Err(Refusal::LimitExceeded { limit: 32, have: 32 });
    assert_eq!(hold_in(&mut desk, 33, &standing(1), Some(7)), full);
    hold_in(&mut desk, 34, &standing(1), None).expect("free");
    assert_eq!(set(&mut desk, 34, 7), full);
    let all: Vec<u64> = (1..=32).collect();
    assert_eq!(confirm(&mut desk, 7), together(&all));
}

#[test]
fn an_order_finds_its_reservations_as_they_were_made() {
    let mut desk = Harness::open(event("floor=99"));
    for number in 1..=5 {
        hold_in(&mut desk, number, &standing(1), (number == 5).then_some(7)).expect("free");
    }
    set(&mut desk, 3, 7).expect("held");
    set(&mut desk, 1, 7).expect("held");
    assert_eq!(of_order(&desk, 7), [1, 3, 5].map(id));
    let (number, ann, bob) = (order(7), customer("ann"), customer("bob"));
    let search = |customer| ReservationSearch {
        customer,
        order: Some(number.borrowed()),
        ..ReservationSearch::default()
    };
    let (rows, next) = desk.inventory.reservations(0, search(None), desk.now, 2);
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 3].map(id));
    let rest = next.expect("there is more");
    let (rows, next) = desk.inventory.reservations(rest, search(None), desk.now, 2);
    assert_eq!((rows[0].id, rows.len(), next), (id(5), 1, None));
    let found = |who| desk.inventory.reservations(0, search(who), desk.now, 9).0.len();
    assert_eq!((found(Some(ann.borrowed())), found(Some(bob.borrowed()))), (3, 0));
    let again = replay(&desk.log);
    assert_eq!(again.difference(&desk.inventory), None);
    let last = desk.log.pop().expect("a change");
    desk.inventory.revert(&last);
    desk.inventory.invariants();
    assert_eq!(of_order(&desk, 7), [3, 5].map(id));
}
