//! The best seats beside each other in one row: see [`best`](crate::best) for which these are.
//!
//! The [`RowTree`](crate::row_tree::RowTree) of a section tells which rows have a run that fits.
//! The first rows are the nearest, so the search ends soon after its first hit; it ends at a bound
//! where all that fits is far aside.

use crate::grid::Grid;
use crate::rows::{self, Lengths, Words};
use crate::sections::Section;
use boxoffice_protocol::event::numbered;
use boxoffice_protocol::id::Seat;
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Seats that were found, ascending.
pub(crate) type Found = SmallVec<[Seat; 2]>;

/// A seated section and its index.
pub(crate) type Seated<'a> = (u8, &'a Section, &'a Grid);

/// The sections among which seats are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    All,
    One(u8),
    /// A bit for each section.
    These([u64; 4]),
}

impl Among {
    const fn has(&self, section: u8) -> bool {
        match *self {
            Self::All => true,
            Self::One(only) => section == only,
            Self::These(bits) => bits[section as usize / 64] >> (section % 64) & 1 == 1,
        }
    }
}

impl FromIterator<u8> for Among {
    fn from_iter<I: IntoIterator<Item = u8>>(sections: I) -> Self {
        let mut bits = [0; 4];
        sections.into_iter().for_each(|of| bits[usize::from(of) / 64] |= 1 << (of % 64));
        Self::These(bits)
    }
}

/// The seated ones among `sections`.
pub(crate) fn seated(sections: &[Section], among: Among) -> impl Iterator<Item = Seated<'_>> {
    numbered(sections)
        .filter(move |&(index, _)| among.has(index))
        .filter_map(|(index, section)| Some((index, section, section.grid.as_ref()?)))
}

/// The best adjacent seats, if there are any in runs of these lengths.
pub(crate) fn adjacent(
    sections: &[Section],
    among: Among,
    places: u32,
    lengths: Lengths,
) -> Option<Found> {
    let (well, all) = (rows::fitting_well(places), rows::fitting(places));
    if lengths & well != 0 {
        nearest(sections, among, places, well, rows::good_starts)
    } else if lengths & all != 0 {
        nearest(sections, among, places, all, rows::starts)
    } else {
        None
    }
}

/// Rows that one choice looks into, at most.
pub(crate) const ROWS_LOOKED_AT: usize = 64;

/// The positions that end a look: rows can have thousands, and each look into one costs as much.
pub(crate) const SEATS_LOOKED_AT: u32 = 32_768;

/// A run of seats that would do. The least is the best one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    distance: u64,
    first: Seat,
}

/// Looks at rows that have a run that fits, from the front, those of all sections with the same
/// number one after the other; not at more than it may, nor at any that cannot be nearer.
fn nearest(
    sections: &[Section],
    among: Among,
    places: u32,
    lengths: Lengths,
    starts: impl Fn(&[u64], u32) -> Words,
) -> Option<Found> {
    let first = |(index, _, grid): Seated<'_>| Some(Reverse((grid.tree.first(0, lengths)?, index)));
    let mut fronts: BinaryHeap<_> = seated(sections, among).filter_map(first).collect();
    let mut best: Option<Candidate> = None;
    let (mut rows, mut seats) = (0, 0);
    while let Some(mut front) = fronts.peek_mut() {
        let Reverse((row, index)) = *front;
        let back = (4 * row as u64).pow(2);
        let beyond = best.as_ref().is_some_and(|best| best.distance < back);
        if beyond || rows >= ROWS_LOOKED_AT || seats >= SEATS_LOOKED_AT {
            break;
        }
        let grid = sections[usize::from(index)].grid.as_ref()?;
        let candidate = candidate(grid, index, row, places, best.as_ref(), &starts);
        best = best.into_iter().chain(candidate).min();
        rows += 1;
        seats += u32::from(grid.rows[row].width);
        match grid.tree.first(row + 1, lengths) {
            Some(next) => *front = Reverse((next, index)),
            None => drop(PeekMut::pop(front)),
        }
    }
    let first = best?.first;
    let numbers = (first.number()..).take(places as usize);
    Some(numbers.map(|number| Seat::new(first.section(), first.row(), number)).collect())
}

/// The best one of a row, if it is no worse than the best of the rows before.
fn candidate(
    grid: &Grid,
    section: u8,
    row: usize,
    places: u32,
    best: Option<&Candidate>,
    starts: impl Fn(&[u64], u32) -> Words,
) -> Option<Candidate> {
    let back = (4 * row as u64).pow(2);
    let centre = usize::from(grid.rows[row].width).checked_sub(places as usize)?;
    // Nothing further to the side would be nearer.
    let aside = best.map_or(u64::MAX, |best| (best.distance - back).isqrt());
    let free = grid.free_in(row);
    let part = rows::part_around(free, centre, aside, places);
    let starts = starts(&free[part.clone()], places);
    let (position, aside) = rows::nearest(&starts, centre, part.start)?;
    let number = grid.breaks.of(row).number_of_seat(position);
    let first = Seat::new(section, u16::try_from(row).ok()?, number);
    Some(Candidate { distance: back + aside.pow(2), first })
}
