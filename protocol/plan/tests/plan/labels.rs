//! What seats are called, and what people write for them.

use boxoffice_plan::{IndexedPlan, Plan, PlanFormat, ReadScope, SeatReader, read_plan};
use proptest::prelude::*;

fn plan(sections: &[(&str, &str, &str)]) -> Plan {
    let mut text = "name = \"Hall\"\n".to_owned();
    for (name, rows, seats) in sections {
        text +=
            &format!("[[section]]\nname = \"{name}\"\nrows = \"{rows}\"\nseats = \"{seats}\"\n");
    }
    read_plan(&text, PlanFormat::Toml).unwrap_or_else(|error| panic!("{text}{error}")).plan
}

/// What a list names, as labels in physical order of each part.
fn read(plan: &Plan, text: &str) -> String {
    match SeatReader::new(&IndexedPlan::new(plan)).seats(text) {
        Ok(seats) => {
            let labels = seats.iter().map(|&seat| plan.label(seat).expect("its own").to_string());
            labels.collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}

/// What a block takes: ranges, each with its first and last label.
fn block(plan: &Plan, text: &str) -> String {
    match SeatReader::new(&IndexedPlan::new(plan)).places(text, ReadScope::Blocks) {
        Ok(ranges) => {
            let seat =
                |mut seats: Vec<_>| plan.label(seats.pop().expect("a seat")).expect("its own");
            let print = |range: boxoffice_plan::SeatRange| {
                format!(
                    "{}..{}",
                    seat(range.seats().take(1).collect()),
                    seat(range.seats().collect())
                )
            };
            ranges.into_iter().map(print).collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn check(plan: &Plan, texts: &[&str], expected: &str) {
    texts.iter().for_each(|text| assert_eq!(read(plan, text), expected, "{text:?}"));
}

#[test]
fn input_is_generous() {
    let hall = plan(&[("stalls", "A..C O'B 12", "7..1/2 | 2..8/2")]);
    check(&hall, &["A5", "a5", "A 5", "A-5", "a \u{2013} 05", "A05", "a\u{A0}\u{2212}5"], "A5");
    check(&hall, &["Row A Seat 5", "row a, seat 05", "ROW A SEAT 5", "stalls:A5"], "A5");
    check(&hall, &["Stalls : a5", "section stalls row A seat 5", "Stalls, Row A, Seat 5"], "A5");
    check(&hall, &["\u{FF21}\u{FF15}", "A\u{200B}5"], "A5");
    check(&hall, &["12-7", "12 7", "127", "row 12 seat 7", "012-07"], "12-7");
    check(&hall, &["O'B-1", "o\u{2019}b 1"], "O'B-1");
}

#[test]
fn ranges_run_in_physical_order_across_breaks() {
    let hall = plan(&[("stalls", "A..C", "7..1/2 | 2..8/2")]);
    let expected = "A3 A1 A2 A4";
    check(&hall, &["A3..A4", "A3-A4", "A3 - A4", "A3-4", "a4..3", "A3 to A4"], expected);
    check(&hall, &["row A seats 3-4", "Row A Seats 3 to 4", "A 3 \u{2013} A 4"], expected);
    check(&hall, &["A1, B1;C1", "A1 B1 C1", "A 1 B 1, C1", " A1,,B1\nC1 "], "A1 B1 C1");
    let over = "A1-B2 is over several rows; a range of seats is within one row";
    check(&hall, &["A1-B2", "A1 - B2"], over);
    check(&hall, &["A1 A1", "A1, A3..A2"], "A1 is there twice");
}

#[test]
fn a_text_with_several_meanings_is_refused_with_all_of_them() {
    let hall = plan(&[("stalls", "A..C", "1..4"), ("balcony", "A..B", "1..4")]);
    let both = "A1 is in two sections: write stalls:A1 or balcony:A1";
    check(&hall, &["A1"], both);
    check(&hall, &["C1", "stalls:c1"], "stalls:C1");
    check(&hall, &["Balcony:A1..A2", "balcony:A1-A2"], "balcony:A1 balcony:A2");
    check(&hall, &["gallery:A1"], "there is no section \"gallery\"; there are stalls, balcony");

    let rows = plan(&[("hall", "1..12", "07..9")]);
    let several = "12-7 can be seat 07 of row 12, or rows 12 to 7: write 12-07 or rows 7..12";
    assert_eq!(block(&rows, "12-7"), several);
    assert_eq!(block(&rows, "12-07"), "12-07..12-07");
    assert_eq!(block(&rows, "rows 12-11"), "11-07..11-09 12-07..12-09");

    let twins = plan(&[("hall", "A A1", "1 5 15")]);
    check(&twins, &["A15"], "A15");
    check(&twins, &["A1-5"], "A1-5");
    check(&twins, &["a15"], "a15 can be seat 15 of row A, or seat 5 of row A1: write A15 or A1-5");
}

#[test]
fn seats_that_differ_in_case_or_zeros_are_told_apart() {
    let hall = plan(&[("hall", "A a", "1 01")]);
    for label in ["A1", "A01", "a1", "a01"] {
        check(&hall, &[label], label);
    }
    let all = "A 1 can be seat 1 of row A, or seat 01 of row A, or seat 1 of row a, or seat 01 of \
               row a: write A1, A01, a1 or a01";
    check(&hall, &["A 1"], all);
}

#[test]
fn a_wrong_text_is_told_what_there_is() {
    let hall = plan(&[("stalls", "A..H J..N", "19..1/2 | 2..20/2")]);
    check(&hall, &["A99"], "there is no A99: row A has the seats 19..1/2 | 2..20/2");
    check(&hall, &["I1"], "there is no I1: the rows are A..H J..N");
    check(&hall, &["", " , "], "seats are missing; write them like A19");
    check(&hall, &["A1 x"], "there is no x: the rows are A..H J..N");
    let long = "A1 ".repeat(30_000);
    check(&hall, &[&long], "a list of seats has at most 65536 bytes");
}

#[test]
fn blocks_take_rows_and_sections() {
    let hall = plan(&[("stalls", "A..C", "1..4"), ("box", "1", "1..2")]);
    assert_eq!(block(&hall, "row B, C2..C3"), "stalls:B1..stalls:B4 stalls:C2..stalls:C3");
    assert_eq!(block(&hall, "A..B"), "stalls:A1..stalls:A4 stalls:B1..stalls:B4");
    assert_eq!(block(&hall, "section box"), "box:1-1..box:1-2");
    assert_eq!(block(&hall, "BOX A1"), "box:1-1..box:1-2 stalls:A1..stalls:A1");
    check(&hall, &["row B"], &read(&hall, "row B"));
    assert!(read(&hall, "row B").starts_with("there is no "), "{}", read(&hall, "row B"));
}

fn label() -> impl Strategy<Value = String> {
    "[A-C]{1,2}|[a-b]|0{0,2}[1-9]{1,2}|[A-B][1-3]|[A-B]\\.[1-2]|O'B|\u{E19}\u{E31}|\u{C9}"
}

prop_compose! {
    fn any_plan()(
        sections in prop::collection::vec(
            (prop::collection::btree_set(label(), 1..6), prop::collection::btree_set(label(), 1..8)),
            1..4,
        ),
    ) -> Plan {
        let texts: Vec<_> = sections
            .into_iter()
            .zip(["stalls", "Block D", "1"])
            .map(|((rows, seats), name)| {
                let join = |labels: std::collections::BTreeSet<String>| {
                    labels.into_iter().collect::<Vec<_>>().join(" ")
                };
                (name, join(rows), join(seats))
            })
            .collect();
        let texts: Vec<_> = texts.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
        plan(&texts)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_printed_is_read_as_the_same_seat(plan in any_plan()) {
        let names = IndexedPlan::new(&plan);
        let reader = SeatReader::new(&names);
        let mut printed = std::collections::HashSet::new();
        for seat in plan.seats() {
            let label = plan.label(seat).expect("its own");
            prop_assert_eq!(reader.seat(&label), Ok(seat), "{}", label);
            prop_assert!(printed.insert(label.clone()), "two seats are called {}", label);
        }
        let all = plan.seats().collect::<Vec<_>>();
        let list = all.iter().map(|&seat| plan.label(seat).expect("its own").to_string());
        let list: Vec<_> = list.collect();
        for separator in [", ", " ", ";"] {
            prop_assert_eq!(reader.seats(&list.join(separator)), Ok(all.clone()));
        }
    }

    #[test]
    fn no_text_is_read_as_a_seat_that_it_does_not_name(text in "[A-Ca-c0-9 .'-]{1,8}") {
        let plan = plan(&[("hall", "A AB 1 12", "1 2 05 B")]);
        let bare = |text: &str| {
            let text = text.to_lowercase().replace([' ', '-'], "");
            text.replace('0', "")
        };
        if let Ok(seat) = SeatReader::new(&IndexedPlan::new(&plan)).seat(&text) {
            let label = plan.label(seat).expect("its own");
            prop_assert!(bare(&label) == bare(&text) || text.contains(".."), "{} is {}", text, label);
        }
    }
}
