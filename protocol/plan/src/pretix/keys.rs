//! The keys under `pretix` that are ours: none of them is a key of pretix.

use serde_json::{Map, Value};

/// Names of keys that would be written and are not there.
pub(super) const ABSENT: &str = "absent";

/// Of a plan: its coordinates are pretix's own.
pub(super) const IMPORTED: &str = "imported";

/// Of a zone without seats: which zone it is.
pub(super) const INDEX: &str = "index";

/// Of a zone: its rows without seats, by their places.
pub(super) const ROWS: &str = "rows";

/// Of a row: the physical index of each seat, in the order of pretix's list.
pub(super) const ORDER: &str = "order";

/// Of a row: what each seat has besides, in the order of pretix's list.
pub(super) const SEATS: &str = "seats";

/// The entries of a list of an object.
pub(super) fn list<'a>(object: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The rows without seats that a zone keeps, by their places.
pub(super) fn empty_rows(kept: &Map<String, Value>) -> Vec<(usize, Value)> {
    let rows = kept.get(ROWS).and_then(Value::as_object).into_iter().flatten();
    let mut rows: Vec<_> =
        rows.filter_map(|(at, row)| Some((at.parse().ok()?, row.clone()))).collect();
    rows.sort_by_key(|(at, _)| *at);
    rows
}
