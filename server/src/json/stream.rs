//! What the streams of an event are told of it.

use super::schema;
use boxoffice_protocol::event::{Counts, PlaceState};
use boxoffice_protocol::id::{SeatLabel, SectionName};
use serde::Serialize;
use utoipa::ToSchema;

/// What happened to an event's places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlacesChanged)]
pub(crate) struct ChangeRecord<'a> {
    /// The event's version after it.
    #[schema(value_type = schema::Version)]
    pub(crate) version: u64,
    /// Seats that came into another state; none where people stand.
    pub(crate) places: Vec<SeatsNowRecord>,
    /// The sections whose counts are others now.
    pub(crate) sections: Vec<SectionNowRecord<'a>>,
}

/// Seats that came into one state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatsNow)]
pub(crate) struct SeatsNowRecord {
    #[schema(value_type = schema::PlaceState)]
    state: &'static str,
    #[schema(value_type = Vec<schema::SeatLabel>)]
    seats: Vec<SeatLabel>,
}

impl SeatsNowRecord {
    pub(crate) fn new(state: PlaceState, seats: Vec<SeatLabel>) -> Self {
        Self { state: word(state), seats }
    }
}

/// A section's counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SectionNow)]
pub(crate) struct SectionNowRecord<'a> {
    #[schema(value_type = schema::SectionName)]
    section: &'a SectionName,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
}

impl<'a> SectionNowRecord<'a> {
    pub(crate) fn new(section: &'a SectionName, counts: Counts) -> Self {
        let Counts { free, held, sold, blocked } = counts;
        Self { section, free, held, sold, blocked }
    }
}

/// The word for a place's state.
const fn word(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Free => "free",
        PlaceState::Held => "held",
        PlaceState::Sold => "sold",
        PlaceState::Blocked => "blocked",
    }
}
