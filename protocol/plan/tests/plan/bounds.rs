//! Large and hostile plans: what fits is read, and the rest is refused before memory is spent.

use boxoffice_plan::limits::{MAX_PLAN_BYTES, MAX_PLAN_SECTIONS, MAX_SECTION_ROWS};
use boxoffice_plan::{IndexedPlan, PlanFormat, ReadScope, SeatReader, SourcePlan, read_plan};
use std::fmt::Write;

fn read(text: &str) -> Result<SourcePlan, String> {
    read_plan(text, PlanFormat::Toml).map_err(|error| error.to_string())
}

fn sections(count: usize, keys: &str) -> String {
    (0..count).fold("name = \"Hall\"\n".to_owned(), |mut text, number| {
        write!(text, "[[section]]\nname = \"s{number}\"\n{keys}\n").expect("a string");
        text
    })
}

#[test]
fn the_largest_plan_is_read() {
    let grid = "rows = \"1..1000\"\nseats = \"1..1000\"";
    let plan = read(&sections(1, grid)).expect("a million seats").plan;
    assert_eq!(plan.seats().count(), 1_000_000);
    let rows = "rows = \"1..392\"\nseats = \"1..10\"";
    assert_eq!(read(&sections(255, rows)).expect("255 sections").plan.sections.len(), 255);
}

#[test]
fn more_than_the_bounds_is_refused_by_name() {
    for (text, why) in [
        (sections(MAX_PLAN_SECTIONS + 1, "capacity = 1"), "at most 255"),
        (sections(1, &format!("rows = \"1..{}\"\nseats = \"1\"", MAX_SECTION_ROWS + 1)), "be 4096"),
        (sections(25, "rows = \"1..4001\"\nseats = \"1\""), "a plan 100000"),
        (sections(1, "rows = \"1..1001\"\nseats = \"1..1000\""), "at most 1000000 seats"),
        (sections(1, "rows = \"1..999999999999\"\nseats = \"1\""), "may be 4096"),
        (sections(1, "capacity = 4000000000"), "a capacity is 1 to 1000000000"),
        (
            sections(
                1,
                "rows = \"1..400\"\nseats = \"1..1000\"\n\
                 [[section.seat]]\nseats = \"1..400\"\n\
                 [[section.seat]]\nseats = \"row 1..400\"\n\
                 [[section.seat]]\nseats = \"section s0\"",
            ),
            "1000000 seats were named before",
        ),
        (" ".repeat(MAX_PLAN_BYTES + 1), "at most 16777216 bytes"),
        (format!("x = {}1{}", "[".repeat(9_000), "]".repeat(9_000)), "cannot recurse further"),
    ] {
        let error = read(&text).expect_err(why);
        assert!(error.contains(why), "{error}, not {why}");
    }
}

#[test]
fn no_list_costs_more_than_what_it_names() {
    let plan = read(&sections(1, "rows = \"1..4000\"\nseats = \"1..250\"")).expect("a plan").plan;
    let names = IndexedPlan::new(&plan);
    let reader = SeatReader::new(&names);
    let rows = "1..4000,".repeat(30);
    let error = reader.places(&rows, ReadScope::Blocks).expect_err("too much").to_string();
    assert!(error.contains("at most 100000 ranges"), "{error}");
    let dashes =
        ["-".repeat(60_000), "1-".repeat(30_000), "..".repeat(30_000), "1 ".repeat(30_000)];
    for text in dashes {
        assert!(reader.seats(&text).is_err(), "{}", &text[..10]);
    }
}

/// What a hall is like takes long to say, and longest for a list of what is not there.
#[test]
fn a_reader_that_may_try_little_describes_no_rows() {
    let plan = read(&sections(1, "rows = \"1..9\"\nseats = \"1..250\"")).expect("a plan").plan;
    let names = IndexedPlan::new(&plan);
    let error = |reader: &SeatReader<'_>, text| reader.seats(text).expect_err("none").to_string();
    let reader = SeatReader::new(&names);
    assert_eq!(error(&reader, "7-999"), "there is no 7-999: row 7 has the seats 1..250");
    let reader = reader.trying(512);
    assert_eq!(error(&reader, "7-999"), "there is no 7-999: seats are called like 1-1");
}
