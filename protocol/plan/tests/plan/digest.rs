//! The canonical form of a plan, and its digest.

use boxoffice_plan::{PlanFormat, SourcePlan, plan_digest, read_file, read_plan};

const HALL: &str = r##"
name = "Town hall"           # a comment
focus = [0, -2.5]
[[category]]
name = "Stalls"
color = "#88aa00"
[[section]]
name = "stalls"
category = "Stalls"
floor = "ground"
rows = "A..C"
seats = "3..1/2 | 2..4/2"
at = [0, 0]
pitch = 1e1
pretix = '{"b": null, "a": 12345678901234567890}'
[[section.row]]
label = "C"
seats = "1 2"
points = [[0.5, 1], [2, 3.0]]
[[section.seat]]
seats = "a01"
accessible = true
guid = "x"
"##;

fn read(text: &str) -> SourcePlan {
    read_plan(text, PlanFormat::Toml).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn toml_json_and_the_canonical_form_read_the_same() {
    let source = read(HALL);
    assert_eq!(read(&source.file.to_toml()), source);
    let json = read_plan(&source.file.to_json(), PlanFormat::Json).expect("JSON");
    assert_eq!(json, source);
    let canonical = source.file.canonical();
    let again = read_file(&canonical, PlanFormat::Json).expect("the canonical form");
    assert_eq!(again, source);
    assert_eq!(again.file.canonical(), canonical);
}

#[test]
fn the_digest_is_of_what_a_plan_says() {
    let digest = |text: &str| plan_digest(&read(text).file.canonical());
    let comments =
        HALL.replace("# a comment", "").replace("1e1", "10.0").replace("[0, 0]", "[0.0,0]");
    assert_eq!(digest(&comments), digest(HALL));
    assert_ne!(digest(&HALL.replace("a01", "a03")), digest(HALL));
    // Another version of this crate gives it, too.
    let small = "name = \"x\"\n[[section]]\nname = \"f\"\ncapacity = 5\nat = [1.50, 2]\n";
    let canonical = read(small).file.canonical();
    let expected = r#"{"name":"x","section":[{"name":"f","capacity":5,"at":[1.5,2]}]}"#;
    assert_eq!(String::from_utf8(canonical).as_deref(), Ok(expected));
    assert_eq!(digest(small).to_string().len(), 64);
}
