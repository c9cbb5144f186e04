//! Times and spans of time, as arguments and in messages.

use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::ZonedTime;
use boxoffice_client::protocol::time::Timestamp;
use boxoffice_load::format::rfc3339;
use jiff::tz::TimeZone;
use std::str::FromStr;
use std::time::Duration;

/// A span of time: `500ms`, `90s`, `2m`, `1h`, `1h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpanArg(pub(crate) Duration);

impl SpanArg {
    /// Milliseconds of the wire.
    pub(crate) fn as_millis(&self) -> Result<u64, InvalidField> {
        let why = "is longer than any server holds";
        u64::try_from(self.0.as_millis()).map_err(|_| InvalidField::new("ttl", why))
    }
}

impl FromStr for SpanArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_span(text)
            .map(Self)
            .ok_or_else(|| "must be a time like 500ms, 90s, 2m, 1h or 1h30m".to_owned())
    }
}

fn parse_span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut ms = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let unit_ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        ms = ms.checked_add(number.parse::<u64>().ok()?.checked_mul(unit_ms)?)?;
        rest = after;
    }
    (!text.is_empty()).then(|| Duration::from_millis(ms))
}

/// A time as the clock on a person's wall has it, with its zone: `2026-12-24 20:00 CET`.
pub(crate) fn local_time(time: Timestamp, zone: TimeZone) -> String {
    let known = i64::try_from(time.as_ms()).ok();
    let Some(known) = known.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) else {
        return rfc3339(time);
    };
    let known = known.to_zoned(zone);
    let format = if known.second() == 0 { "%Y-%m-%d %H:%M %Z" } else { "%Y-%m-%d %H:%M:%S %Z" };
    known.strftime(format).to_string()
}

/// A time as the clocks of its place show it, and as those of `here` do where that is another time:
/// `1 May 2027, 20:00 (Europe/Berlin); 2027-05-01 19:00 BST here`.
pub(crate) fn venue_time(time: &ZonedTime, here: TimeZone) -> String {
    let at = i64::try_from(time.at().as_ms()).ok().map(jiff::Timestamp::from_millisecond);
    let Some(Ok(at)) = at else { return time.to_string() };
    let shown = i64::from(here.to_offset(at).seconds()) * 1_000;
    let local = time.local().as_ms().cast_signed() - time.at().as_ms().cast_signed();
    if shown == local {
        return time.to_string();
    }
    format!("{time}; {} here", local_time(time.at(), here))
}

/// A span for a person: `1 h 5 min`, `2 min 3 s`, `59 s`. Fractions of a second are dropped, so that
/// the text never promises too much time.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (text, ms) in [
            ("500ms", 500),
            ("90s", 90_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1h30m", 5_400_000),
            ("1d", 86_400_000),
            ("0s", 0),
        ] {
            assert_eq!(text.parse(), Ok(SpanArg(Duration::from_millis(ms))), "{text}");
        }
        for wrong in ["", "90", "s", "2 m", "-2m", "1.5h", "2min", "99999999999999999999h", "ms5"] {
            assert!(wrong.parse::<SpanArg>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn local_times_name_their_zone() {
        let time = Timestamp::from_ms(1_798_138_800_000);
        assert_eq!(local_time(time, TimeZone::UTC), "2026-12-24 19:00 UTC");
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
        assert_eq!(local_time(time, berlin), "2026-12-24 20:00 CET");
        assert_eq!(
            local_time(Timestamp::from_ms(u64::MAX), TimeZone::UTC),
            format!("{} ms", u64::MAX)
        );
    }

    #[test]
    fn a_venues_time_has_the_readers_beside_it_where_it_differs() {
        let ms = Timestamp::from_ms;
        let zone = "Europe/Berlin".parse().expect("a name");
        let evening = ZonedTime::new(ms(1_798_138_800_000), ms(1_798_142_400_000), zone);
        let evening = evening.expect("a time");
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
        let shown = "24 Dec 2026, 20:00 (Europe/Berlin)";
        assert_eq!(venue_time(&evening, berlin), shown);
        let here = format!("{shown}; 2026-12-24 19:00 UTC here");
        assert_eq!(venue_time(&evening, TimeZone::UTC), here);
    }

    #[test]
    fn spans_read_well() {
        for (ms, text) in [
            (0, "0 s"),
            (999, "0 s"),
            (59_000, "59 s"),
            (120_000, "2 min"),
            (119_500, "1 min 59 s"),
            (123_000, "2 min 3 s"),
            (3_600_000, "1 h"),
            (3_900_000, "1 h 5 min"),
        ] {
            assert_eq!(span(Duration::from_millis(ms)), text);
        }
    }
}
