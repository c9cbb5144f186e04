//! Times as the clocks of a venue show them, as text.

use crate::event::ZonedTime;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::fmt;

/// The moment of which local times count the milliseconds.
const BEGINNING: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// For people: `1 May 2027, 20:00 (Europe/Berlin)`. The alternate form is for programs:
/// `2027-05-01T20:00:00`, without the zone.
impl fmt::Display for ZonedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.local().as_ms() / 1_000).map_err(|_| fmt::Error)?;
        let shown = BEGINNING.checked_add(SignedDuration::from_secs(seconds));
        let shown = shown.map_err(|_| fmt::Error)?;
        if f.alternate() {
            return write!(f, "{shown}");
        }
        write!(f, "{}", shown.strftime("%-d %b %Y, %H:%M"))?;
        if shown.second() > 0 {
            write!(f, ":{:02}", shown.second())?;
        }
        write!(f, " ({})", self.zone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::ZoneName;
    use crate::limits::MAX_STARTS_AT_MS;
    use crate::time::Timestamp;

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
}
