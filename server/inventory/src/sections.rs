//! The sections of an event, their counts and their seats.

use crate::breaks::SectionBreaks;
use crate::grid::Grid;
use crate::places_of::PlacesOf;
use crate::record::NO_SLOT;
use boxoffice_protocol::change::TermChange;
use boxoffice_protocol::event::{Counts, Layout, PlaceState};
use boxoffice_protocol::id::Seat;

/// A section as it is filled.
///
/// `counts` adds up to the section's capacity and, where there are seats, to their states.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) counts: Counts,
    /// Its seats; none where people stand.
    pub(crate) grid: Option<Grid>,
}

impl Section {
    /// All places are free. Best seats are none of those in `special`, by row and number.
    pub(crate) fn new(layout: &Layout, breaks: SectionBreaks, special: &[(u16, u16)]) -> Self {
        let grid = match layout {
            Layout::Seated { rows } => Some(Grid::new(rows, breaks, special)),
            Layout::Standing { .. } => None,
        };
        let blocked = layout.blocked();
        let free = (layout.capacity() - blocked).into();
        let counts = Counts { free, blocked: blocked.into(), ..Counts::default() };
        Self { counts, grid }
    }
}

/// How many of `counts` are in a state.
pub(crate) const fn of(counts: &mut Counts, state: PlaceState) -> &mut u64 {
    match state {
        PlaceState::Free => &mut counts.free,
        PlaceState::Held => &mut counts.held,
        PlaceState::Sold => &mut counts.sold,
        PlaceState::Blocked => &mut counts.blocked,
    }
}

/// Moves places from one state into another; `holder` has them if that is held or sold.
pub(crate) fn put(
    sections: &mut [Section],
    places: PlacesOf<'_>,
    from: PlaceState,
    to: PlaceState,
    holder: u32,
) {
    match places {
        PlacesOf::Standing { section, places } => {
            count(&mut sections[usize::from(section)].counts, places.into(), from, to);
        }
        PlacesOf::Seats(seats) => {
            let holder = match to {
                PlaceState::Held | PlaceState::Sold => holder,
                PlaceState::Free | PlaceState::Blocked => NO_SLOT,
            };
            for of_section in seats.chunk_by(|a, b| a.section() == b.section()) {
                let section = &mut sections[usize::from(of_section[0].section())];
                count(&mut section.counts, of_section.len() as u64, from, to);
                if let Some(grid) = &mut section.grid {
                    debug_assert!(of_section.iter().all(|&seat| grid.state(seat) == from));
                    grid.put(of_section, to, holder);
                }
            }
        }
    }
}

fn count(counts: &mut Counts, places: u64, from: PlaceState, to: PlaceState) {
    *of(counts, from) -= places;
    *of(counts, to) += places;
}

/// Changes the layouts of sections, or adds one. Seats are those of a hall without a plan, so without
/// breaks, and none that goes is taken or blocked.
pub(crate) fn make(sections: &mut Vec<Section>, change: &TermChange) {
    match change {
        TermChange::Layout { section, from, to } => relayout(sections, *section, from, to),
        TermChange::Added(section) => {
            sections.push(Section::new(&section.layout, SectionBreaks::default(), &[]));
        }
        _ => {}
    }
}

/// Takes back the last such change.
pub(crate) fn take_back(sections: &mut Vec<Section>, change: &TermChange) {
    match change {
        TermChange::Layout { section, from, to } => relayout(sections, *section, to, from),
        TermChange::Added(_) => drop(sections.pop()),
        _ => {}
    }
}

fn relayout(sections: &mut [Section], index: u8, before: &Layout, after: &Layout) {
    let section = &mut sections[usize::from(index)];
    let free = |layout: &Layout| u64::from(layout.capacity() - layout.blocked());
    section.counts.free = section.counts.free + free(after) - free(before);
    let blocked = |layout: &Layout| u64::from(layout.blocked());
    section.counts.blocked = section.counts.blocked + blocked(after) - blocked(before);
    if let (Some(grid), Layout::Seated { rows }) = (&mut section.grid, after) {
        grid.relayout(index, rows, SectionBreaks::default());
    }
}

/// A seat's state, if there is such a seat.
pub(crate) fn state(sections: &[Section], seat: Seat) -> Option<PlaceState> {
    let grid = sections.get(usize::from(seat.section()))?.grid.as_ref()?;
    grid.has(seat).then(|| grid.state(seat))
}

/// The slot of the reservation that has a seat, if one has.
pub(crate) fn holder(sections: &[Section], seat: Seat) -> Option<u32> {
    let grid = sections.get(usize::from(seat.section()))?.grid.as_ref()?;
    if grid.has(seat) { grid.holder(seat) } else { None }
}
