//! Rendered server-sent events. JSON has no line feeds, so that each event's data is one line.

use super::event_places::{ChangedPlaces, EventPlaces};
use boxoffice_protocol::event::{PlaceState, SeatMap};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::json::{
    self, PlacesChangedRecord, SeatMapRecord, SeatsNowRecord, SectionCountsRecord, Version,
};
use bytes::{BufMut, Bytes, BytesMut};

/// A snapshot of all places.
pub(super) fn snapshot(event: &EventId, version: u64, map: &SeatMap) -> Bytes {
    sent("snapshot", version, &json::to_vec(&SeatMapRecord::new(event, version, map)))
}

/// The changes up to this version.
pub(super) fn change(
    version: u64,
    event_places: &EventPlaces,
    changed_places: &ChangedPlaces,
) -> Bytes {
    let states = [PlaceState::Free, PlaceState::Held, PlaceState::Sold, PlaceState::Blocked];
    let places = states.into_iter().filter_map(|state| {
        let seats = event_places.seats_now(changed_places, state);
        let seats: Vec<_> = seats.map(|seat| event_places.label(seat)).collect();
        (!seats.is_empty()).then_some(SeatsNowRecord { state, seats })
    });
    let sections = changed_places.sections.iter().filter_map(|&index| {
        let section = event_places.map.sections.get(usize::from(index))?;
        Some(SectionCountsRecord::new(&section.section.name, section.counts))
    });
    let (places, sections) = (places.collect(), sections.collect());
    let record = PlacesChangedRecord { version: Version(version), places, sections };
    sent("change", version, &json::to_vec(&record))
}

pub(super) fn ended(version: u64) -> Bytes {
    sent("ended", version, b"{}")
}

fn sent(name: &str, version: u64, data: &[u8]) -> Bytes {
    let head = format!("event: {name}\nid: {version}\ndata: ");
    let mut bytes = BytesMut::with_capacity(head.len() + data.len() + 2);
    bytes.put_slice(head.as_bytes());
    bytes.put_slice(data);
    bytes.put_slice(b"\n\n");
    bytes.freeze()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use boxoffice_protocol::event::{Counts, Layout, PackedStates, SectionMap, SectionSpec};
    use boxoffice_protocol::id::SectionName;

    /// A seated section of these rows, all free.
    pub(crate) fn hall(rows: &[u16]) -> SeatMap {
        let layout = Layout::Seated { rows: rows.to_vec() };
        let seats = layout.capacity();
        let name = SectionName::parse("stalls").expect("a word");
        let section = SectionSpec { name, price: 4_500, layout };
        let counts = Counts { free: seats.into(), ..Counts::default() };
        let states = PackedStates::pack((0..seats).map(|_| PlaceState::Free));
        SeatMap { plan: None, sections: vec![SectionMap { section, counts, states }].into() }
    }
}
