//! Seating plans of pretix: read into a plan and written the same.

use super::pretix_files::{equal, file};
use boxoffice_plan::pretix::{export, import};
use boxoffice_plan::{Plan, PlanFormat, read_plan};
use proptest::prelude::*;
use serde_json::{Value, json};

const TOWN_HALL: &str = include_str!("town-hall.pretix.json");

fn labels(plan: &Plan) -> Vec<String> {
    plan.seats().map(|seat| plan.label(seat).expect("its own").into_string()).collect()
}

/// Imports, writes the plan as TOML and as JSON, reads it again and exports.
fn round_trip(text: &str) -> Result<Value, String> {
    let source = import(text).map_err(|error| error.to_string())?.source;
    let toml = source.file.to_toml();
    let again = read_plan(&toml, PlanFormat::Toml).map_err(|error| format!("{toml}\n{error}"))?;
    if again != source {
        return Err(format!("TOML reads otherwise:\n{toml}"));
    }
    let json = read_plan(&source.file.to_json(), PlanFormat::Json);
    if json.as_ref() != Ok(&source) {
        return Err(format!("JSON reads otherwise: {json:?}"));
    }
    Ok(export(&again).json)
}

#[test]
fn a_hall_with_an_aisle_and_odd_and_even_numbers() {
    let imported = import(TOWN_HALL).expect("a seating plan");
    assert_eq!(imported.notes, [""; 0]);
    let source = imported.source;
    assert_eq!(labels(&source.plan), ["H1", "H3", "H4", "H2", "J101"]);
    let rows = source.plan.sections[0].rows();
    assert_eq!(rows[0].seats.runs().collect::<Vec<_>>(), [0..2, 2..4]);
    assert_eq!(source.plan.categories, ["Stalls"]);
    assert!(source.file.to_toml().contains("seats = \"1 3 | 4 2\""), "{}", source.file.to_toml());
    let original: Value = serde_json::from_str(TOWN_HALL).expect("JSON");
    assert!(equal(&round_trip(TOWN_HALL).expect("it is kept"), &original));
}

fn plan_of(seats: &Value) -> Value {
    json!({
        "name": "x",
        "categories": [],
        "size": { "width": 1, "height": 1 },
        "zones": [{ "position": { "x": 0, "y": 0 }, "rows": [{ "row_number": "A", "seats": seats }] }],
    })
}

fn seat(number: &str, x: f64) -> Value {
    json!({ "seat_guid": format!("g{x}"), "seat_number": number, "category": "",
            "position": { "x": x, "y": 0 } })
}

#[test]
fn equal_labels_get_a_suffix_that_is_told() {
    let plan =
        plan_of(&json!([seat("1", 0.0), seat("1", 25.0), seat("a b", 50.0), seat("", 75.0)]));
    let imported = import(&plan.to_string()).expect("allowed there");
    assert_eq!(labels(&imported.source.plan), ["A1", "A-1.2", "A-a.b", "A-S4"]);
    let told = ["seat \"1\" of row A of Zone 1 is called A-1.2 here", "is called A-a.b here"];
    let notes = imported.notes.join("\n");
    assert!(told.iter().all(|told| notes.contains(told)), "{notes}");
    assert!(equal(&export(&imported.source).json, &plan));
}

#[test]
fn seats_of_a_straight_row_are_put_in_physical_order() {
    let plan =
        plan_of(&json!([seat("1", 0.0), seat("2", 90.0), seat("3", 25.0), seat("4", 115.0)]));
    let source = import(&plan.to_string()).expect("a seating plan").source;
    assert_eq!(labels(&source.plan), ["A1", "A3", "A2", "A4"]);
    assert_eq!(source.plan.sections[0].rows()[0].seats.breaks(), [2]);
    assert!(equal(&export(&source).json, &plan));
}

#[test]
fn broken_files_are_refused_with_their_place() {
    let good: Value = serde_json::from_str(TOWN_HALL).expect("JSON");
    let check = |pointer: &str, value: Value, path: &str, why: &str| {
        let mut broken = good.clone();
        *broken.pointer_mut(pointer).expect(pointer) = value;
        let error = import(&broken.to_string()).expect_err(pointer);
        let fault = &error.faults[0];
        assert!(fault.path == path && fault.why.contains(why), "{pointer}: {error}");
    };
    let seat = "zones[0].rows[0].seats[1]";
    check("/zones/0/rows/0/seats/1", json!({}), seat, "needs \"seat_number\"");
    check(
        "/zones/0/rows/0/seats/1/position/x",
        json!("1"),
        &format!("{seat}.position.x"),
        "number",
    );
    check("/zones/0/rows/0/seats/1/seat_guid", json!(1), &format!("{seat}.seat_guid"), "a text");
    check("/zones/0/rows/0", json!([]), "zones[0].rows[0]", "an object");
    check("/zones", json!({}), "zones", "a list");
    check("/zones", json!([]), "zones", "no seats");
    check("/size/width", json!(1.5), "size.width", "whole");
    check(
        "/zones/0/rows/0/seats",
        json!(vec![json!(null); 2]),
        "zones[0].rows[0].seats[0]",
        "object",
    );
    assert!(import("{").expect_err("no JSON").to_string().contains("is no JSON"));
    assert!(import(&"[".repeat(1_000_000)).expect_err("deep").to_string().contains("recursion"));
    assert!(import("{\"name\": 1e999}").expect_err("large").to_string().contains("out of range"));
}

#[test]
fn what_pretix_cannot_say_is_told() {
    let text = "name = \"Hall\"\nfocus = [0, 0]\n\
        [[section]]\nname = \"floor\"\ncapacity = 100\n\
        [[section]]\nname = \"box\"\nfloor = \"1st\"\nrows = \"1\"\nseats = \"1 2 | 3\"\nwhole = true\n\
        view = \"restricted\"\n[[section.seat]]\nseats = \"1-1\"\naccessible = true\n\
        [[section.seat]]\nseats = \"1-2\"\ncompanion = \"1-1\"\n";
    let source = read_plan(text, PlanFormat::Toml).expect("a plan");
    let written = export(&source);
    let notes = written.notes.join("\n");
    for told in [
        "100 standing places",
        "1 rows that are taken entirely",
        "1 accessible",
        "1 seats of companions",
        "3 seats with a restricted view",
        "1 breaks",
        "floors of 1",
        "focus",
    ] {
        assert!(notes.contains(told), "{notes}");
    }
    let again = import(&written.json.to_string()).expect("pretix reads it").source;
    assert_eq!(labels(&again.plan), ["1-1", "1-2", "1-3"]);
    assert_eq!(again.plan.sections[0].rows()[0].seats.breaks(), [2]);
    assert!(equal(&export(&again).json, &written.json));
}

proptest! {
    #[test]
    fn every_valid_file_is_written_as_it_was_read(file in file()) {
        let text = file.to_string();
        match round_trip(&text) {
            Ok(written) => prop_assert!(equal(&written, &file), "{}\nbecame\n{}", file, written),
            Err(why) => prop_assert!(why.contains("have no seats"), "{}\n{}", file, why),
        }
    }
}
