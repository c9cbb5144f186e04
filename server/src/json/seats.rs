//! Seat maps.

use super::events::kind;
use super::{Shown, schema};
use boxoffice_protocol::event::{Layout, PlaceState, SeatMap, SectionMap};
use boxoffice_protocol::id::{EventId, RowLabel, SectionName};
use serde::Serialize;
use utoipa::ToSchema;

/// The state of every seat of an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatMap)]
pub(crate) struct SeatsRecord<'a> {
    #[schema(value_type = schema::EventId)]
    event: &'a EventId,
    #[schema(value_type = schema::Version)]
    version: u64,
    sections: Vec<SectionSeatsRecord<'a>>,
}

/// A section with the state of every seat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SectionSeats)]
struct SectionSeatsRecord<'a> {
    #[schema(value_type = schema::SectionName)]
    section: &'a SectionName,
    /// What comes before a row and a number in the labels of its seats: `balcony:`, or nothing
    /// where only one section is seated.
    prefix: String,
    #[schema(value_type = schema::Minor)]
    price: u64,
    #[schema(value_type = schema::Kind)]
    kind: &'static str,
    capacity: u64,
    free: u64,
    held: u64,
    sold: u64,
    blocked: u64,
    /// None where people stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowRecord>>,
}

/// A row, with a letter for each of its seats from number 1 on: `f`ree, `h`eld, `s`old or
/// `b`locked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Row)]
struct RowRecord {
    #[schema(value_type = schema::RowLabel)]
    row: Shown<RowLabel>,
    #[schema(pattern = "^[fhsb]*$")]
    seats: String,
}

impl<'a> SeatsRecord<'a> {
    pub(crate) fn new(event: &'a EventId, version: u64, map: &'a SeatMap) -> Self {
        let seated = map.sections.iter().filter(|map| map.section.layout.is_seated());
        let several = seated.count() > 1;
        let sections = map.sections.iter().map(|map| SectionSeatsRecord::new(map, several));
        Self { event, version, sections: sections.collect() }
    }
}

impl<'a> SectionSeatsRecord<'a> {
    fn new(map: &'a SectionMap, several: bool) -> Self {
        let SectionMap { section, counts, .. } = map;
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(letters(map, rows)),
            Layout::Standing { .. } => None,
        };
        let has_prefix = several && rows.is_some();
        Self {
            section: &section.name,
            prefix: if has_prefix { format!("{}:", section.name) } else { String::new() },
            price: section.price,
            kind: kind(&section.layout),
            capacity: counts.capacity(),
            free: counts.free,
            held: counts.held,
            sold: counts.sold,
            blocked: counts.blocked,
            rows,
        }
    }
}

fn letters(map: &SectionMap, rows: &[u16]) -> Vec<RowRecord> {
    let mut index = 0;
    let rows = (0u16..).zip(rows).map(|(row, &seats)| {
        let states = index..index + usize::from(seats);
        index = states.end;
        let letters = states.map(|index| map.states.state(index).map_or('?', letter));
        RowRecord { row: Shown(RowLabel(row)), seats: letters.collect() }
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
    use boxoffice_protocol::event::{Counts, PackedStates, SectionSpec};

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
        let map = SeatMap { sections: sections.into() };
        let record = SeatsRecord::new(&event, 1, &map);
        record.sections.into_iter().map(|section| section.prefix).collect()
    }

    #[test]
    fn a_row_has_a_letter_for_each_of_its_seats() {
        use PlaceState::{Blocked, Free, Held, Sold};
        let layout = Layout::Seated { rows: vec![2, 3] };
        let map = section("stalls", layout, &[Free, Held, Sold, Blocked, Free]);
        let rows = letters(&map, &[2, 3]);
        let rows = serde_json::to_string(&rows).expect("JSON");
        assert_eq!(rows, r#"[{"row":"A","seats":"fh"},{"row":"B","seats":"sbf"}]"#);
    }

    #[test]
    fn labels_have_a_prefix_only_where_several_sections_are_seated() {
        let floor = || section("floor", Layout::Standing { capacity: 9 }, &[]);
        let stalls = || section("stalls", Layout::grid(1, 1), &[PlaceState::Free]);
        let balcony = || section("balcony", Layout::grid(1, 1), &[PlaceState::Free]);
        assert_eq!(prefixes(vec![floor(), stalls()]), ["", ""]);
        assert_eq!(prefixes(vec![stalls(), floor(), balcony()]), ["stalls:", "", "balcony:"]);
    }
}
