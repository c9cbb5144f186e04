//! What `--json` prints, an object a line: the records that HTTP answers with, and here those that
//! only lines need. Times are RFC 3339 in UTC; money is whole minor units (4500 is 45.00 EUR).

use super::row_names::RowNames;
use crate::values::RowRange;
use boxoffice_client::WatchEvent;
use boxoffice_client::protocol::event::{SeatMap, Sections};
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::json::{
    PlacesChangedRecord, RefusalRecord, SeatMapRecord, SectionSeatsRecord, ServerRecord, Version,
};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_plan::Hall;
use serde::Serialize;

/// A section of a seat map.
#[derive(Debug, Serialize)]
pub(crate) struct SectionLine<'a> {
    event: &'a EventId,
    version: Version,
    #[serde(flatten)]
    section: SectionSeatsRecord<'a>,
}

impl<'a> SectionLine<'a> {
    /// The sections of a map, or only these rows of them.
    pub(crate) fn all(
        event: &'a EventId,
        version: u64,
        map: &'a SeatMap,
        only: Option<(&RowRange, &Hall)>,
    ) -> impl Iterator<Item = Self> {
        let sections = SeatMapRecord::new(event, version, map).sections.into_iter();
        sections.map(move |mut section| {
            if let (Some(rows), Some((only, hall))) = (&mut section.rows, only) {
                let only = RowNames::of(hall, section.section).range(only);
                let mut row = 0..;
                rows.retain(|_| row.next().is_some_and(|row| only.contains(&row)));
            }
            Self { event, version: Version(version), section }
        })
    }

    pub(crate) fn name(&self) -> &'a str {
        self.section.section.as_str()
    }
}

/// What a watcher sees.
#[derive(Debug, Serialize)]
pub(crate) struct WatchLine<'a> {
    event: &'a EventId,
    /// `snapshot`, `changed`, `gap` or `ended`.
    what: &'static str,
    #[serde(flatten)]
    seen: Option<Seen<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Seen<'a> {
    Snapshot { version: Version, sections: Vec<SectionSeatsRecord<'a>> },
    Changed(PlacesChangedRecord<'a>),
}

impl<'a> WatchLine<'a> {
    /// The line of what was seen; sections and hall are those of the last snapshot.
    pub(crate) fn new(
        event: &'a EventId,
        seen: &'a WatchEvent,
        names: Option<&'a (Sections, Hall)>,
    ) -> Self {
        let (what, seen) = match seen {
            WatchEvent::Gap => ("gap", None),
            WatchEvent::Ended => ("ended", None),
            WatchEvent::Snapshot { version, map } => {
                let sections = SeatMapRecord::new(event, *version, map).sections;
                ("snapshot", Some(Seen::Snapshot { version: Version(*version), sections }))
            }
            WatchEvent::Changed { version, places } => {
                // Without a snapshot before it, only the version is known.
                let unnamed = || PlacesChangedRecord {
                    version: Version(*version),
                    places: Vec::new(),
                    sections: Vec::new(),
                };
                let changed = names.map_or_else(unnamed, |(sections, hall)| {
                    let label = |seat| hall.label(sections, seat);
                    PlacesChangedRecord::new(*version, places, sections, label)
                });
                ("changed", Some(Seen::Changed(changed)))
            }
        };
        Self { event, what, seen }
    }
}

/// The answer to a ping.
#[derive(Debug, Serialize)]
pub(crate) struct PingLine<'a> {
    #[serde(flatten)]
    pub(crate) server: ServerRecord<'a>,
    pub(crate) protocol_version: u16,
    pub(crate) round_trip_us: u64,
}

/// A refusal, with its text.
#[derive(Debug, Serialize)]
pub(crate) struct RefusalLine {
    #[serde(flatten)]
    refusal: RefusalRecord,
    message: String,
}

impl RefusalLine {
    pub(crate) fn new(refusal: &Refusal, version: u64) -> Self {
        let message = refusal.to_string();
        Self { refusal: RefusalRecord::new(refusal, version), message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_carry_their_fields() {
        let seats = vec!["A1".parse().expect("a seat")];
        let json = |refusal| serde_json::to_string(&RefusalLine::new(&refusal, 7)).expect("JSON");
        assert_eq!(
            json(Refusal::SeatsTaken { seats: seats.into() }),
            r#"{"refused":"SeatsTaken","code":16,"version":7,"seats":["A1"],"message":"taken: A1"}"#
        );
        assert_eq!(
            json(Refusal::CLOSED),
            r#"{"refused":"SalesClosed","code":10,"version":7,"at":null,"in_ms":0,"sales":"closed","message":"sales are closed"}"#
        );
    }
}
