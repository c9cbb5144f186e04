//! Times.

use boxoffice_protocol::time::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A point in time as RFC 3339 has it: written in UTC with milliseconds, read with any offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = i64::try_from(self.0.as_ms()).ok();
        match ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
            Some(time) => write!(f, "{time:.3}"),
            // No calendar has it.
            None => write!(f, "{} ms", self.0.as_ms()),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reading)
    }
}

struct Reading;

impl Visitor<'_> for Reading {
    type Value = Moment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time with its offset, like \"2026-12-24T20:00:00+01:00\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
        let time: jiff::Timestamp = text.parse().map_err(|_| {
            E::custom("must be a time with its offset, like 2026-12-24T20:00:00+01:00")
        })?;
        u64::try_from(time.as_millisecond())
            .map(|ms| Moment(Timestamp::from_ms(ms)))
            .map_err(|_| E::custom("must be after 1970"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_any_offset_is_read() {
        let christmas = Moment(Timestamp::from_ms(1_798_138_800_000));
        assert_eq!(christmas.to_string(), "2026-12-24T19:00:00.000Z");
        let read = |text: &str| serde_json::from_value::<Moment>(text.into());
        assert_eq!(read("2026-12-24T20:00:00+01:00").expect("a time"), christmas);
        assert_eq!(read("2026-12-24T19:00:00.000Z").expect("a time"), christmas);
        for wrong in ["", "2026-12-24", "2026-12-24T20:00:00", "1969-12-31T23:59:59Z", "soon"] {
            assert!(read(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
