//! Rows of any table as JSON, and back. A reservation's id is a UUID's text there, and several seats are
//! an array.

use super::error::{RowsError, Tried};
use rusqlite::types::{Value as Column, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};
use uuid::Uuid;

const DOING: &str = "move rows";

/// The rows of a table that fit a condition.
pub(super) fn read(
    connection: &Connection,
    table: &str,
    condition: &str,
    values: &[&str],
) -> Result<Vec<Value>, RowsError> {
    let sql = format!("SELECT * FROM {table} {condition}");
    let mut statement = connection.prepare_cached(&sql).tried(DOING)?;
    let names: Vec<_> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query(params_from_iter(values)).tried(DOING)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().tried(DOING)? {
        let mut object = Map::new();
        for (index, name) in names.iter().enumerate() {
            let value = value(table, name, row.get_ref(index).tried(DOING)?)?;
            object.insert(name.clone(), value);
        }
        found.push(Value::Object(object));
    }
    Ok(found)
}

/// Inserts the rows that an object has under the table's name.
pub(super) fn insert(
    connection: &Connection,
    table: &str,
    tables: &Value,
) -> Result<(), RowsError> {
    for row in tables.get(table).and_then(Value::as_array).into_iter().flatten() {
        let row = row.as_object().ok_or_else(|| unlike(table, "a row is no object"))?;
        let columns = row.iter().map(|(name, value)| column(table, name, value));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let names = row.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({names}) VALUES ({marks})");
        let mut statement = connection.prepare_cached(&sql).tried(DOING)?;
        statement.execute(params_from_iter(columns)).tried(DOING)?;
    }
    Ok(())
}

fn value(table: &str, name: &str, column: ValueRef<'_>) -> Result<Value, RowsError> {
    let text = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec()).map_err(|why| unlike(table, &why.to_string()))
    };
    Ok(match column {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Text(bytes) if name == "seats" => serde_json::from_slice(bytes)
            .map_err(|why| unlike(table, &format!("column seats: {why}")))?,
        ValueRef::Text(bytes) => text(bytes)?.into(),
        ValueRef::Blob(bytes) => {
            let id = Uuid::from_slice(bytes).map_err(|why| unlike(table, &why.to_string()))?;
            id.to_string().into()
        }
        ValueRef::Real(_) => return Err(unlike(table, &format!("column {name} is no integer"))),
    })
}

fn column(table: &str, name: &str, value: &Value) -> Result<Column, RowsError> {
    let wrong = || unlike(table, &format!("column {name} is not what was written"));
    Ok(match value {
        Value::Null => Column::Null,
        Value::Number(number) => Column::Integer(number.as_i64().ok_or_else(wrong)?),
        Value::String(text) if is_id(table, name) => {
            let id = Uuid::parse_str(text).map_err(|_| wrong())?;
            Column::Blob(id.as_bytes().to_vec())
        }
        Value::String(text) => Column::Text(text.clone()),
        Value::Array(_) => Column::Text(value.to_string()),
        Value::Bool(_) | Value::Object(_) => return Err(wrong()),
    })
}

fn is_id(table: &str, name: &str) -> bool {
    matches!((table, name), ("reservations", "id") | ("live_seats", "reservation"))
}

fn unlike(table: &str, why: &str) -> RowsError {
    RowsError::damaged(format!("table {table}"), why)
}
