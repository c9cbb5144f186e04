//! What the description says beyond the types of Rust: fields that exclude each other, lists
//! without repeats, bounds of integers, and parameters that are there or not, but never null.

use serde_json::{Map, Value, json};

/// The methods of a path.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The event's body with its slug, for the address that does not have it.
const NAMED_EVENT: &str = "NamedEvent";

/// The version of a tag, or any.
const TAG: &str = r#"^("[0-9]{1,19}-[^"]*"|\*)$"#;

/// The `next` of a page of reservations.
const CURSOR: &str = r"^[a-z0-9][a-z0-9-]{0,63}(\.[0-9]{1,19})?$";

/// Adds the constraints to a description.
pub(super) fn add(description: &mut Value) {
    if let Some(Value::Object(schemas)) = description.pointer_mut("/components/schemas") {
        constrain_reservations(schemas);
        constrain_sections(schemas);
        name_events(schemas);
        schemas.values_mut().for_each(bound_integers);
    }
    let named = json!({ "$ref": format!("#/components/schemas/{NAMED_EVENT}") });
    let body = "/paths/~1v1~1events/post/requestBody/content/application~1json/schema";
    set(description, body, named);
    let Some(Value::Object(paths)) = description.pointer_mut("/paths") else { return };
    for operations in paths.values_mut() {
        for method in METHODS {
            let parameters = operations.get_mut(method).and_then(|it| it.get_mut("parameters"));
            let parameters = parameters.and_then(Value::as_array_mut);
            parameters.into_iter().flatten().for_each(constrain_parameter);
        }
    }
}

fn constrain_reservations(schemas: &mut Map<String, Value>) {
    let seats = json!({ "minItems": 1, "maxItems": 100, "uniqueItems": true });
    let reservation = &mut schemas["NewReservation"];
    for field in ["id", "seats", "best", "standing", "ttl_ms"] {
        never_null(&mut reservation["properties"][field]);
    }
    merge(&mut reservation["properties"]["seats"], &seats);
    let reserved_for_a_time = json!({
        "required": ["action", "ttl_ms"],
        "properties": { "action": { "const": "reserve" } },
    });
    let mut wrong = none_or_several(&["seats", "best", "standing"]);
    wrong.push(reserved_for_a_time);
    reservation["not"] = json!({ "anyOf": wrong });
    merge(&mut schemas["Keep"]["oneOf"][0], &seats);
    let exchange = &mut schemas["Exchange"];
    let kinds = ["seats", "standing"];
    kinds.iter().for_each(|kind| never_null(&mut exchange["properties"][kind]));
    merge(&mut exchange["properties"]["seats"], &seats);
    exchange["not"] = json!({ "anyOf": none_or_several(&kinds) });
}

/// What has not exactly one of these fields: two of them, or none.
fn none_or_several(fields: &[&str]) -> Vec<Value> {
    let pairs = fields.iter().enumerate().flat_map(|(index, one)| {
        fields[index + 1..].iter().map(move |other| json!({ "required": [one, other] }))
    });
    let each: Vec<Value> = fields.iter().map(|field| json!({ "required": [field] })).collect();
    pairs.chain([json!({ "not": { "anyOf": each } })]).collect()
}

fn constrain_sections(schemas: &mut Map<String, Value>) {
    for section in ["NewSection", "SectionUpdate"] {
        let fields = &mut schemas[section]["properties"];
        never_null(&mut fields["rows"]);
        never_null(&mut fields["capacity"]);
        fields["capacity"]["minimum"] = json!(1);
    }
    never_null(&mut schemas["SectionUpdate"]["properties"]["blocked"]);
    let both = json!({ "required": ["rows", "capacity"] });
    schemas["NewSection"]["not"] = json!({ "anyOf": none_or_several(&["rows", "capacity"]) });
    let seated_and_blocked = json!({ "required": ["rows", "blocked"] });
    schemas["SectionUpdate"]["not"] = json!({ "anyOf": [both, seated_and_blocked] });
    let rows = json!({
        "minItems": 1,
        "maxItems": 4096,
        "items": { "type": "integer", "minimum": 1, "maximum": 4096 },
    });
    merge(&mut schemas["Rows"]["oneOf"][0], &rows);
}

/// Where the address has an event's slug, the body need not; where it does not, the body has to.
fn name_events(schemas: &mut Map<String, Value>) {
    let mut named = schemas["NewEvent"].clone();
    never_null(&mut named["properties"]["id"]);
    if let Some(required) = named["required"].as_array_mut() {
        required.push(json!("id"));
    }
    schemas.insert(NAMED_EVENT.to_owned(), named);
    if let Some(fields) = schemas["NewEvent"]["properties"].as_object_mut() {
        fields.remove("id");
    }
}

/// A format is no bound: an integer without one has that of its type in Rust, or of the format.
fn bound_integers(schema: &mut Value) {
    let format = schema.get("format").and_then(Value::as_str);
    let largest = match format {
        Some("int32") => Some(u64::from(u32::MAX)),
        Some("int64") => Some(i64::MAX.unsigned_abs()),
        _ => None,
    };
    match schema {
        Value::Object(fields) => {
            if let Some(largest) = largest {
                fields.entry("maximum").or_insert_with(|| largest.into());
            }
            fields.values_mut().for_each(bound_integers);
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(bound_integers),
        _ => {}
    }
}

fn constrain_parameter(parameter: &mut Value) {
    never_null(&mut parameter["schema"]);
    let is_text = parameter["schema"].get("type").is_some_and(|word| word == "string");
    let pattern = match parameter["name"].as_str() {
        Some("If-Match") => TAG,
        // That of a list of events is an event's id.
        Some("after") if is_text => CURSOR,
        _ => return,
    };
    parameter["schema"]["pattern"] = json!(pattern);
}

/// Takes null from what a schema allows.
fn never_null(schema: &mut Value) {
    let types = schema.get("type").and_then(Value::as_array);
    if let Some(word) = types.and_then(|types| types.iter().find(|&word| word != "null")) {
        schema["type"] = word.clone();
    }
    let one_of = schema.get("oneOf").and_then(Value::as_array);
    let is_null = |schema: &Value| schema.get("type").is_some_and(|word| word == "null");
    if let Some([one, other]) = one_of.map(Vec::as_slice)
        && is_null(other)
    {
        *schema = one.clone();
    }
}

fn merge(schema: &mut Value, more: &Value) {
    for (field, value) in more.as_object().into_iter().flatten() {
        schema[field] = value.clone();
    }
}

fn set(description: &mut Value, pointer: &str, value: Value) {
    if let Some(found) = description.pointer_mut(pointer) {
        *found = value;
    }
}
