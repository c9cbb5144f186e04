//! What the best seats are, by examples. In the pictures the front row comes first, `.` is free,
//! `x` is taken, `*` is what is chosen, and `|` is a break.

use super::harness::*;
use crate::model::dice::{Dice, seeds};
use boxoffice_protocol::event::{EventUpdate, LayoutUpdate, SectionUpdate};
use boxoffice_protocol::id::{LetteredSeat, SeatLabel};
use boxoffice_protocol::reservation::Places;
use boxoffice_protocol::reservation::Together;

/// Checks that the best `places` seats of a picture without its stars are the stars.
fn check(places: u32, picture: &str) {
    let mut desk = if picture.contains('|') {
        let (spec, hall) = planned(&format!("stalls={}", notation(picture)));
        Harness::open_in(hall, spec)
    } else {
        let mut desk = Harness::open(event("stalls=1x1"));
        let row = |row: &str| u16::try_from(row.len()).expect("a short row");
        let layout = Some(LayoutUpdate::Seated { rows: picture.split(' ').map(row).collect() });
        let name = "stalls".parse().expect("a name");
        let sections = vec![SectionUpdate { name, price: None, layout }];
        desk.update(&EventUpdate { sections, ..EventUpdate::default() }).expect("a picture");
        desk
    };
    let picture = picture.replace('|', "");
    let rows: Vec<&str> = picture.split(' ').collect();
    let label = |row: usize, number: usize| {
        SeatLabel::from(LetteredSeat::new(
            u16::try_from(row).expect("a short row"),
            u16::try_from(number).expect("a short row"),
        ))
    };
    let all = |mark: char| -> Vec<SeatLabel> {
        let places = |row: usize| rows[row].match_indices(mark).map(move |(at, _)| label(row, at));
        (0..rows.len()).flat_map(places).collect()
    };
    desk.update(&EventUpdate { block: all('x'), ..EventUpdate::default() }).expect("a picture");
    desk.hold(1, "ann", &best(places)).expect("there are enough");
    let found = desk.shown(1).expect("held").places;
    assert_eq!(found, Places::Seats(all('*').into()), "the best {places} of {picture}");
}

/// The rows of a picture in the notation of a plan: `1 2 | 3,1 2`.
fn notation(picture: &str) -> String {
    let row = |row: &str| {
        let mut number = 0;
        let seat = |mark: char| match mark {
            '|' => "|".to_owned(),
            _ => {
                number += 1;
                number.to_string()
            }
        };
        row.chars().map(seat).collect::<Vec<_>>().join(" ")
    };
    picture.split(' ').map(row).collect::<Vec<_>>().join(",")
}

#[test]
fn seats_beside_a_break_are_no_neighbours() {
    check(2, "..|.|.. ......**......");
    check(2, "xx.|.xx ......**......");
    check(3, "..|***|..");
    check(2, "x*|*x xxx.|.xxx");
}

#[test]
fn a_break_is_as_wide_as_a_seat() {
    check(1, "....|*....");
    check(2, "...**|..");
    check(2, "..|**...");
}

#[test]
fn a_seat_between_a_break_and_a_taken_one_is_alone() {
    // A pair in the middle of four would leave a single seat beside the break.
    check(2, "x...|...x ...|**");
    check(3, "***|....x");
}

#[test]
fn adjacent_seats_nearest_to_the_centre_of_the_front() {
    check(1, "...*... .......");
    check(2, "......**...... ..............");
    check(3, "..***.. .......");
    check(4, "****");
    check(3, "..xxx.. ..***..");
    check(2, "**xxx..");
}

#[test]
fn a_row_further_back_is_as_bad_as_two_seats_to_the_side() {
    check(1, "...*x.. .......");
    check(1, "....xx*xx.... .............");
    check(1, "....xxxxx*..... ...............");
    check(1, "....xxxxx.... ......*......");
}

#[test]
fn no_single_seat_is_left_alone() {
    check(2, "x**..x x.....");
    check(2, "x...x ..**.. ......");
    check(2, "x...x x**x");
    check(3, "....xxxxxxx ...***.....");
    check(1, "*..");
    check(1, "..x *..");
}

#[test]
fn what_is_left_has_room_for_others() {
    // Nine on both sides would leave pairs a single seat of each.
    check(2, "........**..........");
    // Five are left together, and not two and three.
    check(2, "**..... .......");
    check(3, "..***..... ..........");
    // Beside taken seats, no short run is left without need.
    check(2, "xxx**......xxx");
    check(2, "xxxxxx......xx ......**......");
}

#[test]
fn short_runs_are_used_up() {
    check(2, "....xxxxx........... ........x**x........");
    check(1, "..........x......... xx*xxxxxxxxxxxxxxxxx");
    // This one is too far back.
    let taken = "x".repeat(20);
    let between = [taken.as_str(); 4].join(" ");
    check(2, &format!("....xxxxx**......... {between} ........x..x........"));
}

#[test]
fn a_single_seat_is_left_alone_if_it_must_be() {
    check(2, "x**.x x...x");
    check(3, "x***.");
}

#[test]
fn scattered_seats_are_of_the_row_nearest_to_the_front_that_has_enough() {
    check(2, "x.xxx *x*x. .x.x.");
    check(3, "..xxx *x*x* .x.x.x.x.");
}

#[test]
fn scattered_seats_are_of_the_rows_with_most_free_seats() {
    check(3, "**x*x ..x.x x.x.x");
    check(4, ".x.xx ..x.x **x** x.x.x");
    check(5, "xx.xx *x*x* xx.xx *xx*x");
    check(6, "*x*xx *xxxx *xx*x x*xxx");
}

#[test]
fn of_rows_with_equally_many_those_that_are_close_together() {
    check(2, ".xxxx xxxxx xxxxx *xxxx *xxxx");
    check(3, ".xxxx xxxxx *x*xx *xxxx .xxxx");
    check(4, "xx.xx xxxxx *xxxx x*x*x *xxxx");
    check(4, "*x*x* xxxxx .x*x.x xxxxx .x.x.");
}

#[test]
fn scattered_seats_are_of_few_rows_over_all_sections() {
    let mut desk = Harness::open(event("left=2x3 right=1x5"));
    desk.update(&EventUpdate {
        block: labels("left:A2 left:B2 left:B3 right:A3"),
        ..EventUpdate::default()
    })
    .expect("free seats");
    desk.hold(1, "ann", &best(6)).expect("there are seven");
    let expected = labels("left:A1 left:A3 right:A1 right:A2 right:A4 right:A5");
    let places = desk.shown(1).expect("it is there").places;
    assert_eq!(places, Places::Seats(expected.into()), "two rows, where one section needs three");
}

#[test]
fn several_sections_are_filled_by_their_largest_rows() {
    let mut desk = Harness::open(event("left=1x2 middle=1x3 right=1x2"));
    let places = |desk: &Harness, number| desk.shown(number).expect("it is there").places;
    desk.hold(1, "ann", &best(4)).expect("there are seven");
    let expected = labels("left:A1 left:A2 middle:A1 middle:A2");
    assert_eq!(places(&desk, 1), Places::Seats(expected.into()));
    desk.hold(2, "ann", &best_in(Some("right"), 1, Together::Required)).expect("free");
    assert_eq!(places(&desk, 2), Places::Seats(labels("right:A1").into()));
}

#[test]
fn no_more_than_64_rows_are_looked_at() {
    // The first sections have three seats far aside, the later ones have all their seats.
    let check = |far: usize, expected: &str| {
        let all: Vec<String> = (0..far + 6).map(|index| format!("s{index}=1x8")).collect();
        let mut desk = Harness::open(event(&all.join(" ")));
        let taken = |index| (4..=8).map(move |number| format!("s{index}:A{number}"));
        let taken: Vec<String> = (0..far).flat_map(taken).collect();
        let block = labels(&taken.join(" "));
        desk.update(&EventUpdate { block, ..EventUpdate::default() }).expect("free seats");
        desk.hold(1, "ann", &best(2)).expect("all have a pair");
        let places = desk.shown(1).expect("held").places;
        assert_eq!(places, Places::Seats(labels(expected).into()));
    };
    check(63, "s63:A3 s63:A4");
    check(64, "s0:A2 s0:A3");
}

#[test]
fn no_more_rows_are_looked_at_than_have_32_768_seats() {
    // Each row has one pair of free seats, the further back the nearer to its centre, so that it is
    // better than the one in front of it.
    let free = |row: u16| [2 * row, 2 * row + 1];
    let mut desk = Harness::open(event("stalls=60x800"));
    for row in 0..60 {
        let label = |number| SeatLabel::from(LetteredSeat::new(row, number));
        let block = (0..800).filter(|number| !free(row).contains(number)).map(label).collect();
        desk.update(&EventUpdate { block, ..EventUpdate::default() }).expect("free seats");
    }
    desk.hold(1, "ann", &best(2)).expect("sixty pairs are free");
    let label = |number| SeatLabel::from(LetteredSeat::new(40, number));
    let expected = free(40).map(label).to_vec();
    assert_eq!(desk.shown(1).expect("held").places, Places::Seats(expected.into()));
}

#[test]
fn no_more_than_128_equal_rows_are_looked_at() {
    // Every second row has a free seat; behind them are two neighbours.
    let check = |apart: u16, expected: [u16; 2]| {
        let mut desk = Harness::open(event("stalls=302x1"));
        let is_free = |row: u16| row / 2 < apart && row.is_multiple_of(2) || row >= 300;
        let label = |row| SeatLabel::from(LetteredSeat::new(row, 0));
        let block = (0..302).filter(|&row| !is_free(row)).map(label).collect();
        desk.update(&EventUpdate { block, ..EventUpdate::default() }).expect("free seats");
        desk.hold(1, "ann", &best(2)).expect("many are free");
        let expected = expected.map(label).to_vec();
        assert_eq!(desk.shown(1).expect("held").places, Places::Seats(expected.into()));
    };
    check(126, [300, 301]);
    check(127, [0, 2]);
}

#[test]
fn rows_of_any_length_stay_indexed_while_seats_come_and_go() {
    for seed in seeds(20) {
        println!("BOXOFFICE_SEED={seed}");
        let mut dice = Dice::new(seed);
        let seats = dice.of(1..300);
        let mut desk = Harness::open(event(&format!("stalls=3x{seats}")));
        for number in 0..60 {
            // The harness compares all indexes with the seats after every change.
            let _ = desk.hold(number, "ann", &best(dice.of(1..1 + seats.min(20))));
            let _ = desk.release(dice.below(1 + number), "ann", None);
        }
    }
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
