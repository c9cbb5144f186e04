//! Times as the clocks of a venue show them. Reached through [`event`](crate::event).
//!
//! A time is recorded three ways: the instant, which decides everything; what the venue's clocks show
//! then; and the zone by whose rules that was found out. No later edition of the rules changes any of
//! them, and no reader needs the rules to show them. The rules themselves are in `boxoffice-zones`.

use crate::limits::{MAX_STARTS_AT_MS, MAX_ZONE_BYTES};
use crate::text::{InvalidField, invalid, text_type};
use crate::text_rules::check_zone;
use crate::time::Timestamp;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// The furthest that local time is from UTC, in milliseconds: POSIX allows no more than a day.
const MAX_OFFSET_MS: u64 = 24 * 3_600_000;

text_type!(
    /// The name of a time zone in IANA's database: `Europe/Berlin`. Whether there is such a zone, only
    /// the database tells.
    ZoneName, "zone", MAX_ZONE_BYTES, check_zone
);

impl ZoneName {
    pub const UTC: Self = Self(CompactString::const_new("UTC"));
}

/// A point in time as the clocks of a place show it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(try_from = "(Timestamp, Timestamp, ZoneName)", into = "(Timestamp, Timestamp, ZoneName)")]
pub struct ZonedTime {
    at: Timestamp,
    local: Timestamp,
    zone: ZoneName,
}

impl ZonedTime {
    /// The instant, what the clocks of the zone show then (as milliseconds since they showed the
    /// beginning of 1970), and the zone.
    ///
    /// # Errors
    /// [`InvalidField`] if the times are a day apart or more, or beyond the year 9999.
    pub fn new(at: Timestamp, local: Timestamp, zone: ZoneName) -> Result<Self, InvalidField> {
        if at.max(local).as_ms() > MAX_STARTS_AT_MS {
            return Err(InvalidField::new("starts_at", "must be before the year 10000"));
        }
        if at.as_ms().abs_diff(local.as_ms()) >= MAX_OFFSET_MS {
            return Err(InvalidField::new("starts_at", "the local time is a day off"));
        }
        Ok(Self { at, local, zone })
    }

    /// The instant: what decides.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// What the clocks show, as milliseconds since they showed the beginning of 1970.
    pub const fn local(&self) -> Timestamp {
        self.local
    }

    pub const fn zone(&self) -> &ZoneName {
        &self.zone
    }
}

/// In UTC. A time beyond the year 9999, which no check lets in, is its last moment.
impl From<Timestamp> for ZonedTime {
    fn from(at: Timestamp) -> Self {
        let at = at.min(Timestamp::from_ms(MAX_STARTS_AT_MS));
        Self { at, local: at, zone: ZoneName::UTC }
    }
}

impl TryFrom<(Timestamp, Timestamp, ZoneName)> for ZonedTime {
    type Error = InvalidField;

    fn try_from((at, local, zone): (Timestamp, Timestamp, ZoneName)) -> Result<Self, InvalidField> {
        Self::new(at, local, zone)
    }
}

impl From<ZonedTime> for (Timestamp, Timestamp, ZoneName) {
    fn from(ZonedTime { at, local, zone }: ZonedTime) -> Self {
        (at, local, zone)
    }
}

impl<'de, C> BorrowDecode<'de, C> for ZonedTime {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let parts: (Timestamp, Timestamp, ZoneName) = BorrowDecode::borrow_decode(decoder)?;
        Self::try_from(parts).map_err(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_less_than_a_day_off() {
        let time = |at, local| {
            ZonedTime::new(Timestamp::from_ms(at), Timestamp::from_ms(local), ZoneName::UTC)
        };
        assert!(time(MAX_OFFSET_MS, 1).is_ok() && time(1, MAX_OFFSET_MS).is_ok());
        assert!(time(MAX_OFFSET_MS, 0).is_err() && time(0, MAX_OFFSET_MS).is_err());
        assert!(time(MAX_STARTS_AT_MS, MAX_STARTS_AT_MS + 1).is_err());
    }
}
