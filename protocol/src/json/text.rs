//! Values that JSON has as a string of their text, whatever they are on the wire.

use serde::{Deserialize, Deserializer, Serializer, de::Error};
use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

/// For `serialize_with`: the value as it is displayed.
pub(super) fn write<T: Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// For `serialize_with`: the value as it is displayed, if there is one.
pub(super) fn write_some<T: Display, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// For `deserialize_with`: a string that is parsed, or null.
pub(super) fn read_optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(Error::custom)).transpose()
}
