//! As much of JSON Schema as the schema of plans uses.

use serde_json::Value;

/// Why a value does not fit a schema, if it does not.
pub(crate) fn validate(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolve(root, schema);
    let wrong = |why: &str| Err(format!("{value} {why} {schema}"));
    for (rule, wanted) in schema.as_object().expect("a schema is an object") {
        let holds = match rule.as_str() {
            "type" => match wanted.as_array() {
                Some(types) => types.iter().any(|wanted| is_of(wanted, value)),
                None => is_of(wanted, value),
            },
            "enum" => wanted.as_array().expect("a list").contains(value),
            "minimum" => value.as_f64() >= wanted.as_f64(),
            "maximum" => value.as_f64() <= wanted.as_f64(),
            "exclusiveMinimum" => value.as_f64() > wanted.as_f64(),
            "minLength" => value.as_str().map(|it| it.chars().count() as u64) >= wanted.as_u64(),
            "maxLength" => value.as_str().map(|it| it.chars().count() as u64) <= wanted.as_u64(),
            "minItems" => value.as_array().map(|it| it.len() as u64) >= wanted.as_u64(),
            "maxItems" => value.as_array().map(|it| it.len() as u64) <= wanted.as_u64(),
            "required" => {
                let keys = wanted.as_array().expect("a list").iter();
                keys.filter_map(Value::as_str).all(|key| value.get(key).is_some())
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                value.as_object().expect("an object").keys().all(|key| known.get(key).is_some())
            }
            "properties" => {
                for (key, value) in value.as_object().expect("an object") {
                    validate(root, &wanted[key.as_str()], value)?;
                }
                true
            }
            "items" => {
                value
                    .as_array()
                    .expect("a list")
                    .iter()
                    .try_for_each(|it| validate(root, wanted, it))?;
                true
            }
            "pattern" | "description" | "title" | "$schema" | "$defs" => true,
            unknown => panic!("the schema uses {unknown}, which is not known here"),
        };
        if !holds {
            return wrong(rule);
        }
    }
    Ok(())
}

/// The schema that a reference names, with what stands beside the reference left out.
pub(crate) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(&reference[1..]).expect("a definition"),
        None => schema,
    }
}

fn is_of(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a type's name") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        other => panic!("the schema uses the type {other}, which is not known here"),
    }
}
