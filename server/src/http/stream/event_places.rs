//! The state of every place of an event, at the version of its streams.
//!
//! It also collects the places that changed since the last broadcast: a place is named once,
//! however often it changed.

use boxoffice_inventory::{Hall, Halls};
use boxoffice_protocol::change::PlacesChanged;
use boxoffice_protocol::event::{Layout, PlaceState, SeatMap, Sections, numbered};
use boxoffice_protocol::id::{Seat, SeatLabel};
use std::collections::BTreeSet;

/// Invariant: `sections` are those of `map`, and `rows` has the index of each row's first seat, by
/// section.
#[derive(Debug)]
pub(super) struct EventPlaces {
    pub(super) map: SeatMap,
    pub(super) sections: Sections,
    hall: Hall,
    rows: Vec<Vec<usize>>,
}

/// Places that changed their state. The state itself is in [`EventPlaces`].
#[derive(Debug, Default)]
pub(super) struct ChangedPlaces {
    seats: BTreeSet<Seat>,
    /// Sections whose counts changed.
    pub(super) sections: BTreeSet<u8>,
}

impl ChangedPlaces {
    pub(super) fn seats(&self) -> usize {
        self.seats.len()
    }
}

impl EventPlaces {
    pub(super) fn new(map: SeatMap, halls: &dyn Halls) -> Self {
        // An event keeps its plan at hand.
        let hall = halls.hall(map.plan.as_ref()).unwrap_or_default();
        let specs = map.sections.iter().map(|section| section.section.clone()).collect();
        let sections = Sections::new(specs).expect("the sections of an event keep their bounds");
        let rows = sections.as_slice().iter().map(|section| match &section.layout {
            Layout::Seated { rows } => beginnings(rows),
            Layout::Standing { .. } => Vec::new(),
        });
        Self { rows: rows.collect(), map, hall, sections }
    }

    pub(super) fn follow(&mut self, changed: &PlacesChanged, changed_places: &mut ChangedPlaces) {
        for now in &changed.seats {
            for &seat in &now.seats {
                self.put(seat, now.state);
                changed_places.seats.insert(seat);
            }
        }
        for &(section, counts) in &changed.counts {
            if let Some(map) = self.map.sections.get_mut(usize::from(section)) {
                map.counts = counts;
                changed_places.sections.insert(section);
            }
        }
    }

    /// Replaces the map by another of the same sections. Returns whether they are the same.
    #[must_use]
    pub(super) fn skip_to(&mut self, map: &SeatMap, changed_places: &mut ChangedPlaces) -> bool {
        let same = self.map.plan == map.plan
            && self.map.sections.len() == map.sections.len()
            && self.map.sections.iter().zip(&map.sections).all(|(a, b)| a.section == b.section);
        if !same {
            return false;
        }
        for (index, (before, after)) in numbered(self.map.sections.iter().zip(&map.sections)) {
            if before.counts != after.counts {
                changed_places.sections.insert(index);
            }
            let bytes = before.states.as_bytes().iter().zip(after.states.as_bytes());
            let changed = bytes.enumerate().filter(|(_, (before, after))| before != after);
            let seats = changed.flat_map(|(byte, _)| byte * 4..byte * 4 + 4);
            let others =
                seats.filter(|&seat| before.states.state(seat) != after.states.state(seat));
            changed_places.seats.extend(others.filter_map(|seat| self.seat(index, seat)));
        }
        self.map = map.clone();
        true
    }

    /// What a seat is called.
    pub(super) fn label(&self, seat: Seat) -> SeatLabel {
        self.hall.label(&self.sections, seat)
    }

    /// The seats among `changed_places` that are in this state now.
    pub(super) fn seats_now(
        &self,
        changed_places: &ChangedPlaces,
        state: PlaceState,
    ) -> impl Iterator<Item = Seat> {
        changed_places.seats.iter().copied().filter(move |&seat| self.state(seat) == Some(state))
    }

    pub(super) fn seats(&self) -> usize {
        let specs = self.sections.as_slice().iter().filter(|section| section.layout.is_seated());
        specs.map(|section| section.layout.capacity() as usize).sum()
    }

    fn state(&self, seat: Seat) -> Option<PlaceState> {
        let section = self.map.sections.get(usize::from(seat.section()))?;
        section.states.state(self.index(seat)?)
    }

    fn put(&mut self, seat: Seat, state: PlaceState) {
        let index = self.index(seat);
        if let Some(section) = self.map.sections.get_mut(usize::from(seat.section()))
            && let Some(index) = index
        {
            section.states.put(index, state);
        }
    }

    /// The index of a seat in its section.
    fn index(&self, seat: Seat) -> Option<usize> {
        let first = self.rows.get(usize::from(seat.section()))?.get(usize::from(seat.row()))?;
        Some(first + usize::from(seat.number()))
    }

    /// The seat at an index of its section.
    fn seat(&self, section: u8, index: usize) -> Option<Seat> {
        let rows = self.rows.get(usize::from(section))?;
        let row = rows.partition_point(|&first| first <= index).checked_sub(1)?;
        let number = u16::try_from(index - rows[row]).ok()?;
        Some(Seat::new(section, u16::try_from(row).ok()?, number))
    }
}

/// The index of each row's first seat.
fn beginnings(rows: &[u16]) -> Vec<usize> {
    let mut first = 0;
    let begins = rows.iter().map(|&seats| {
        let begin = first;
        first += usize::from(seats);
        begin
    });
    begins.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::stream::render::tests::hall;
    use boxoffice_inventory::NoPlans;
    use boxoffice_protocol::change::SeatsNow;
    use boxoffice_protocol::event::Counts;
    use proptest::prelude::*;

    fn change(seats: &[(PlaceState, Seat)]) -> PlacesChanged {
        let seats = seats
            .iter()
            .map(|&(state, seat)| SeatsNow { state, seats: std::iter::once(seat).collect() });
        PlacesChanged { seats: seats.collect(), counts: vec![(0, Counts::default())].into() }
    }

    #[test]
    fn a_place_is_named_once_and_as_it_is_now() {
        let mut event_places = EventPlaces::new(hall(&[3, 2]), &NoPlans);
        let mut changed_places = ChangedPlaces::default();
        let (a2, b1) = (Seat::new(0, 0, 1), Seat::new(0, 1, 0));
        event_places.follow(&change(&[(PlaceState::Held, a2)]), &mut changed_places);
        event_places.follow(
            &change(&[(PlaceState::Held, b1), (PlaceState::Sold, a2)]),
            &mut changed_places,
        );
        let now = |state| event_places.seats_now(&changed_places, state).collect::<Vec<_>>();
        assert_eq!((now(PlaceState::Held), now(PlaceState::Sold)), (vec![b1], vec![a2]));
        assert!(now(PlaceState::Free).is_empty() && now(PlaceState::Blocked).is_empty());
    }

    #[test]
    fn what_is_no_seat_of_the_event_changes_nothing() {
        let mut event_places = EventPlaces::new(hall(&[3]), &NoPlans);
        let stray =
            [(PlaceState::Sold, Seat::new(0, 1, 0)), (PlaceState::Sold, Seat::new(9, 0, 0))];
        event_places.follow(&change(&stray), &mut ChangedPlaces::default());
        assert_eq!(event_places.map.sections[0].states, hall(&[3]).sections[0].states);
    }

    #[test]
    fn other_sections_are_not_skipped_to() {
        let mut event_places = EventPlaces::new(hall(&[3]), &NoPlans);
        assert!(!event_places.skip_to(&hall(&[4]), &mut ChangedPlaces::default()));
    }

    proptest! {
        /// A stream that followed every change and one that skipped them name the same places in
        /// their present state, but for places that changed back.
        #[test]
        fn skipping_is_following(
            rows in prop::collection::vec(1..9u16, 1..5),
            changes in prop::collection::vec((0..4u8, any::<u16>(), any::<u16>()), 1..40),
        ) {
            const STATES: [PlaceState; 4] =
                [PlaceState::Free, PlaceState::Held, PlaceState::Sold, PlaceState::Blocked];
            let begun = EventPlaces::new(hall(&rows), &NoPlans);
            let (mut followed, mut skipped) = (EventPlaces::new(hall(&rows), &NoPlans), EventPlaces::new(hall(&rows), &NoPlans));
            let (mut seen, mut found) = (ChangedPlaces::default(), ChangedPlaces::default());
            for (state, row, number) in changes {
                let row = row % u16::try_from(rows.len()).expect("few");
                let seat = Seat::new(0, row, number % rows[usize::from(row)]);
                followed.follow(&change(&[(STATES[usize::from(state)], seat)]), &mut seen);
            }
            prop_assert!(skipped.skip_to(&followed.map, &mut found));
            prop_assert_eq!(&skipped.map, &followed.map);
            let moved = |seat: &Seat| begun.state(*seat) != followed.state(*seat);
            prop_assert_eq!(found.seats, seen.seats.into_iter().filter(moved).collect());
        }
    }
}
