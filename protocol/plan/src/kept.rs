//! What another format said and a plan has no word for, kept so that it can be written again.

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// An object of JSON, or a text of one: TOML has no null and no large numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    pub entries: Map<String, Value>,
    /// Whether it is written as a text.
    pub(crate) as_text: bool,
}

impl Kept {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl From<Map<String, Value>> for Kept {
    fn from(entries: Map<String, Value>) -> Self {
        Self { entries, as_text: false }
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.as_text {
            let text = serde_json::to_string(&Sorted(&self.entries));
            return serializer.serialize_str(&text.map_err(serde::ser::Error::custom)?);
        }
        Sorted(&self.entries).serialize(serializer)
    }
}

/// An object with its keys in order, as the canonical form of a plan needs it.
struct Sorted<'a>(&'a Map<String, Value>);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sorted: BTreeMap<_, _> = self.0.iter().collect();
        let mut map = serializer.serialize_map(Some(sorted.len()))?;
        for (key, value) in sorted {
            map.serialize_entry(key, &SortedValue(value))?;
        }
        map.end()
    }
}

struct SortedValue<'a>(&'a Value);

impl Serialize for SortedValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => Sorted(map).serialize(serializer),
            Value::Array(list) => serializer.collect_seq(list.iter().map(SortedValue)),
            value => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeptVisitor)
    }
}

struct KeptVisitor;

impl<'de> Visitor<'de> for KeptVisitor {
    type Value = Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, or a text of one in JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Kept, E> {
        serde_json::from_str(text).map(|entries: Map<_, _>| Kept::from(entries)).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kept, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(Kept::from(map))
    }
}
