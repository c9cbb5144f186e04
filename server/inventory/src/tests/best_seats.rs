//! What the best seats are, by examples. In the pictures the front row comes first, `.` is free,
//! `x` is taken and `*` is what is chosen.

use super::harness::*;
use boxoffice_protocol::event::{EventUpdate, Layout, SectionUpdate};
use boxoffice_protocol::id::SeatLabel;
use boxoffice_protocol::reservation::Places;
use boxoffice_protocol::reservation::Together;

/// Checks that the best `places` seats of a picture without its stars are the stars.
fn check(places: u32, picture: &str) {
    let rows: Vec<&str> = picture.split(' ').collect();
    let mut desk = Harness::open(event("stalls=1x1"));
    let lengths = rows.iter().map(|row| u16::try_from(row.len()).expect("a short row")).collect();
    let layout = Some(Layout::Seated { rows: lengths });
    let name = "stalls".parse().expect("a name");
    let label = |row: usize, number: usize| SeatLabel {
        section: None,
        row: u16::try_from(row).expect("a short row"),
        number: u16::try_from(number).expect("a short row"),
    };
    let all = |mark: char| -> Vec<SeatLabel> {
        let places = |row: usize| rows[row].match_indices(mark).map(move |(at, _)| label(row, at));
        (0..rows.len()).flat_map(places).collect()
    };
    let sections = vec![SectionUpdate { name, price: None, layout }];
    desk.update(&EventUpdate { sections, block: all('x'), ..EventUpdate::default() })
        .expect("a picture");
    desk.hold(1, "ann", &best(places)).expect("there are enough");
    let found = desk.shown(1).expect("held").places;
    assert_eq!(found, Places::Seats(all('*').into()), "the best {places} of {picture}");
}

#[test]
fn adjacent_seats_nearest_to_the_centre_of_the_front() {
    check(1, "...*... .......");
    check(2, "..**... .......");
    check(3, "..***.. .......");
    check(4, "****");
    check(3, "..xxx.. ..***..");
    check(2, "**xxx..");
}

#[test]
fn a_row_further_back_is_as_bad_as_two_seats_to_the_side() {
    check(1, "...*x.. .......");
    check(1, "....xx*xx.... .............");
    check(1, "....xxxx*.... .............");
    check(1, "....xxxxx.... ......*......");
}

#[test]
fn no_single_seat_is_left_alone() {
    check(2, "x**..x x.....");
    check(2, "x...x ..**.. ......");
    check(2, "x...x x**x");
    check(3, "....xxxxxxx ....***....");
    check(1, "*..");
    check(1, "..x *..");
}

#[test]
fn a_single_seat_is_left_alone_if_it_must_be() {
    check(2, "x**.x x...x");
    check(3, "x***.");
}

#[test]
fn as_few_rows_as_close_as_can_be() {
    check(3, "**x*x ..x.x x.x.x");
    check(3, "*x*xx *xxxx x.x.x");
    check(2, "*x*x. .x.x.");
    check(3, "x*x*x x*x.x xx.xx");
    check(4, "*x*x* xxxxx *xxxx xxxxx .x.x.");
    check(4, "xx.xx xxxxx *xxxx x*x*x *xxxx");
}

#[test]
fn several_sections_only_where_none_has_enough() {
    let mut desk = Harness::open(event("left=1x2 middle=1x3 right=1x2"));
    let places = |desk: &Harness, number| desk.shown(number).expect("it is there").places;
    desk.hold(1, "ann", &best(4)).expect("there are seven");
    let expected = labels("left:A1 middle:A1 middle:A2 middle:A3");
    assert_eq!(places(&desk, 1), Places::Seats(expected.into()));
    desk.hold(2, "ann", &best_in(Some("right"), 1, Together::Required)).expect("free");
    assert_eq!(places(&desk, 2), Places::Seats(labels("right:A1").into()));
}

#[test]
fn rows_of_any_length_are_searched() {
    for seats in [63, 64, 65, 127, 128, 129, 600] {
        for places in [1, 2, 63, 64, 65, 100] {
            let mut desk = Harness::open(event(&format!("stalls=1x{seats}")));
            let held = desk.hold(1, "ann", &best_in(None, places, Together::Required));
            assert_eq!(held.is_ok(), places <= seats, "{places} of {seats}");
        }
    }
}
