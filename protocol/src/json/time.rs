//! Points in time as RFC 3339 text.

use crate::time::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A point in time as RFC 3339 has it: written in UTC with milliseconds, read with any offset.
///
/// `{:#}` is for tables: it leaves the milliseconds out where they are zero. A time beyond the
/// calendar is written as its milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339(pub Timestamp);

/// Why a text is no [`Rfc3339`] time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// It is not RFC 3339, or has no offset.
    #[error("must be a time with its offset, like 2026-12-24T20:00:00+01:00")]
    Malformed,
    /// [`Timestamp`] begins with 1970.
    #[error("must be after 1970")]
    BeforeEpoch,
}

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = i64::try_from(self.0.as_ms()).ok();
        match ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
            Some(time) if f.alternate() && time.as_millisecond() % 1_000 == 0 => {
                write!(f, "{time}")
            }
            Some(time) => write!(f, "{time:.3}"),
            None => write!(f, "{} ms", self.0.as_ms()),
        }
    }
}

impl FromStr for Rfc3339 {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let time: jiff::Timestamp = text.parse().map_err(|_| TimeError::Malformed)?;
        let ms = u64::try_from(time.as_millisecond()).map_err(|_| TimeError::BeforeEpoch)?;
        Ok(Self(Timestamp::from_ms(ms)))
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Rfc3339;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time with its offset, like \"2026-12-24T20:00:00+01:00\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Rfc3339, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_any_offset_is_read() {
        let christmas = Rfc3339(Timestamp::from_ms(1_798_138_800_000));
        assert_eq!(christmas.to_string(), "2026-12-24T19:00:00.000Z");
        let read = |text: &str| serde_json::from_value::<Rfc3339>(text.into());
        assert_eq!(read("2026-12-24T20:00:00+01:00").expect("a time"), christmas);
        assert_eq!(read("2026-12-24T19:00:00.000Z").expect("a time"), christmas);
        for wrong in [
            "",
            "2026-12-24",
            "2026-12-24T20:00:00",
            "1969-12-31T23:59:59Z",
            "1969-01-01T00:00:00Z",
            "soon",
            "tomorrow",
        ] {
            assert!(read(wrong).is_err(), "{wrong:?} was taken");
            assert!(wrong.parse::<Rfc3339>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn tables_leave_zero_milliseconds_out() {
        let time = |ms: u64| format!("{:#}", Rfc3339(Timestamp::from_ms(1_798_138_800_000 + ms)));
        assert_eq!(time(0), "2026-12-24T19:00:00Z");
        assert_eq!(time(7), "2026-12-24T19:00:00.007Z");
        assert_eq!(time(430), "2026-12-24T19:00:00.430Z");
        let beyond = Rfc3339(Timestamp::from_ms(u64::MAX));
        assert_eq!(format!("{beyond:#}"), "18446744073709551615 ms");
    }
}
