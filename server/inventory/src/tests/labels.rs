//! Seats by what people write, in halls with a plan and without.

use super::harness::*;
use crate::{Command, Hall, HoldRules};
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{SeatLabels, Selection};

/// The answer to a hold of what a person writes: the seats, or why not.
fn hold_of(spec: EventSpec, hall: Hall, text: &str) -> String {
    let mut desk = Harness::open_in(hall, spec);
    let label = text.parse().expect("a text");
    let selection = Selection::Seats(SeatLabels::new([label]).expect("one text"));
    match desk.hold(1, "ann", &selection) {
        Ok(_) => format!("{:?}", desk.shown(1).expect("held").places),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn seats_are_read_as_people_write_them() {
    let check = |text: &str, expected: &str| {
        let answer = hold_of(event("stalls=12x8"), Hall::default(), text);
        assert_eq!(answer, format!("Seats({expected})"), "{text}");
    };
    check("A5", r#"["A5"]"#);
    check("a 5", r#"["A5"]"#);
    check("A-05", r#"["A5"]"#);
    check("Row A, Seat 7", r#"["A7"]"#);
    check("stalls:a5", r#"["A5"]"#);
    check("A4..A6", r#"["A4", "A5", "A6"]"#);
    check("a4\u{2013}a6", r#"["A4", "A5", "A6"]"#);
    check("A1 B2; c3", r#"["A1", "B2", "C3"]"#);
}

#[test]
fn what_could_be_several_seats_is_refused_with_all_of_them() {
    let two = || event("stalls=1x4 balcony=1x5");
    let answer = hold_of(two(), Hall::default(), "A1");
    assert!(answer.contains("A1 is in two sections: write stalls:A1 or balcony:A1"), "{answer}");
    assert_eq!(hold_of(two(), Hall::default(), "A5"), r#"Seats(["balcony:A5"])"#);
    let many = "a 1 b 2 ".repeat(37);
    let long = hold_of(event("stalls=12x8"), Hall::default(), many.trim_end());
    assert!(long.contains("too many ways"), "{long}");
}

#[test]
fn a_plan_says_what_its_seats_are_called() {
    let hall = |text: &str| {
        let (spec, hall) = planned("stalls=7..1/2 | 2..8/2");
        hold_of(spec, hall, text)
    };
    assert_eq!(hall("A3..A2"), r#"Seats(["A3", "A1", "A2"])"#);
    assert_eq!(hall("a 8"), r#"Seats(["A8"])"#);
    assert!(hall("A9").contains("A9"));
}

#[test]
fn rows_and_sections_are_blocked_by_their_names() {
    let mut desk = Harness::open(event("stalls=2x4 balcony=1x3"));
    let text = |text: &str| vec![text.parse().expect("a text")];
    let block = EventUpdate { block: text("stalls:row A"), ..EventUpdate::default() };
    desk.update(&block).expect("free").expect("a change");
    assert_eq!(desk.counts(0), [4, 0, 0, 4]);
    let both = EventUpdate {
        block: text("section balcony"),
        unblock: text("stalls:A2..A4"),
        ..EventUpdate::default()
    };
    desk.update(&both).expect("free").expect("a change");
    assert_eq!((desk.counts(0), desk.counts(1)), ([7, 0, 0, 1], [0, 0, 0, 3]));
}

#[test]
fn whoever_must_name_each_seat_by_itself_may_not_write_ranges_and_lists() {
    let rules = HoldRules { one_seat_a_text: true, ..RULES };
    let mut desk = Harness::open(event("stalls=2x8"));
    let mut ask = |number, texts: &[&str]| {
        let texts = texts.iter().map(|text| text.parse().expect("a text"));
        let selection = Selection::Seats(SeatLabels::new(texts).expect("some texts"));
        let (id, customer) = (id(number), customer("ann"));
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
    ask(1, &["A1", "a 2", "Row A seat 3"]).expect("three seats");
    for several in [&["A4..A5"][..], &["B1 B2"], &["B1", "B2-B3"]] {
        let answer = ask(2, several);
        assert!(
            matches!(&answer, Err(Refusal::Invalid { field, .. }) if field == "seats"),
            "{answer:?}"
        );
    }
}
