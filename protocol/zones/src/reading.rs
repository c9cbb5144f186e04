//! Times as people write them.

use crate::database::{at_instant, find, instant, name, timestamp};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::event::{ZoneName, ZonedTime};
use boxoffice_protocol::time::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// Reads a time: `2027-05-01 20:00` in a zone, or one with its offset, like
/// `2027-05-01T20:00:00+02:00`. Without a zone it is recorded in UTC. `field` is what a fault is about.
///
/// # Errors
/// The zone is unknown; its clocks never show this time, or show it twice; the offset is another
/// one; or it is no time.
pub fn read(
    field: &'static str,
    text: &str,
    zone: Option<&ZoneName>,
) -> Result<ZonedTime, InvalidField> {
    let wrong = |why: String| InvalidField::new(field, why);
    let looks = "looks like 2027-05-01 20:00 with a zone, or like 2027-05-01T20:00:00+02:00";
    let pieces = Pieces::parse(text).map_err(|_| wrong(format!("a time {looks}")))?;
    let time = pieces.time().ok_or_else(|| wrong(format!("needs a time of day: it {looks}")))?;
    let shown = pieces.date().to_datetime(time);
    let tz = zone.map_or(Ok(TimeZone::UTC), find)?;
    let offset = match pieces.offset() {
        Some(PiecesOffset::Numeric(written)) => {
            let offset = written.offset();
            let at = instant(field, shown, offset)?;
            let own = tz.to_offset(at);
            if let Some(zone) = zone.filter(|_| own != offset) {
                return Err(wrong(format!(
                    "{offset} is not the offset of {zone} at that time, which is {own}; leave the \
                     offset out or write another"
                )));
            }
            return at_instant(field, at, &tz);
        }
        Some(_) => return at_instant(field, instant(field, shown, Offset::UTC)?, &tz),
        None if zone.is_none() => {
            let why = "needs a zone, like Europe/Berlin, or an offset, like +02:00";
            return Err(wrong(why.to_owned()));
        }
        None => tz.to_ambiguous_timestamp(shown).offset(),
    };
    match offset {
        AmbiguousOffset::Unambiguous { offset } => {
            at_instant(field, instant(field, shown, offset)?, &tz)
        }
        AmbiguousOffset::Gap { before, after } => {
            let read = |offset| Ok(tz.to_datetime(instant(field, shown, offset)?));
            let (late, early): (DateTime, DateTime) = (read(before)?, read(after)?);
            let zone = name(&tz)?;
            Err(wrong(format!(
                "the clocks of {zone} are set forward and never show {shown}; write {early} or {late}"
            )))
        }
        AmbiguousOffset::Fold { before, after } => {
            let zone = name(&tz)?;
            Err(wrong(format!(
                "the clocks of {zone} are set back and show {shown} twice; write {shown}{before} or \
                 {shown}{after}"
            )))
        }
    }
}

/// Reads a time of an event whose zone is known and was not said: an offset tells the instant then.
///
/// # Errors
/// As of [`read`].
pub fn read_at(
    field: &'static str,
    text: &str,
    known: &ZoneName,
) -> Result<ZonedTime, InvalidField> {
    match read(field, text, None) {
        Ok(time) => within(field, time.at(), known),
        Err(_) => read(field, text, Some(known)),
    }
}

/// The same instant as the clocks of another zone show it.
fn within(field: &'static str, at: Timestamp, zone: &ZoneName) -> Result<ZonedTime, InvalidField> {
    at_instant(field, timestamp(field, at)?, &find(zone)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> ZoneName {
        name.parse().expect("a name")
    }

    fn berlin(text: &str) -> Result<String, String> {
        let read = read("starts_at", text, Some(&zone("Europe/Berlin")));
        read.map(|time| format!("{:#} {}", time, time.at().as_ms())).map_err(|fault| fault.why)
    }

    #[test]
    fn a_local_time_is_read_in_its_zone() {
        let summer = Ok("2027-05-01T20:00:00 1809194400000".to_owned());
        for text in [
            "2027-05-01 20:00",
            "2027-05-01T20:00",
            "2027-05-01T20:00:00+02:00",
            "2027-05-01T18:00:00Z",
        ] {
            assert_eq!(berlin(text), summer, "{text}");
        }
        let winter = berlin("2027-12-01 20:00:30").expect("a time");
        assert_eq!(winter, "2027-12-01T20:00:30 1827687630000");
    }

    #[test]
    fn a_time_that_never_is_or_is_twice_is_refused_with_both_readings() {
        assert_eq!(
            berlin("2027-03-28 02:30"),
            Err("the clocks of Europe/Berlin are set forward and never show 2027-03-28T02:30:00; \
                 write 2027-03-28T01:30:00 or 2027-03-28T03:30:00"
                .to_owned())
        );
        assert_eq!(
            berlin("2027-10-31 02:30"),
            Err("the clocks of Europe/Berlin are set back and show 2027-10-31T02:30:00 twice; \
                 write 2027-10-31T02:30:00+02 or 2027-10-31T02:30:00+01"
                .to_owned())
        );
        let twice = ["2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00"].map(berlin);
        assert!(twice.iter().all(Result::is_ok) && twice[0] != twice[1], "{twice:?}");
    }

    #[test]
    fn contradictions_and_unknown_zones_are_refused_with_what_to_do() {
        let why = berlin("2027-05-01T20:00+03:00").expect_err("another offset");
        assert!(why.starts_with("+03 is not the offset of Europe/Berlin"), "{why}");
        let fault = read("starts_at", "2027-05-01 20:00", Some(&zone("Mars/Berlin")));
        let fault = fault.expect_err("no zone");
        assert_eq!((fault.field, fault.why.contains("Europe/Berlin")), ("zone", true), "{fault}");
        let fault = read("starts_at", "2027-05-01 20:00", None).expect_err("no zone");
        assert!(fault.why.starts_with("needs a zone"), "{fault}");
        for text in ["", "tomorrow", "2027-05-01", "2027-02-30 20:00", "1969-05-01 20:00"] {
            assert!(berlin(text).is_err(), "{text:?} was taken");
        }
    }
}
