//! The best seats beside each other in one row: see [`best`](crate::best) for which these are.
//!
//! The [`RowTree`](crate::row_tree::RowTree) of a section tells which rows have a run that fits.
//! The first rows are the nearest, so the search ends soon after its first hit.

use crate::grid::Grid;
use crate::rows::{self, Lengths, Words};
use crate::sections::Section;
use boxoffice_protocol::id::Seat;
use smallvec::SmallVec;

/// Seats that were found, ascending.
pub(crate) type Found = SmallVec<[Seat; 2]>;

/// A seated section and its index.
pub(crate) type Seated<'a> = (u8, &'a Section, &'a Grid);

/// The seated ones among `sections`, all or one.
pub(crate) fn seated(sections: &[Section], only: Option<u8>) -> impl Iterator<Item = Seated<'_>> {
    (0u8..)
        .zip(sections)
        .filter(move |&(index, _)| only.is_none_or(|only| index == only))
        .filter_map(|(index, section)| Some((index, section, section.grid.as_ref()?)))
}

/// The best adjacent seats, if there are any.
pub(crate) fn adjacent(sections: &[Section], only: Option<u8>, places: u32) -> Option<Found> {
    nearest(sections, only, places, rows::fitting_well(places), rows::good_starts)
        .or_else(|| nearest(sections, only, places, rows::fitting(places), rows::starts))
}

/// A run of seats that would do.
struct Candidate {
    distance: u64,
    first: Seat,
}

fn nearest(
    sections: &[Section],
    only: Option<u8>,
    places: u32,
    lengths: Lengths,
    starts: impl Fn(&[u64], u32) -> Words,
) -> Option<Found> {
    let mut best: Option<Candidate> = None;
    for (index, _, grid) in seated(sections, only) {
        let mut from = 0;
        while let Some(row) = grid.tree.first(from, lengths) {
            let back = (4 * row as u64).pow(2);
            if best.as_ref().is_some_and(|best| best.distance <= back) {
                break;
            }
            let centre = usize::from(grid.rows[row].seats).checked_sub(places as usize)?;
            // Nothing further to the side would be nearer.
            let aside = best.as_ref().map_or(u64::MAX, |best| (best.distance - back).isqrt());
            let free = grid.free_in(row);
            let part = rows::part_around(free, centre, aside, places);
            let starts = starts(&free[part.clone()], places);
            from = row + 1;
            let Some((number, aside)) = rows::nearest(&starts, centre, part.start) else {
                continue;
            };
            let distance = back + aside.pow(2);
            if best.as_ref().is_none_or(|best| distance < best.distance) {
                let first = Seat::new(index, u16::try_from(row).ok()?, number);
                best = Some(Candidate { distance, first });
            }
        }
    }
    let first = best?.first;
    let numbers = (first.number()..).take(places as usize);
    Some(numbers.map(|number| Seat::new(first.section(), first.row(), number)).collect())
}
