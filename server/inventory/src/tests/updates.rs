//! Updates of an event's terms.

use super::harness::*;
use crate::Command;
use boxoffice_protocol::event::{
    CustomerLimit, EventSpec, EventUpdate, Layout, LayoutUpdate, Sales, SectionSpec, SectionUpdate,
    Sections,
};
use boxoffice_protocol::id::{EventName, LetteredSeat, SeatLabel};
use boxoffice_protocol::limits::MAX_UPDATE_SEATS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{SeatLabels, Selection, Status};
use std::num::NonZeroU32;

fn blocked(text: &str) -> EventUpdate {
    EventUpdate { block: labels(text), ..EventUpdate::default() }
}

fn unblocked(text: &str) -> EventUpdate {
    EventUpdate { unblock: labels(text), ..EventUpdate::default() }
}

#[test]
fn a_repeated_update_changes_nothing_even_if_the_version_is_another_one() {
    let mut desk = Harness::open(event("stalls=2x4"));
    let update = EventUpdate {
        name: Some(EventName::parse("Dune").expect("a name")),
        max_per_customer: Some(CustomerLimit::Places(NonZeroU32::MIN)),
        ..resized("balcony", Some(7_000), Some("1x5"))
    };
    let update = EventUpdate { block: labels("stalls:A1"), ..update };
    let at_version_1 = Command::Update { if_version: Some(1), update: &update };
    desk.ask(&at_version_1).expect("the version is 1").expect("a change");
    assert_eq!(desk.ask(&at_version_1), Ok(None));
    let other = resized("balcony", Some(8_000), None);
    let conflict = Err(Refusal::VersionConflict { current: 2 });
    assert_eq!(desk.ask(&Command::Update { if_version: Some(1), update: &other }), conflict);
    let nonsense = resized("pit", None, None);
    assert_eq!(desk.ask(&Command::Update { if_version: Some(1), update: &nonsense }), conflict);
    assert_eq!(desk.update(&EventUpdate::default()), Ok(None));
    let created = event("stalls=2x4");
    assert_eq!(desk.inventory.created_as(), &created, "it was created like that");
}

#[test]
fn updates_that_make_no_sense_are_invalid() {
    let mut desk = Harness::open(event("stalls=2x4 floor=9"));
    let mut twice = resized("stalls", Some(1), None);
    twice.sections.extend(resized("stalls", Some(2), None).sections);
    let both = EventUpdate { block: labels("A1"), unblock: labels("stalls:A1"), ..blocked("") };
    let table = [
        (resized("pit", Some(1), None), "sections"),
        (resized("pit", None, Some("9")), "sections"),
        (resized("stalls", None, Some("9")), "sections"),
        (resized("floor", None, Some("1x9")), "sections"),
        (resized("floor", None, Some("0")), "sections"),
        (twice, "sections"),
        (blocked("A1 stalls:A1"), "block"),
        (unblocked("A1 A1"), "unblock"),
        (both, "unblock"),
        (
            EventUpdate {
                block: vec![labels("A1")[0].clone(); MAX_UPDATE_SEATS + 1],
                ..blocked("")
            },
            "block",
        ),
    ];
    for (update, field) in table {
        assert_eq!(wrong_field(desk.update(&update)), field, "{update:?}");
    }
    let no_such = Err(Refusal::NoSuchSeat { seats: labels("C1").into() });
    assert_eq!(desk.update(&blocked("A1 C1")), no_such);
}

#[test]
fn nothing_is_taken_away_from_anybody() {
    let mut desk = Harness::open(event("stalls=3x4 floor=9"));
    desk.reserve(1, "ann", &seats("B4 C1")).expect("free");
    desk.reserve(2, "ann", &standing(5)).expect("free");
    let taken = |text| Err(Refusal::SeatsTaken { seats: labels(text).into() });
    assert_eq!(desk.update(&resized("stalls", None, Some("2x3"))), taken("B4 C1"));
    assert_eq!(desk.update(&blocked("C1 C2")), taken("C1"));
    let refused = Err(Refusal::LimitExceeded { limit: 4, have: 5 });
    assert_eq!(desk.update(&resized("floor", None, Some("4"))), refused);
    desk.update(&resized("floor", None, Some("5"))).expect("five are taken");
    assert_eq!(desk.counts(1), [0, 0, 5, 0]);
    desk.hold(3, "bob", &seats("A1")).expect("free");
    assert_eq!(desk.update(&blocked("A1")), taken("A1"));
    desk.wait(120_000);
    desk.update(&blocked("A1")).expect("the hold is due");
    assert_eq!(desk.status(3), Some(Status::Expired));
}

#[test]
fn seats_keep_their_states_when_the_layout_changes() {
    let mut desk = Harness::open(event("stalls=2x4"));
    desk.reserve(1, "ann", &seats("A2 B3")).expect("free");
    desk.hold(2, "bob", &seats("B1")).expect("free");
    desk.update(&blocked("A4 B4")).expect("free");
    assert_eq!(desk.counts(0), [3, 1, 2, 2]);
    desk.update(&resized("stalls", None, Some("3x70"))).expect("larger");
    assert_eq!(desk.counts(0), [205, 1, 2, 2]);
    desk.inventory.invariants();
    let taken = Err(Refusal::SeatsTaken { seats: labels("A2 A4 B1").into() });
    assert_eq!(desk.hold(3, "cid", &seats("A2 A4 B1 C70")), taken);
    desk.update(&resized("stalls", None, Some("2x3"))).expect("the blocked ones go");
    assert_eq!(desk.counts(0), [3, 1, 2, 0]);
    desk.update(&resized("stalls", None, Some("2x4"))).expect("larger");
    assert_eq!(desk.counts(0), [5, 1, 2, 0]);
    assert_eq!(desk.update(&unblocked("A4")), Ok(None));
    while desk.log.len() > 4 {
        let last = desk.log.pop().expect("a change");
        desk.inventory.revert(&last);
        desk.inventory.invariants();
    }
    assert_eq!(desk.counts(0), [3, 1, 2, 2]);
}

#[test]
fn reservations_keep_their_prices() {
    let mut desk = Harness::open(event("stalls=2x4 floor=9"));
    let total = |desk: &Harness, number| desk.shown(number).expect("it is there").total;
    desk.reserve(1, "ann", &seats("A1 A2")).expect("free");
    desk.hold(2, "ann", &standing(3)).expect("free");
    desk.update(&resized("stalls", Some(9_000), None)).expect("dearer");
    desk.update(&resized("pit", Some(1), Some("9"))).expect("another section");
    desk.reserve(3, "ann", &seats("A3 A4")).expect("free");
    desk.cancel(1, "ann", Some(&keep("A2"))).expect("confirmed");
    desk.confirm(2, "ann", None).expect("held");
    assert_eq!([1, 2, 3].map(|number| total(&desk, number)), [1_000, 6_000, 18_000]);
    assert_eq!(desk.inventory.summary().prices, (1, 9_000));
}

/// As many sections as an event can have, and almost as many rows: a request can say no more.
fn largest() -> EventSpec {
    let section = |index: u16| SectionSpec {
        name: format!("section-{index:03}").parse().expect("a name"),
        price: 1_000,
        layout: Layout::grid(392, 1),
    };
    let sections = (0..255).map(section).collect();
    EventSpec { sections: Sections::new(sections).expect("within the limits"), ..event("a=1x1") }
}

#[test]
fn law_9_an_update_of_the_largest_event_costs_what_it_changes() {
    let mut desk = Harness::open(largest());
    let of_one = |price, layout: Option<Layout>| EventUpdate {
        sections: vec![SectionUpdate {
            name: "section-200".parse().expect("a name"),
            price,
            layout: layout.map(Into::into),
        }],
        ..EventUpdate::default()
    };
    let closed = EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() };
    let block = vec![LetteredSeat::new(391, 0).of("section-200").into()];
    let blocked = EventUpdate { block, ..EventUpdate::default() };
    let resized = of_one(None, Some(Layout::grid(392, 2)));
    // A new layout is recorded with the one before it, and without the other 254 sections.
    let updates =
        [(of_one(Some(2_000), None), 300), (closed, 300), (blocked, 300), (resized, 3_000)];
    for (update, most) in updates {
        desk.update(&update).expect("it is possible").expect("it changes something");
        let recorded = desk.log.last().expect("a change");
        let said = format!("{recorded:?}").len();
        assert!(said <= most, "{said} characters are recorded of {update:?}");
        assert_eq!(desk.update(&update), Ok(None), "it is so already");
    }
    desk.inventory.invariants();
    while desk.log.len() > 1 {
        let last = desk.log.pop().expect("a change");
        desk.inventory.revert(&last);
    }
    desk.inventory.invariants();
    assert_eq!(*desk.inventory.spec(), largest());
}

#[test]
fn no_more_of_a_sold_section_that_goes_is_looked_at_than_a_refusal_tells() {
    let mut desk = Harness::open(event("stalls=30x100"));
    let mut taken = Vec::new();
    for row in 0..30u16 {
        let label = |number| SeatLabel::from(LetteredSeat::new(row, number));
        let seats: Vec<SeatLabel> = (0..100).map(label).collect();
        taken.extend(seats.clone());
        let all = Selection::Seats(SeatLabels::new(seats).expect("a hundred"));
        desk.reserve(u64::from(row) + 1, "ann", &all).expect("free");
    }
    let refused = desk.update(&resized("stalls", None, Some("1x1")));
    let told = taken[1..=MAX_UPDATE_SEATS].to_vec();
    assert_eq!(refused, Err(Refusal::SeatsTaken { seats: told.into() }));
}

fn floor(capacity: Option<u32>, blocked: Option<u32>) -> EventUpdate {
    let layout = Some(LayoutUpdate::Standing { capacity, blocked });
    let section = SectionUpdate { name: "floor".parse().expect("a name"), price: None, layout };
    EventUpdate { sections: vec![section], ..EventUpdate::default() }
}

#[test]
fn standing_places_are_blocked_in_part() {
    let mut desk = Harness::open(event("floor=10"));
    let counts = |desk: &Harness| {
        let counts = desk.inventory.summary().counts;
        [counts.free, counts.held, counts.blocked]
    };
    desk.hold(1, "ann", &standing(3)).expect("free");
    desk.update(&floor(None, Some(5))).expect("free").expect("a change");
    assert_eq!(counts(&desk), [2, 3, 5]);
    assert_eq!(desk.update(&floor(None, Some(5))), Ok(None));
    let refused = desk.hold(2, "bob", &standing(3)).expect_err("two are left");
    assert_eq!(refused, Refusal::SoldOut { free: 2 });
    let too_many = desk.update(&floor(None, Some(8)));
    assert_eq!(too_many, Err(Refusal::LimitExceeded { limit: 2, have: 3 }));
    assert_eq!(wrong_field(desk.update(&floor(None, Some(11)))), "sections");
    assert_eq!(wrong_field(desk.update(&floor(Some(4), None))), "sections");
    let smaller = desk.update(&floor(Some(7), None));
    assert_eq!(smaller, Err(Refusal::LimitExceeded { limit: 2, have: 3 }));
    desk.update(&floor(Some(20), None)).expect("more").expect("a change");
    assert_eq!(counts(&desk), [12, 3, 5], "what is left out stays");
    desk.release(1, "ann", None).expect("held");
    desk.update(&floor(Some(8), Some(8))).expect("free").expect("a change");
    assert_eq!(counts(&desk), [0, 0, 8]);
    desk.update(&floor(None, Some(0))).expect("blocked").expect("a change");
    assert_eq!(counts(&desk), [8, 0, 0]);
    desk.inventory.invariants();
}
