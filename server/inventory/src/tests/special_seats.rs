//! What a plan marks: accessible seats and those of companions, which are never the best ones, and rows
//! that are taken entirely or not at all.

use super::harness::*;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Places, Selection, Together};

fn open(sections: &str) -> Harness {
    let (spec, hall) = planned(sections);
    Harness::open_in(hall, spec)
}

/// What the best seats are that a new reservation gets.
fn taken(desk: &mut Harness, number: u64, wish: &Selection) -> Places {
    desk.hold(number, "ann", wish).expect("there are enough");
    desk.shown(number).expect("held").places
}

fn seats_of(text: &str) -> Places {
    Places::Seats(labels(text).into())
}

#[test]
fn best_seats_are_none_of_the_special_ones() {
    // Rows of 4: the middle is a wheelchair's and its companion's; a table; and one as any other.
    let mut desk = open("stalls=1..4@2@3>2,1..4!,1..4");
    assert_eq!(taken(&mut desk, 1, &best_in(None, 2, Together::Required)), seats_of("C1 C2"));
    assert_eq!(taken(&mut desk, 2, &best(1)), seats_of("A1"));
    assert_eq!(taken(&mut desk, 3, &best(3)), seats_of("A4 C3 C4"));
    assert_eq!(desk.hold(4, "ann", &best(1)), Err(Refusal::SoldOut { free: 0 }));
    let together = best_in(None, 2, Together::Required);
    assert_eq!(desk.hold(4, "ann", &together), Err(Refusal::SoldOut { free: 0 }));
}

#[test]
fn special_seats_are_sold_to_those_who_name_them() {
    let mut desk = open("stalls=1..6@2@3>2");
    desk.reserve(1, "ann", &seats("A1 A2 A3 A4")).expect("free");
    assert_eq!(desk.hold(2, "bob", &best(3)), Err(Refusal::SoldOut { free: 2 }));
    desk.cancel(1, "ann", Some(&keep("A3 A4"))).expect("hers");
    assert_eq!(desk.hold(2, "bob", &best(4)), Err(Refusal::SoldOut { free: 3 }));
    assert_eq!(taken(&mut desk, 3, &best(3)), seats_of("A1 A5 A6"));
    desk.reserve(4, "bob", &seats("A2")).expect("it was given back");
}

#[test]
fn whole_rows_are_taken_entirely_or_not_at_all() {
    let mut desk = open("bar=1..4;tables=1..3!,1..2 | 3..4!");
    let refused = |answer: Answer| match answer {
        Err(Refusal::Invalid { field, why }) => (field.as_str().to_owned(), why.to_string()),
        other => panic!("{other:?}"),
    };
    for part in ["tables:A1", "tables:A1 tables:A3", "bar:A1 tables:A1 tables:B1 tables:B2"] {
        let (field, why) = refused(desk.hold(1, "ann", &seats(part)));
        assert_eq!(field, "seats");
        assert_eq!(why, "tables:A1 to tables:A3 belong together: name all 3 or none");
    }
    desk.hold(1, "ann", &seats("bar:A1 tables:A1..A3 tables:B1..B4")).expect("all of them");
    for part in ["bar:A1 tables:A2", "tables:A1..A3 tables:B1..B2"] {
        assert_eq!(refused(desk.release(1, "ann", Some(&keep(part)))).0, "keep");
        assert_eq!(refused(desk.confirm(1, "ann", Some(&keep(part)))).0, "keep");
    }
    desk.confirm(1, "ann", Some(&keep("bar:A1 tables:A1..A3"))).expect("one table goes");
    desk.reserve(2, "bob", &seats("tables:B1..B4")).expect("it is free");
    desk.cancel(1, "ann", Some(&keep("bar:A1"))).expect("the other one goes, too");
    assert_eq!(desk.hold(3, "bob", &best(4)), Err(Refusal::SoldOut { free: 3 }));
}
