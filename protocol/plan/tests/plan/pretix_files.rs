//! Any file that the schema of pretix's seating plans allows.

use proptest::option;
use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};

/// An object of keys that are there or not.
fn object(keys: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
    let object = move |values: Vec<Option<Value>>| {
        let entries = names.iter().zip(values);
        let entries = entries.filter_map(|(name, value)| Some((name.to_string(), value?)));
        Value::Object(entries.collect::<Map<_, _>>())
    };
    values.prop_map(object).boxed()
}

fn always(value: BoxedStrategy<Value>) -> BoxedStrategy<Option<Value>> {
    value.prop_map(Some).boxed()
}

fn maybe(value: BoxedStrategy<Value>) -> BoxedStrategy<Option<Value>> {
    option::of(value).boxed()
}

/// Texts that people write, and any others.
fn text() -> BoxedStrategy<Value> {
    let texts = prop_oneof![
        6 => "[A-C1-4]{1,2}",
        2 => "(Stalls|Block D|row:1|a\\.\\.b|\\.|01|e\u{301}|\u{202E}x| x )?",
        1 => "\\PC{0,40}",
        1 => any::<String>(),
    ];
    texts.prop_map(Value::from).boxed()
}

fn nullable(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop_oneof![3 => value, 1 => Just(Value::Null)].boxed()
}

fn whole() -> BoxedStrategy<Value> {
    prop_oneof![
        6 => (-500..500i64).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => (-500..500i32).prop_map(|whole| Value::from(f64::from(whole))),
    ]
    .boxed()
}

fn number() -> BoxedStrategy<Value> {
    let floats = prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL;
    prop_oneof![4 => whole(), 3 => (-500.0..500.0f64).prop_map(Value::from),
                1 => floats.prop_map(Value::from)]
    .boxed()
}

fn list(value: BoxedStrategy<Value>, most: usize) -> BoxedStrategy<Value> {
    prop::collection::vec(value, 0..=most).prop_map(Value::from).boxed()
}

fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<Value> {
    Union::new(texts.iter().map(|&text| Just(Value::from(text)))).boxed()
}

fn position() -> BoxedStrategy<Value> {
    object(vec![("x", always(number())), ("y", always(number()))])
}

fn seat() -> BoxedStrategy<Value> {
    object(vec![
        ("seat_guid", always(text())),
        ("seat_number", always(text())),
        ("uuid", maybe(text())),
        ("start_direction", maybe(nullable(text()))),
        ("radius", maybe(whole())),
        ("position", always(position())),
        ("category", always(text())),
    ])
}

/// Seats side by side, as an editor puts them, or anywhere.
fn seats() -> BoxedStrategy<Value> {
    let row =
        prop::collection::vec((seat(), prop_oneof![Just(25.0), Just(25.5), Just(90.0)]), 1..6);
    let row = row.prop_map(|seats| {
        let mut x = 0.0;
        let place = |(mut seat, distance): (Value, f64)| {
            seat["position"] = json!({ "x": x, "y": 0 });
            x += distance;
            seat
        };
        seats.into_iter().map(place).collect::<Vec<_>>().into()
    });
    prop_oneof![row, list(seat(), 5)].boxed()
}

fn row() -> BoxedStrategy<Value> {
    object(vec![
        ("row_number", always(text())),
        ("row_label", maybe(nullable(text()))),
        ("seat_label", maybe(nullable(text()))),
        ("uuid", maybe(text())),
        ("seats", always(seats())),
        ("row_number_position", maybe(nullable(one_of(&["start", "end", "both"])))),
        ("position", maybe(position())),
    ])
}

fn area() -> BoxedStrategy<Value> {
    let size = object(vec![("width", always(whole())), ("height", always(whole()))]);
    let words = object(vec![
        ("text", always(text())),
        ("color", maybe(text())),
        ("size", maybe(whole())),
        ("position", always(position())),
    ]);
    object(vec![
        ("color", maybe(prop_oneof![text(), Just(json!("#88aa00"))].boxed())),
        ("border_color", maybe(text())),
        ("rotation", maybe(number())),
        ("position", maybe(position())),
        ("uuid", maybe(text())),
        ("shape", maybe(one_of(&["polygon", "rectangle", "ellipse", "circle", "text"]))),
        ("polygon", maybe(object(vec![("points", always(list(position(), 5)))]))),
        ("rectangle", maybe(size)),
        ("ellipse", maybe(object(vec![("radius", always(position()))]))),
        ("circle", maybe(object(vec![("radius", always(whole()))]))),
        ("text", maybe(words)),
    ])
}

fn zone() -> BoxedStrategy<Value> {
    object(vec![
        ("name", maybe(text())),
        ("zone_id", maybe(text())),
        ("uuid", maybe(text())),
        ("position", always(position())),
        ("rows", always(list(row(), 3))),
        ("areas", maybe(list(area(), 2))),
    ])
}

/// Any seating plan.
pub(crate) fn file() -> BoxedStrategy<Value> {
    let category = object(vec![("name", always(text())), ("color", maybe(text()))]);
    let size = object(vec![("width", always(whole())), ("height", always(whole()))]);
    object(vec![
        ("name", always(text())),
        ("categories", always(list(category, 4))),
        ("size", always(size)),
        ("zones", always(list(zone(), 4))),
    ])
}

/// Whether two values are equal as JSON: numbers by their exact value.
pub(crate) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let is_same_float = one.as_f64() == other.as_f64();
            let exact = |number: &serde_json::Number| number.as_i128();
            let (whole, others) = (exact(one), exact(other));
            if whole.is_some() && others.is_some() { whole == others } else { is_same_float }
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(key, value)| other.get::<String>(key).is_some_and(|it| equal(value, it));
            one.len() == other.len() && one.iter().all(same)
        }
        (one, other) => one == other,
    }
}
