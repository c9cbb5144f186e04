//! Records of what a watcher sees of an event's changes.

use super::numbers::Version;
use super::text;
use crate::change::PlacesChanged;
use crate::event::{Counts, PlaceState, Sections};
use crate::id::{Seat, SeatLabel, SectionName};
use serde::Serialize;

/// Changes of an event's places.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PlacesChanged))]
pub struct PlacesChangedRecord<'a> {
    /// The event's version after the changes.
    pub version: Version,
    /// Seats that came into another state; empty if only standing places changed.
    pub places: Vec<SeatsNowRecord>,
    /// The sections whose counts changed.
    pub sections: Vec<SectionCountsRecord<'a>>,
}

impl<'a> PlacesChangedRecord<'a> {
    /// The changes up to a version, with the names that the event's hall gives them.
    pub fn new(
        version: u64,
        changed: &PlacesChanged,
        sections: &'a Sections,
        label: impl Fn(Seat) -> SeatLabel,
    ) -> Self {
        let places = changed.seats.iter().map(|now| SeatsNowRecord {
            state: now.state,
            seats: now.seats.iter().map(|&seat| label(seat)).collect(),
        });
        let counts = changed.counts.iter().filter_map(|&(index, counts)| {
            let section = sections.as_slice().get(usize::from(index))?;
            Some(SectionCountsRecord::new(&section.name, counts))
        });
        Self { version: Version(version), places: places.collect(), sections: counts.collect() }
    }
}

/// Seats that came into one state.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SeatsNow))]
pub struct SeatsNowRecord {
    /// The state they are in now.
    #[serde(serialize_with = "text::write")]
    pub state: PlaceState,
    /// The labels of these seats.
    pub seats: Vec<SeatLabel>,
}

/// The counts of a section's places.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SectionNow))]
pub struct SectionCountsRecord<'a> {
    section: &'a SectionName,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
}

impl<'a> SectionCountsRecord<'a> {
    /// The counts of the section of this name.
    pub const fn new(section: &'a SectionName, counts: Counts) -> Self {
        let Counts { free, held, sold, blocked } = counts;
        Self { section, free, held, sold, blocked }
    }
}
