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
use std::fmt;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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

/// For people: `1 May 2027, 20:00 (Europe/Berlin)`. The alternate form is for programs:
/// `2027-05-01T20:00:00`, without the zone.
impl fmt::Display for ZonedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.local.as_ms() / 1_000;
        let (year, month, day) = date(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        if f.alternate() {
            return write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        }
        let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month - 1));
        write!(f, "{day} {} {year}, {hour:02}:{minute:02}", name.unwrap_or(&"?"))?;
        if second > 0 {
            write!(f, ":{second:02}")?;
        }
        write!(f, " ({})", self.zone)
    }
}

/// The year, month and day that is so many days after 1 January 1970. The years of this count begin with
/// March, so that the day that may be missing is their last one.
const fn date(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    let days = days + 719_468;
    let (era, day) = (days / ERA, days % ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(local_ms: u64) -> ZonedTime {
        let local = Timestamp::from_ms(local_ms);
        ZonedTime::new(local, local, ZoneName::UTC).expect("a time")
    }

    #[test]
    fn times_are_shown_as_the_clocks_of_the_venue_show_them() {
        let (at, zone) = (Timestamp::from_ms(1_809_194_400_000), "Europe/Berlin".parse());
        let local = Timestamp::from_ms(1_809_201_600_000);
        let time = ZonedTime::new(at, local, zone.expect("a name")).expect("a time");
        assert_eq!(time.to_string(), "1 May 2027, 20:00 (Europe/Berlin)");
        assert_eq!(format!("{time:#}"), "2027-05-01T20:00:00");
        for (ms, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399_000, "2000-02-28T23:59:59"),
            (951_782_400_000, "2000-02-29T00:00:00"),
            (4_107_542_399_000, "2100-02-28T23:59:59"),
            (4_107_542_400_000, "2100-03-01T00:00:00"),
            (MAX_STARTS_AT_MS, "9999-12-31T23:59:59"),
        ] {
            assert_eq!(format!("{:#}", shown(ms)), text);
        }
    }

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
