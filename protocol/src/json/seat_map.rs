//! Records of seat maps.

use super::numbers::{MinorUnits, Version};
use super::section_kind::SectionKind;
use super::text;
use crate::event::{Layout, PlaceState, SeatMap, SectionMap};
use crate::id::{EventId, PlanDigest, RowLabel, SectionName};
use serde::Serialize;

/// The state of every seat of an event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SeatMap))]
pub struct SeatMapRecord<'a> {
    event: &'a EventId,
    version: Version,
    /// The plan of the event's hall; left out if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanDigest>,
    /// The sections in the event's order.
    pub sections: Vec<SectionSeatsRecord<'a>>,
}

/// A section with the state of every seat.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SectionSeats))]
pub struct SectionSeatsRecord<'a> {
    /// The name of the section.
    pub section: &'a SectionName,
    /// The part of a seat's label before its row: `balcony:`, or empty if only one section of the
    /// event is seated.
    prefix: String,
    price: MinorUnits,
    kind: SectionKind,
    capacity: u64,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
    /// The rows from the front; left out for a standing section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<RowRecord>>,
}

/// A row, with a letter for the state of each seat from the first on: `f`ree, `h`eld, `s`old or
/// `b`locked.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Row))]
pub struct RowRecord {
    /// The letters of the row; left out where the event has a plan, which says what rows and seats are
    /// called: `/v1/plans/{digest}/labels` has them in this order.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text::write_some")]
    pub row: Option<RowLabel>,
    #[cfg_attr(feature = "openapi", schema(pattern = "^[fhsb]*$"))]
    seats: String,
}

impl<'a> SeatMapRecord<'a> {
    /// The map at a version of the event.
    pub fn new(event: &'a EventId, version: u64, map: &'a SeatMap) -> Self {
        let seated = map.sections.iter().filter(|map| map.section.layout.is_seated());
        let several = seated.count() > 1;
        let is_planned = map.plan.is_some();
        let sections = map.sections.iter();
        let sections = sections.map(|map| SectionSeatsRecord::new(map, several, is_planned));
        let (version, sections) = (Version(version), sections.collect());
        Self { event, version, plan: map.plan, sections }
    }
}

impl<'a> SectionSeatsRecord<'a> {
    fn new(map: &'a SectionMap, several: bool, is_planned: bool) -> Self {
        let SectionMap { section, counts, .. } = map;
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(letters(map, rows, is_planned)),
            Layout::Standing { .. } => None,
        };
        let has_prefix = several && rows.is_some();
        Self {
            section: &section.name,
            prefix: if has_prefix { format!("{}:", section.name) } else { String::new() },
            price: MinorUnits(section.price),
            kind: SectionKind::from(&section.layout),
            capacity: counts.capacity(),
            free: counts.free,
            held: counts.held,
            sold: counts.sold,
            blocked: counts.blocked,
            rows,
        }
    }
}

fn letters(map: &SectionMap, rows: &[u16], is_planned: bool) -> Vec<RowRecord> {
    let mut index = 0;
    let rows = (0u16..).zip(rows).map(|(row, &seats)| {
        let states = index..index + usize::from(seats);
        index = states.end;
        let letters = states.map(|index| map.states.state(index).map_or('?', letter));
        let row = (!is_planned).then_some(RowLabel(row));
        RowRecord { row, seats: letters.collect() }
    });
    rows.collect()
}

const fn letter(state: PlaceState) -> char {
    match state {
        PlaceState::Free => 'f',
        PlaceState::Held => 'h',
        PlaceState::Sold => 's',
        PlaceState::Blocked => 'b',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Counts, PackedStates, SectionSpec};

    fn section(name: &str, layout: Layout, states: &[PlaceState]) -> SectionMap {
        let name = SectionName::parse(name).expect("a word");
        SectionMap {
            section: SectionSpec { name, price: 4_500, layout },
            counts: Counts::default(),
            states: PackedStates::pack(states.iter().copied()),
        }
    }

    fn prefixes(sections: Vec<SectionMap>) -> Vec<String> {
        let event = EventId::parse("film").expect("a slug");
        let map = SeatMap { plan: None, sections: sections.into() };
        let record = SeatMapRecord::new(&event, 1, &map);
        record.sections.into_iter().map(|section| section.prefix).collect()
    }

    #[test]
    fn a_row_has_a_letter_for_each_of_its_seats() {
        use PlaceState::{Blocked, Free, Held, Sold};
        let layout = Layout::Seated { rows: vec![2, 3] };
        let map = section("stalls", layout, &[Free, Held, Sold, Blocked, Free]);
        let json =
            |is_planned| serde_json::to_string(&letters(&map, &[2, 3], is_planned)).expect("JSON");
        assert_eq!(json(false), r#"[{"row":"A","seats":"fh"},{"row":"B","seats":"sbf"}]"#);
        assert_eq!(json(true), r#"[{"seats":"fh"},{"seats":"sbf"}]"#);
    }

    #[test]
    fn labels_have_a_prefix_only_where_several_sections_are_seated() {
        let floor = || section("floor", Layout::standing(9), &[]);
        let stalls = || section("stalls", Layout::grid(1, 1), &[PlaceState::Free]);
        let balcony = || section("balcony", Layout::grid(1, 1), &[PlaceState::Free]);
        assert_eq!(prefixes(vec![floor(), stalls()]), ["", ""]);
        assert_eq!(prefixes(vec![stalls(), floor(), balcony()]), ["stalls:", "", "balcony:"]);
    }
}
