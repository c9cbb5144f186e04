//! What is said or was recorded of a time, compared with the rules of its zone.

use crate::database::{at_instant, find, name, timestamp};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::event::ZonedTime;

/// Checks that a time's zone exists, and shows at the instant what it is said to show.
///
/// # Errors
/// What is wrong, with the zone's own reading.
pub fn check(field: &'static str, time: &ZonedTime) -> Result<(), InvalidField> {
    let zone = time.zone();
    let tz = find(zone)?;
    let known = name(&tz)?;
    if known != *zone {
        return Err(InvalidField::new("zone", format!("{zone} is written {known}")));
    }
    let own = at_instant(field, timestamp(field, time.at())?, &tz)?;
    if own == *time {
        return Ok(());
    }
    let why = format!("the clocks of {zone} show {own:#} then, and not {time:#}");
    Err(InvalidField::new(field, why))
}

/// How today's rules read a recorded instant, where that differs from what was recorded.
pub fn moved(time: &ZonedTime) -> Option<String> {
    check("starts_at", time).err().map(|fault| fault.why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_protocol::event::ZoneName;
    use boxoffice_protocol::time::Timestamp;

    fn zone(name: &str) -> ZoneName {
        name.parse().expect("a name")
    }

    #[test]
    fn what_is_said_of_a_time_is_checked() {
        let time = |at: u64, local: u64, name| {
            let of = Timestamp::from_ms;
            ZonedTime::new(of(at), of(local), zone(name)).expect("a time")
        };
        let (at, hour) = (1_809_194_400_000, 3_600_000);
        assert_eq!(check("starts_at", &time(at, at + 2 * hour, "Europe/Berlin")), Ok(()));
        assert_eq!(check("starts_at", &time(at, at, "UTC")), Ok(()));
        let off = time(at, at + hour, "Europe/Berlin");
        assert_eq!(
            moved(&off).expect("another hour"),
            "the clocks of Europe/Berlin show 2027-05-01T20:00:00 then, and not 2027-05-01T19:00:00"
        );
        let spelled = check("starts_at", &time(at, at + 2 * hour, "europe/berlin"));
        assert_eq!(spelled.expect_err("case").why, "europe/berlin is written Europe/Berlin");
        assert!(check("starts_at", &time(at, at, "Nowhere")).is_err());
    }
}
