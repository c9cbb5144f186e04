//! Parts of answers.

use redis::Value;

pub(super) fn array(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values),
        _ => None,
    }
}

pub(super) fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        _ => None,
    }
}

pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Some(text),
        value => bytes(value).and_then(|bytes| String::from_utf8(bytes).ok()),
    }
}

/// A number that is not negative.
pub(super) fn number(value: Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(number).ok(),
        value => text(value)?.parse().ok(),
    }
}
