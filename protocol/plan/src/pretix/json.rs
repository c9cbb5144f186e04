//! JSON that must have a form, and says where it has not; and when two values are equal as JSON.

use crate::fault::PlanFault;
use serde_json::{Map, Value};

/// A value, and where it is.
#[derive(Debug, Clone)]
pub(super) struct JsonAt<'a> {
    pub(super) value: &'a Value,
    path: String,
}

pub(super) type Found<T> = Result<T, PlanFault>;

impl<'a> JsonAt<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    pub(super) fn fault(&self, why: impl Into<String>) -> PlanFault {
        PlanFault::new(self.path.clone(), why)
    }

    /// The object that this is.
    pub(super) fn object(&self) -> Found<&'a Map<String, Value>> {
        self.value.as_object().ok_or_else(|| self.fault("must be an object"))
    }

    /// A value of the object that this is.
    pub(super) fn optional(&self, key: &str) -> Found<Option<Self>> {
        let dot = if self.path.is_empty() { "" } else { "." };
        let value = self.object()?.get(key);
        Ok(value.map(|value| Self { value, path: format!("{}{dot}{key}", self.path) }))
    }

    pub(super) fn required(&self, key: &str) -> Found<Self> {
        self.optional(key)?.ok_or_else(|| self.fault(format!("needs {key:?}")))
    }

    pub(super) fn text(&self) -> Found<&'a str> {
        self.value.as_str().ok_or_else(|| self.fault("must be a text"))
    }

    pub(super) fn number(&self) -> Found<f64> {
        self.value.as_f64().ok_or_else(|| self.fault("must be a number"))
    }

    pub(super) fn whole(&self) -> Found<f64> {
        let number = self.number()?;
        if number.fract() == 0.0 { Ok(number) } else { Err(self.fault("must be a whole number")) }
    }

    pub(super) fn list(&self) -> Found<impl Iterator<Item = JsonAt<'a>>> {
        let list = self.value.as_array().ok_or_else(|| self.fault("must be a list"))?;
        let path = self.path.clone();
        let at = move |(index, value)| JsonAt { value, path: format!("{path}[{index}]") };
        Ok(list.iter().enumerate().map(at))
    }

    pub(super) fn optional_text(&self, key: &str) -> Found<Option<&'a str>> {
        self.optional(key)?.map(|value| value.text()).transpose()
    }

    /// Checks a text that may be null.
    pub(super) fn check_nullable_text(&self, key: &str) -> Found<()> {
        match self.optional(key)? {
            Some(value) if !value.value.is_null() => value.text().map(|_| ()),
            _ => Ok(()),
        }
    }

    /// The text of a key, one of some.
    pub(super) fn one_of(&self, key: &str, choices: &[&str]) -> Found<Option<&'a str>> {
        let Some(value) = self.optional(key)? else { return Ok(None) };
        let text = value.text()?;
        if choices.contains(&text) {
            return Ok(Some(text));
        }
        Err(value.fault(format!("must be one of {}", choices.join(", "))))
    }

    /// The first key that is none of these.
    pub(super) fn unknown(&self, known: &[&str]) -> Found<Vec<&'a str>> {
        let keys = self.object()?.keys().map(String::as_str);
        Ok(keys.filter(|key| !known.contains(key)).collect())
    }
}

/// Whether two values are equal as JSON: numbers by their value, objects whatever the order.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || [one, other].into_iter().all(is_exact) && one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| equal(value, other)))
        }
        (one, other) => one == other,
    }
}

/// Whether a number is the same as an `f64`.
fn is_exact(number: &serde_json::Number) -> bool {
    const EXACT: i64 = 1 << 53;
    number.is_f64() || number.as_i64().is_some_and(|whole| (-EXACT..=EXACT).contains(&whole))
}
