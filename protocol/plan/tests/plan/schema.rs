//! The JSON Schema in `docs/` says what the reader reads.

use super::validate::{resolve, validate};
use boxoffice_plan::{
    Align, CategoryTable, DrawingTable, Kept, PlanFile, PlanFormat, Point, RowTable, SeatTable,
    SectionTable, ShapeTable, View, read_plan,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../docs/plan.schema.json")).expect("JSON")
}

fn text() -> Option<String> {
    Some("x".to_owned())
}

fn color() -> Option<String> {
    Some("#88aa00".to_owned())
}

fn point() -> Option<Point> {
    Some(Point::new(1.5, 2.0))
}

fn kept() -> Kept {
    Kept::from(json!({ "a": null }).as_object().expect("an object").clone())
}

fn shape() -> ShapeTable {
    ShapeTable {
        at: point(),
        rotation: Some(1.0),
        color: color(),
        border: color(),
        rectangle: point(),
        ellipse: point(),
        circle: Some(1.0),
        polygon: Some(vec![Point::new(0.0, 0.0)]),
        text: text(),
        text_at: point(),
        text_color: color(),
        text_size: Some(1.0),
        pretix: kept(),
    }
}

fn row() -> RowTable {
    RowTable {
        label: "A".to_owned(),
        was: text(),
        seats: text(),
        whole: Some(true),
        category: text(),
        view: Some(View::Restricted),
        at: point(),
        angle: Some(1.0),
        pitch: Some(1.0),
        aisle: Some(1.0),
        radius: Some(1.0),
        spread: Some(1.0),
        align: Some(Align::Left),
        points: Some(vec![Point::new(0.0, 0.0)]),
        guids: Some(vec!["x".to_owned()]),
        pretix: kept(),
    }
}

fn seat() -> SeatTable {
    SeatTable {
        seats: "A1".to_owned(),
        category: text(),
        accessible: true,
        companion: text(),
        view: Some(View::Full),
        guid: text(),
        was: text(),
    }
}

fn section() -> SectionTable {
    SectionTable {
        name: "x".to_owned(),
        was: text(),
        floor: text(),
        category: text(),
        capacity: Some(1),
        rows: text(),
        seats: text(),
        whole: true,
        view: Some(View::Full),
        at: point(),
        angle: Some(1.0),
        pitch: Some(1.0),
        row_pitch: Some(1.0),
        aisle: Some(1.0),
        radius: Some(1.0),
        align: Some(Align::Right),
        outline: Some(vec![Point::new(0.0, 0.0); 3]),
        pretix: kept(),
        row: vec![row()],
        seat: vec![seat()],
        shape: vec![shape()],
    }
}

/// A file with every key; a new field of a table does not compile without a value here.
fn everything() -> PlanFile {
    let drawing = DrawingTable { name: text(), at: point(), pretix: kept(), shape: vec![shape()] };
    PlanFile {
        name: "x".to_owned(),
        focus: point(),
        pretix: kept(),
        category: vec![CategoryTable { name: "x".to_owned(), color: color() }],
        section: vec![section()],
        drawing: vec![drawing],
    }
}

/// Compares the keys of objects with those of their schemas.
fn check_keys(root: &Value, schema: &Value, value: &Value, path: &str) {
    let schema = resolve(root, schema);
    match value {
        Value::Object(object) if schema.get("properties").is_some() => {
            let known = schema["properties"].as_object().expect("an object");
            let keys = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect();
            let (written, described): (BTreeSet<_>, BTreeSet<_>) = (keys(object), keys(known));
            assert_eq!(written, described, "the keys of {path}");
            for (key, value) in object {
                check_keys(root, &known[key], value, &format!("{path}.{key}"));
            }
        }
        Value::Array(list) => {
            let items = schema.get("items").expect("a list has items");
            list.iter().for_each(|value| check_keys(root, items, value, path));
        }
        _ => {}
    }
}

#[test]
fn the_schema_has_every_key_and_no_other() {
    let (schema, file) = (schema(), everything());
    let value = serde_json::to_value(&file).expect("JSON");
    check_keys(&schema, &schema, &value, "plan");
    assert_eq!(validate(&schema, &schema, &value), Ok(()));
    let read: PlanFile = serde_json::from_value(value).expect("it reads what it writes");
    assert_eq!(read, file);
}

#[test]
fn what_the_schema_refuses_is_refused() {
    let schema = schema();
    let section = |keys: &str| format!(r#"{{"name":"x","section":[{{"name":"a",{keys}}}]}}"#);
    for (text, fits) in [
        (section(r#""capacity":5"#), true),
        (section(r#""rows":"A","seats":"1..2","pretix":"{}""#), true),
        (section(r#""capacity":0"#), false),
        (section(r#""capacity":1.5"#), false),
        (section(r#""capacity":1,"pitch":0"#), false),
        (section(r#""capacity":1,"at":[1]"#), false),
        (section(r#""capacity":1,"at":[1,2,3]"#), false),
        (section(r#""capacity":1,"outline":[[0,0],[1,1]]"#), false),
        (section(r#""capacity":1,"view":"good""#), false),
        (section(r#""capacity":1,"sale":true"#), false),
        (r#"{"name":"x","section":[]}"#.to_owned(), false),
        (r#"{"name":"x"}"#.to_owned(), false),
    ] {
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(validate(&schema, &schema, &value).is_ok(), fits, "the schema of {text}");
        assert_eq!(read_plan(&text, PlanFormat::Json).is_ok(), fits, "the reader of {text}");
    }
}
