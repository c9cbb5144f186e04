//! The sales window: whom it binds, when it is recorded, what is refused and until when.

use super::harness::*;
use crate::{Command, HoldRules, VisibleChange};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::{EventSpec, EventUpdate, Sales, SalesPhase, SalesState, SalesTime};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::IfExpired;
use boxoffice_protocol::reservation::Selection;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// The rules of a customer.
const BOUND: HoldRules = HoldRules { window: true, ..RULES };

fn after(ms: u64) -> Timestamp {
    BEGIN.plus(Duration::from_millis(ms))
}

/// Sales are open from an hour after the beginning, for two hours.
fn windowed() -> EventSpec {
    let (from, until) = (after(HOUR).into(), after(3 * HOUR).into());
    EventSpec { sales_from: Some(from), sales_until: Some(until), ..event("stalls=3x5") }
}

fn hold_by(desk: &mut Harness, number: u64, ttl: Option<Duration>, rules: &HoldRules) -> Answer {
    let (id, customer) = (id_at(desk.now, number), customer("ann"));
    let selection = Selection::Standing { places: count(1), section: None };
    let selection = if desk.inventory.seats() > 0 { best(1) } else { selection };
    let (customer, selection) = (customer.borrowed(), &selection);
    desk.ask_by(
        &Command::Hold { id, fingerprint: number, customer, selection, ttl, order: None },
        rules,
    )
}

fn deadline(answer: &Answer) -> Timestamp {
    match answer {
        Ok(Some(Change::Held(new))) => new.expires_at,
        other => panic!("{other:?} is no hold"),
    }
}

#[test]
fn law_4_sales_open_and_end_by_the_time_of_the_decision() {
    let mut desk = Harness::open(windowed());
    assert_eq!(desk.inventory.sales_state(), SalesState::Scheduled);
    assert_eq!(desk.inventory.next_due(), Some(after(HOUR)));
    desk.wait(HOUR - 1);
    let at = Some(Box::new(after(HOUR).into()));
    let refusal = Refusal::SalesClosed { sales: SalesState::Scheduled, at, in_ms: 1 };
    assert_eq!(hold_by(&mut desk, 1, None, &BOUND), Err(refusal));
    assert_eq!(desk.inventory.version(), 1, "nothing was due");
    desk.wait(1);
    assert!(hold_by(&mut desk, 2, None, &BOUND).is_ok());
    let moved = Change::SalesMoved { from: SalesPhase::Scheduled, to: SalesPhase::OnSale };
    assert_eq!(desk.log[1].change, moved, "the opening is recorded, once, before what rests on it");
    assert_eq!((desk.inventory.version(), desk.inventory.sales_state()), (3, SalesState::Open));
    assert_eq!(desk.inventory.seen(&moved), VisibleChange::Terms);
    desk.wait(2 * HOUR - 1);
    assert!(hold_by(&mut desk, 3, None, &BOUND).is_ok());
    desk.wait(1);
    let at = Some(Box::new(after(3 * HOUR).into()));
    let refusal = Refusal::SalesClosed { sales: SalesState::Ended, at, in_ms: 0 };
    assert_eq!(hold_by(&mut desk, 4, None, &BOUND), Err(refusal));
    assert_eq!(desk.inventory.sales_state(), SalesState::Ended);
    assert_eq!(desk.inventory.due_chunk(desk.now), None, "a move is due once");
}

#[test]
fn sales_end_when_the_event_begins_unless_it_says_otherwise() {
    let mut desk = Harness::open(event("floor=10"));
    let start = desk.inventory.spec().starts_at.at();
    assert_eq!(desk.inventory.next_due(), Some(start));
    desk.now = start;
    let ended = hold_by(&mut desk, 1, None, &BOUND);
    assert!(matches!(ended, Err(Refusal::SalesClosed { sales: SalesState::Ended, .. })));
    let spec = EventSpec {
        sales_until: Some(start.plus(Duration::from_hours(1)).into()),
        ..event("floor=10")
    };
    let mut desk = Harness::open(spec);
    desk.now = start;
    assert!(hold_by(&mut desk, 1, None, &BOUND).is_ok(), "sales go on while it lasts");
}

#[test]
fn the_window_binds_customers_only_and_new_reservations_only() {
    let mut desk = Harness::open(windowed());
    assert!(hold_by(&mut desk, 1, None, &RULES).is_ok(), "an agent sells before");
    desk.wait(3 * HOUR - 1_000);
    let ids = [2, 3, 4, 5].map(|number| {
        let id = id_at(desk.now, number);
        hold_by(&mut desk, number, None, &BOUND).expect("sales are open");
        id
    });
    desk.wait(1_000);
    let ann = customer("ann");
    let customer = ann.borrowed();
    let confirm = Command::Confirm { id: ids[0], customer, keep: None, expired: IfExpired::Refuse };
    assert!(matches!(desk.ask_by(&confirm, &BOUND), Ok(Some(Change::Confirmed { .. }))));
    let release = Command::Release { id: ids[1], customer, keep: None };
    assert!(matches!(desk.ask_by(&release, &BOUND), Ok(Some(Change::Released { .. }))));
    let cancel = Command::Cancel { id: ids[0], customer, keep: None };
    assert!(matches!(desk.ask_by(&cancel, &BOUND), Ok(Some(Change::Cancelled { .. }))));
    let last = after(3 * HOUR).plus(RULES.default);
    let extend = Command::Extend { id: ids[2], customer, until: last };
    assert!(matches!(desk.ask_by(&extend, &BOUND), Ok(Some(Change::Extended { .. }))));
    let until = last.plus(Duration::from_millis(1));
    let beyond = Command::Extend { id: ids[3], customer, until };
    let refused = desk.ask_by(&beyond, &BOUND).expect_err("one hold time is over");
    assert!(matches!(refused, Refusal::Invalid { field, .. } if field.as_str() == "until"));
    assert!(desk.ask_by(&beyond, &RULES).is_ok(), "an agent may");
    assert!(hold_by(&mut desk, 6, None, &RULES).is_ok(), "an agent sells afterwards");
}

#[test]
fn a_customers_deadline_passes_the_end_of_sales_by_one_hold_time() {
    let mut desk = Harness::open(windowed());
    desk.wait(3 * HOUR - 1);
    let long = Some(RULES.max);
    let last = after(3 * HOUR).plus(RULES.default);
    assert_eq!(deadline(&hold_by(&mut desk, 1, long, &BOUND)), last);
    assert_eq!(deadline(&hold_by(&mut desk, 2, long, &RULES)), desk.now.plus(RULES.max));
}

#[test]
fn an_agents_hold_never_passes_the_events_start() {
    let start = after(30 * 24 * HOUR);
    let mut desk = Harness::open(EventSpec { starts_at: start.into(), ..event("floor=10") });
    let day = Duration::from_hours(24);
    assert_eq!(deadline(&hold_by(&mut desk, 1, Some(10 * day), &AGENTS)), desk.now.plus(10 * day));
    assert_eq!(deadline(&hold_by(&mut desk, 2, Some(AGENTS.max), &AGENTS)), start);
    let refused = hold_by(&mut desk, 3, Some(10 * day), &BOUND).expect_err("a customer waits less");
    assert!(matches!(refused, Refusal::Invalid { field, .. } if field.as_str() == "ttl_ms"));
    let (id, ann) = (id_at(desk.now, 1), customer("ann"));
    let extend = |until| Command::Extend { id, customer: ann.borrowed(), until };
    let cut = desk.ask_by(&extend(start.plus(day)), &AGENTS);
    assert!(matches!(cut, Ok(Some(Change::Extended { to, .. })) if to == start), "{cut:?}");
    assert_eq!(desk.ask_by(&extend(start.plus(day)), &AGENTS), Ok(None), "a repeat");
    desk.now = after(30 * 24 * HOUR - 1);
    assert_eq!(deadline(&hold_by(&mut desk, 4, None, &AGENTS)), start, "for a millisecond");
    desk.now = start;
    let late = hold_by(&mut desk, 5, Some(day), &AGENTS);
    assert_eq!(deadline(&late), start.plus(day), "an agent sells at the door");
    desk.inventory.invariants();
}

#[test]
fn a_hold_of_months_ends_like_any_other_and_is_forgotten() {
    let mut desk = Harness::open(event("floor=10"));
    let id = id_at(desk.now, 1);
    hold_by(&mut desk, 1, Some(AGENTS.max), &AGENTS).expect("a place");
    desk.wait(LONG_MS - 1);
    assert_eq!(desk.inventory.live(), 1);
    let ann = customer("ann");
    let extend = |until| Command::Extend { id, customer: ann.borrowed(), until };
    let refused = desk.ask_by(&extend(BEGIN.plus(AGENTS.life + AGENTS.min)), &AGENTS);
    let (limit, have) = (60 * 24 * HOUR, LONG_MS - 1);
    assert_eq!(refused, Err(Refusal::LimitExceeded { limit, have }));
    desk.wait(1);
    let confirm =
        Command::Confirm { id, customer: ann.borrowed(), keep: None, expired: IfExpired::Refuse };
    assert_eq!(desk.ask_by(&confirm, &AGENTS), Err(Refusal::HoldExpired));
    desk.inventory.invariants();
    desk.wait(25 * HOUR);
    assert_eq!(desk.ask_by(&confirm, &AGENTS), Err(Refusal::ReservationNotFound));
}

#[test]
fn the_state_is_the_first_that_is_true() {
    let mut desk = Harness::open(windowed());
    let sales = |desk: &mut Harness, sales| {
        let update = EventUpdate { sales: Some(sales), ..EventUpdate::default() };
        desk.ask(&Command::Update { if_version: None, update: &update }).expect("an update");
        let refused = hold_by(desk, 1, None, &BOUND).expect_err("no sales");
        (desk.inventory.sales_state(), refused)
    };
    assert_eq!(sales(&mut desk, Sales::Closed), (SalesState::Closed, Refusal::CLOSED));
    assert_eq!(sales(&mut desk, Sales::Cancelled).1, Refusal::EventCancelled);
    desk.wait(3 * HOUR);
    assert_eq!(sales(&mut desk, Sales::Open).0, SalesState::Ended);
    assert_eq!(sales(&mut desk, Sales::Closed).0, SalesState::Ended);
    assert_eq!(sales(&mut desk, Sales::Cancelled).0, SalesState::Cancelled);
    let closed = EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() };
    desk.ask(&Command::Update { if_version: None, update: &closed }).expect("an update");
    assert_eq!(hold_by(&mut desk, 2, None, &RULES), Err(Refusal::CLOSED), "it binds all");
}

#[test]
fn an_update_moves_the_window_and_is_taken_back() {
    let mut desk = Harness::open(event("stalls=3x5"));
    let ask = |desk: &mut Harness, from: Option<SalesTime>, until: Option<SalesTime>| {
        let update = EventUpdate { sales_from: from, sales_until: until, ..EventUpdate::default() };
        desk.ask(&Command::Update { if_version: None, update: &update })
    };
    let at = |ms| Some(SalesTime::At(after(ms).into()));
    let refused = ask(&mut desk, at(HOUR), at(HOUR)).expect_err("it would end before it began");
    assert!(matches!(refused, Refusal::Invalid { field, .. } if field.as_str() == "sales_from"));
    ask(&mut desk, at(HOUR), at(2 * HOUR)).expect("an update");
    assert_eq!(desk.inventory.sales_state(), SalesState::Scheduled);
    assert_eq!(ask(&mut desk, at(HOUR), None), Ok(None), "a repeat changes nothing");
    desk.inventory.revert(&desk.log.pop().expect("the update"));
    assert_eq!(desk.inventory.sales_state(), SalesState::Open);
    desk.inventory.invariants();
    ask(&mut desk, at(HOUR), at(2 * HOUR)).expect("an update");
    desk.wait(2 * HOUR);
    ask(&mut desk, None, at(3 * HOUR)).expect("sales go on");
    let moved = Change::SalesMoved { from: SalesPhase::Scheduled, to: SalesPhase::Ended };
    assert_eq!(desk.log[2].change, moved, "what was due comes before the update");
    assert_eq!(desk.inventory.sales_state(), SalesState::Open);
    ask(&mut desk, Some(SalesTime::Default), Some(SalesTime::Default)).expect("an update");
    assert_eq!(desk.inventory.next_due(), Some(desk.inventory.spec().starts_at.at()));
}
