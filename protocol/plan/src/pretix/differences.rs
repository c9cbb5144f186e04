//! What pretix's objects have and ours do not say.
//!
//! An object is kept as the keys whose values would be written otherwise, and under [`ABSENT`] the
//! names of keys that would be written and are not there.

use super::json::equal;
use super::keys::ABSENT;
use crate::kept::Kept;
use serde_json::{Map, Value};

/// The entries of `original` that `written` lacks or has otherwise. Keys in `lists` are compared
/// elsewhere, unless one side has none.
pub(super) fn difference(
    original: &Map<String, Value>,
    written: &Map<String, Value>,
    lists: &[&str],
) -> Map<String, Value> {
    let is_said = |key: &str, value: &Value| {
        written.get(key).is_some_and(|other| lists.contains(&key) || equal(value, other))
    };
    let entries = original.iter().filter(|(key, value)| !is_said(key, value));
    let mut kept: Map<_, _> = entries.map(|(key, value)| (key.clone(), value.clone())).collect();
    let absent: Vec<Value> = written
        .keys()
        .filter(|key| !original.contains_key(*key))
        .map(|key| Value::from(key.as_str()))
        .collect();
    if !absent.is_empty() {
        kept.insert(ABSENT.to_owned(), absent.into());
    }
    kept
}

/// Adds what is kept to an object that is written.
pub(super) fn restore(written: &mut Map<String, Value>, kept: &Map<String, Value>, own: &[&str]) {
    for (key, value) in kept.iter().filter(|(key, _)| !own.contains(&key.as_str())) {
        if key != ABSENT {
            written.insert(key.clone(), value.clone());
        }
    }
    for key in kept.get(ABSENT).and_then(Value::as_array).into_iter().flatten() {
        if let Some(key) = key.as_str() {
            written.remove(key);
        }
    }
}

/// Adds entries to what is kept.
pub(super) fn keep(kept: &mut Kept, entries: Map<String, Value>) {
    kept.entries.extend(entries);
}
