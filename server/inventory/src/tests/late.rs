//! Late payments: an expired hold comes back with all its places, or is forfeited for ever.

use super::harness::*;
use crate::Command;
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::{CustomerLimit, EventUpdate, Sales, SectionUpdate};
use boxoffice_protocol::limits::MAX_LATE_MS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::IfExpired;
use boxoffice_protocol::reservation::{Keep, Selection, Status};
use std::num::NonZeroU32;

const FORFEITED: Answer = Err(Refusal::WrongStatus { status: Status::Forfeited });

fn hold_ms() -> u64 {
    u64::try_from(RULES.default.as_millis()).expect("short")
}

fn reinstate(desk: &mut Harness, number: u64, who: &str, keep: Option<&Keep>) -> Answer {
    let (id, who, expired) = (id(number), customer(who), IfExpired::Reinstate);
    desk.ask(&Command::Confirm { id, customer: who.borrowed(), keep, expired })
}

/// Ann's hold that has expired.
fn late(sections: &str, selection: &Selection) -> Harness {
    let mut desk = Harness::open(event(sections));
    desk.hold(1, "ann", selection).expect("free");
    desk.wait(hold_ms());
    desk
}

#[test]
fn an_expired_hold_comes_back_with_its_places_and_prices() {
    for (sections, selection, total) in [
        ("stalls=1x9", seats("A2 A3 A4"), 3_000),
        ("stalls=1x9", seats("A5"), 1_000),
        ("floor=9", standing(3), 3_000),
    ] {
        let mut desk = late(sections, &selection);
        desk.look(1, "ann").expect("known");
        desk.inventory.seal(desk.inventory.version());
        let name = sections.split_once('=').expect("a name").0.parse().expect("a name");
        let price = SectionUpdate { name, price: Some(9_000), layout: None };
        let update = EventUpdate {
            sections: vec![price],
            sales: Some(Sales::Closed),
            max_per_customer: Some(CustomerLimit::Places(NonZeroU32::MIN)),
            ..EventUpdate::default()
        };
        desk.ask(&Command::Update { if_version: None, update: &update }).expect("an update");
        assert_eq!(
            desk.confirm(1, "ann", None),
            Err(Refusal::HoldExpired),
            "it has to be asked for"
        );
        let before = desk.inventory.clone();
        let change = reinstate(&mut desk, 1, "ann", None).expect("all are free").expect("a change");
        assert!(matches!(change, Change::Reinstated { .. }), "{change:?}");
        let shown = desk.shown(1).expect("it is there");
        assert_eq!((shown.status, shown.total), (Status::Confirmed, total));
        assert_eq!(reinstate(&mut desk, 1, "ann", None), Ok(None), "a repeat");
        desk.inventory.invariants();
        desk.inventory.revert(desk.log.last().expect("the last change"));
        assert_eq!(desk.inventory.difference(&before), None, "no trace of it");
        desk.inventory.invariants();
    }
}

#[test]
fn a_hold_whose_place_was_sold_is_forfeited_and_stays_so() {
    for (sections, own, other) in
        [("stalls=1x9", seats("A2 A3 A4"), seats("A4")), ("floor=9", standing(5), standing(5))]
    {
        let mut desk = late(sections, &own);
        desk.reserve(2, "bob", &other).expect("free");
        let before = desk.inventory.clone();
        assert_eq!(reinstate(&mut desk, 1, "ann", None), FORFEITED);
        assert!(matches!(
            desk.log.last().expect("it is recorded").change,
            Change::Forfeited { .. }
        ));
        assert_eq!(desk.status(1), Some(Status::Forfeited));
        let mut reverted = desk.inventory.clone();
        reverted.revert(desk.log.last().expect("the last change"));
        assert_eq!(reverted.difference(&before), None, "no trace of it");
        reverted.invariants();
        desk.cancel(2, "bob", None).expect("confirmed");
        let version = desk.inventory.version();
        assert_eq!(reinstate(&mut desk, 1, "ann", None), FORFEITED, "though all are free now");
        assert_eq!(desk.confirm(1, "ann", None), FORFEITED);
        assert_eq!(desk.release(1, "ann", None), FORFEITED);
        assert_eq!(desk.inventory.version(), version);
        desk.inventory.invariants();
    }
}

#[test]
fn what_is_due_of_others_is_free() {
    for (sections, selection) in [("stalls=1x2", seats("A1 A2")), ("floor=2", standing(2))] {
        let mut desk = late(sections, &selection);
        desk.hold(2, "bob", &selection).expect("free");
        desk.wait(hold_ms());
        let change = reinstate(&mut desk, 1, "ann", None).expect("bob's is due").expect("a change");
        assert!(matches!(change, Change::Reinstated { .. }), "{change:?}");
        assert_eq!(reinstate(&mut desk, 2, "bob", None), FORFEITED);
        desk.inventory.invariants();
    }
}

#[test]
fn it_is_possible_for_a_day_from_the_deadline_however_late_the_expiry_was_recorded() {
    for is_recorded in [true, false] {
        for (early_ms, is_late) in [(1, false), (0, true)] {
            let mut desk = late("floor=9", &standing(3));
            if is_recorded {
                desk.look(1, "ann").expect("known");
            }
            desk.wait(MAX_LATE_MS - early_ms);
            let answer = reinstate(&mut desk, 1, "ann", None);
            if is_late {
                assert_eq!(answer, Err(Refusal::ReservationNotFound));
            } else {
                assert!(matches!(answer, Ok(Some(Change::Reinstated { .. }))), "{answer:?}");
            }
            desk.inventory.invariants();
        }
    }
}

#[test]
fn which_refusal_comes_first() {
    let mut desk = late("floor=9", &standing(3));
    assert_eq!(reinstate(&mut desk, 2, "ann", None), Err(Refusal::ReservationNotFound));
    assert_eq!(reinstate(&mut desk, 1, "bob", None), Err(Refusal::NotYours));
    let kept = Keep::Standing(count(1));
    let refused = reinstate(&mut desk, 1, "ann", Some(&kept)).expect_err("it comes back whole");
    assert!(matches!(refused, Refusal::Invalid { field, .. } if field.as_str() == "keep"));
    let update = EventUpdate { sales: Some(Sales::Cancelled), ..EventUpdate::default() };
    desk.ask(&Command::Update { if_version: None, update: &update }).expect("an update");
    assert_eq!(reinstate(&mut desk, 1, "ann", Some(&kept)), Err(Refusal::EventCancelled));
}

#[test]
fn a_restored_event_knows_which_places_expired_holds_had() {
    let mut desk = late("stalls=1x9 floor=9", &seats("A2 A3"));
    desk.look(1, "ann").expect("known");
    desk.inventory = desk.restored();
    let change = reinstate(&mut desk, 1, "ann", None).expect("all are free").expect("a change");
    assert!(matches!(change, Change::Reinstated { .. }), "{change:?}");
    let mut desk = late("stalls=1x9 floor=9", &seats("A2 A3"));
    desk.reserve(2, "bob", &seats("A3")).expect("free");
    assert_eq!(reinstate(&mut desk, 1, "ann", None), FORFEITED);
    desk.inventory = desk.restored();
    assert_eq!(reinstate(&mut desk, 1, "ann", None), FORFEITED, "also after a restart");
    desk.inventory.invariants();
}

#[test]
fn a_place_that_is_gone_or_blocked_is_not_free() {
    let mut desk = late("stalls=1x9", &seats("A9"));
    desk.look(1, "ann").expect("known");
    let update = EventUpdate { block: labels("A9"), ..EventUpdate::default() };
    desk.ask(&Command::Update { if_version: None, update: &update }).expect("an update");
    assert_eq!(reinstate(&mut desk, 1, "ann", None), FORFEITED);
    let mut desk = late("stalls=1x9", &seats("A9"));
    let (name, layout) = ("stalls".parse().expect("a name"), Some(layout("1x8").into()));
    let section = SectionUpdate { name, price: None, layout };
    let update = EventUpdate { sections: vec![section], ..EventUpdate::default() };
    desk.ask(&Command::Update { if_version: None, update: &update }).expect("an update");
    assert_eq!(reinstate(&mut desk, 1, "ann", None), FORFEITED);
    desk.inventory.invariants();
}
