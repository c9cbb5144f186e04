//! What a page draws of a plan.

use boxoffice_plan::{PlanDrawing, PlanFormat, read_plan};
use serde_json::Value;

fn drawn(toml: &str) -> Value {
    let source = read_plan(toml, PlanFormat::Toml).expect("a plan");
    serde_json::to_value(PlanDrawing::new(&source)).expect("JSON")
}

#[test]
fn a_drawing_has_places_labels_colours_and_marks() {
    let drawing = drawn(
        "name = \"Hall\"\n[[category]]\nname = \"Front\"\ncolor = \"#102030\"\n[[section]]\n\
         name = \"stalls\"\ncategory = \"Front\"\nrows = \"A..B\"\nseats = \"3 1 | 2\"\nat = [0, 0]\n\
         pitch = 20\naisle = 10\nalign = \"left\"\nrow_pitch = 30\n[[section.seat]]\nseats = \"A3\"\n\
         accessible = true\n[[section.seat]]\nseats = \"A1\"\ncompanion = \"A3\"\n[[section]]\n\
         name = \"pit\"\ncapacity = 40\noutline = [[0, 100], [50, 100], [50, 150]]\n[[drawing]]\n\
         [[drawing.shape]]\nat = [10, -40]\ncircle = 5\ntext = \"Stage\"\n",
    );
    assert_eq!(drawing["categories"][0]["color"], "#102030");
    assert_eq!(drawing["labels"], serde_json::json!([["3", "1", "2"]]));
    let rows = &drawing["sections"][0]["rows"];
    assert_eq!(rows[0]["points"], serde_json::json!([0, 0, 200, 0, 300, 0]));
    assert_eq!(rows[1]["points"][1], 300);
    assert_eq!((&rows[0]["accessible"][0], &rows[0]["companions"][0]), (&0.into(), &1.into()));
    assert_eq!(drawing["sections"][1]["capacity"], 40);
    assert_eq!(drawing["shapes"][0]["ellipse"], serde_json::json!([100, -400, 50, 50, 0]));
    assert_eq!(drawing["shapes"][0]["text"]["text"], "Stage");
}

#[test]
fn every_sample_is_drawn_with_all_its_seats() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../client/examples/plans");
    for name in ["theatre", "cinema", "club", "arena", "stadium"] {
        let toml = std::fs::read_to_string(format!("{samples}/{name}.toml")).expect("a sample");
        let drawing = drawn(&toml);
        let sections = drawing["sections"].as_array().expect("a list");
        let rows = sections.iter().filter_map(|section| section["rows"].as_array()).flatten();
        let points = |row: &Value| row["points"].as_array().map_or(0, |points| points.len() / 2);
        let seats = read_plan(&toml, PlanFormat::Toml).expect("a plan").plan.seats().count();
        assert_eq!(rows.map(points).sum::<usize>(), seats, "{name}");
        if let Ok(folder) = std::env::var("BOXOFFICE_DRAWINGS") {
            std::fs::write(format!("{folder}/{name}.json"), drawing.to_string()).expect("written");
        }
    }
}
