//! A plan that is changed: seats are found again by guid, by what they were, and by label.

use boxoffice_plan::{IndexedPlan, Plan, PlanFormat, PlanMatch, SeatReader, read_plan};
use proptest::prelude::*;

fn plan(sections: &str) -> Plan {
    let text = format!("name = \"Hall\"\n{sections}");
    read_plan(&text, PlanFormat::Toml).unwrap_or_else(|error| panic!("{text}{error}")).plan
}

/// The new label of an old seat.
fn new_label(old: &Plan, new: &Plan, label: &str) -> Option<String> {
    let seat = SeatReader::new(&IndexedPlan::new(old)).seat(label).expect("an old seat");
    let seat = PlanMatch::new(old, new).seat(seat)?;
    Some(new.label(seat).expect("its own").into_string())
}

#[track_caller]
fn check(old: &Plan, new: &Plan, expected: &[(&str, &str)]) {
    for (label, renamed) in expected {
        let found = new_label(old, new, label);
        assert_eq!(found.as_deref(), Some(*renamed).filter(|it| !it.is_empty()), "{label}");
    }
}

const OLD: &str = "[[section]]\nname = \"stalls\"\nrows = \"A H\"\nseats = \"1..4\"\n\
                   [[section]]\nname = \"box\"\nrows = \"1\"\nseats = \"1..2\"\n";

#[test]
fn seats_keep_their_labels_wherever_they_move() {
    let old = plan(OLD);
    let new = plan(
        "[[section]]\nname = \"box\"\nrows = \"1\"\nseats = \"2 1\"\n\
         [[section]]\nname = \"stalls\"\nrows = \"H A\"\nseats = \"1 2 | 5 3\"\n",
    );
    check(&old, &new, &[("stalls:A3", "stalls:A3"), ("box:1-1", "box:1-1"), ("stalls:A4", "")]);
    let found = PlanMatch::new(&old, &new);
    let lost = found.unmatched(old.seats());
    let labels: Vec<_> = lost.iter().map(|&seat| old.label(seat).expect("its own")).collect();
    assert_eq!(labels, ["stalls:A4", "stalls:H4"]);
    assert_eq!((found.section(0), found.section(1)), (Some(1), Some(0)));
}

#[test]
fn what_was_said_wins_over_a_label() {
    let old = plan(OLD);
    let new = plan(
        "[[section]]\nname = \"parterre\"\nwas = \"stalls\"\nrows = \"A J\"\nseats = \"1..4\"\n\
         [[section.row]]\nlabel = \"J\"\nwas = \"H\"\n\
         [[section.seat]]\nseats = \"A1\"\nwas = \"H1\"\n\
         [[section.seat]]\nseats = \"J1\"\nwas = \"A1\"\n\
         [[section]]\nname = \"loge\"\nrows = \"9\"\nseats = \"1..2\"\n\
         [[section.seat]]\nseats = \"9-2\"\nwas = \"box:1-1\"\n",
    );
    check(
        &old,
        &new,
        &[
            ("stalls:H1", "parterre:A1"),
            ("stalls:A1", "parterre:J1"),
            ("stalls:A2", "parterre:A2"),
            ("stalls:H2", "parterre:J2"),
            ("box:1-1", "loge:9-2"),
            ("box:1-2", ""),
        ],
    );
}

#[test]
fn a_guid_wins_over_everything() {
    let hall = |rows: &str| plan(&format!("[[section]]\nname = \"hall\"\n{rows}"));
    let row = |label, seats, guids| {
        format!("[[section.row]]\nlabel = \"{label}\"\nseats = \"{seats}\"\nguids = {guids}\n")
    };
    let old = hall(&row("A", "1..2", "[\"x\", \"y\"]"));
    let new = hall(&row("B", "1..3", "[\"z\", \"y\", \"x\"]"));
    check(&old, &new, &[("A1", "B3"), ("A2", "B2")]);
    let new = hall(&row("A", "1..2", "[\"y\", \"new\"]"));
    // The seat called A2 is another one, as far as its label says nothing else.
    check(&old, &new, &[("A2", "A1"), ("A1", "")]);
}

#[test]
fn a_hall_of_one_section_may_be_renamed() {
    let hall =
        |name| plan(&format!("[[section]]\nname = \"{name}\"\nrows = \"A\"\nseats = \"1\"\n"));
    check(&hall("stalls"), &hall("parterre"), &[("A1", "A1")]);
}

proptest! {
    #[test]
    fn no_seat_is_matched_twice(
        old in "(1|2|3|4|5)( (6|7|8|9)){0,3}",
        new in "(1|2|3|6|7)( (8|9|10|5)){0,3}",
        was in 1..11u8,
    ) {
        let unique = |text: &str| {
            let labels: std::collections::BTreeSet<_> = text.split(' ').collect();
            labels.into_iter().collect::<Vec<_>>().join(" ")
        };
        let (old, new) = (unique(&old), unique(&new));
        let first = new.split(' ').next().expect("a seat").to_owned();
        let hall = |seats: &str, rest: &str| {
            plan(&format!("[[section]]\nname = \"h\"\nrows = \"A B\"\nseats = \"{seats}\"\n{rest}"))
        };
        let rename = format!("[[section.seat]]\nseats = \"A{first}\"\nwas = \"B{was}\"\n");
        let (old, new) = (hall(&old, ""), hall(&new, &rename));
        let found = PlanMatch::new(&old, &new).seats();
        let mut news: Vec<_> = found.iter().map(|(_, new)| *new).collect();
        news.sort_unstable();
        news.dedup();
        prop_assert_eq!(news.len(), found.len());
        let same = PlanMatch::new(&new, &new);
        let first = SeatReader::new(&IndexedPlan::new(&new)).seat(&format!("A{first}")).expect("a seat");
        for seat in new.seats().filter(|&seat| seat != first && same.seat(seat) != Some(seat)) {
            // Its label went to the seat that says it was this one.
            prop_assert_eq!(same.seat(seat), Some(first));
        }
    }
}
