//! Zones by their names, and what their clocks show.

use boxoffice_protocol::InvalidField;
use boxoffice_protocol::event::{ZoneName, ZonedTime};
use boxoffice_protocol::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// Zones that are named for one that does not exist, at most.
const SUGGESTIONS: usize = 3;

pub(crate) fn find(zone: &ZoneName) -> Result<TimeZone, InvalidField> {
    let zones = jiff::tz::db();
    zones.get(zone.as_str()).or_else(|_| TimeZoneDatabase::bundled().get(zone.as_str())).map_err(
        |_| {
            let like: Vec<_> = similar(zones, zone.as_str());
            let like = if like.is_empty() { "Europe/Berlin".to_owned() } else { like.join(", ") };
            let why = format!("there is no time zone {zone}; one is named like {like}");
            InvalidField::new("zone", why)
        },
    )
}

/// Zones with the same last word.
fn similar(zones: &TimeZoneDatabase, wanted: &str) -> Vec<String> {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let wanted = last(wanted);
    let is_like = |name: &String| name.contains('/') && last(name) == wanted;
    zones.available().map(|name| name.to_string()).filter(is_like).take(SUGGESTIONS).collect()
}

pub(crate) fn name(tz: &TimeZone) -> Result<ZoneName, InvalidField> {
    ZoneName::parse(tz.iana_name().unwrap_or("UTC"))
}

pub(crate) fn instant(
    field: &'static str,
    shown: DateTime,
    offset: Offset,
) -> Result<jiff::Timestamp, InvalidField> {
    offset.to_timestamp(shown).map_err(|why| InvalidField::new(field, why.to_string()))
}

pub(crate) fn timestamp(
    field: &'static str,
    at: Timestamp,
) -> Result<jiff::Timestamp, InvalidField> {
    let at = i64::try_from(at.as_ms()).ok().map(jiff::Timestamp::from_millisecond);
    match at {
        Some(Ok(at)) => Ok(at),
        _ => Err(InvalidField::new(field, "must be before the year 10000")),
    }
}

pub(crate) fn at_instant(
    field: &'static str,
    at: jiff::Timestamp,
    tz: &TimeZone,
) -> Result<ZonedTime, InvalidField> {
    let at = at.as_millisecond();
    let offset = tz.to_offset(jiff::Timestamp::from_millisecond(at).unwrap_or_default());
    let ms = |time: i64| u64::try_from(time).map(Timestamp::from_ms);
    match (ms(at), ms(at + i64::from(offset.seconds()) * 1_000)) {
        (Ok(at), Ok(local)) => ZonedTime::new(at, local, name(tz)?)
            .map_err(|fault| InvalidField::new(field, fault.why)),
        _ => Err(InvalidField::new(field, "must be after 1970")),
    }
}
