//! The best seats beside each other in one row: see [`best`](crate::best) for which these are.
//!
//! The [`RowTree`](crate::row_tree::RowTree) of a section tells which rows have a run that fits.
//! The first rows are the nearest, so the search ends soon after its first hit; it ends at a bound
//! where all that fits is far aside. What is gained by a choice that fills a hall well is small, so
//! that only few more seats are looked at for it.

use crate::filling;
use crate::grid::{Grid, GridRow};
use crate::rows::{self, Lengths};
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

/// Rows that one choice looks into, at most.
pub(crate) const ROWS_LOOKED_AT: usize = 64;

/// The positions that end a look: rows can have thousands, and each look into one costs as much.
pub(crate) const SEATS_LOOKED_AT: u32 = 32_768;

/// Adjacent seats that would do. The least are the best ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// The distance, and what they cost the hall.
    cost: i64,
    distance: i64,
    first: Seat,
}

/// The best adjacent seats, if there are any in runs of these lengths: those of all sections.
pub(crate) fn adjacent(
    sections: &[Section],
    among: Among,
    places: u32,
    lengths: Lengths,
) -> Option<Found> {
    let fits = lengths & rows::fitting(places) != 0;
    if fits { nearest(sections, among, places, lengths) } else { None }
}

/// Looks at rows that have a run that fits, from the front, those of all sections with the same
/// number one after the other; not at more than it may, nor at any that cannot be better.
// Inlined, it would slow down those that find no such seats.
#[inline(never)]
fn nearest(sections: &[Section], among: Among, places: u32, lengths: Lengths) -> Option<Found> {
    let fitting = rows::fitting(places);
    let gain = if lengths & 1 << places == 0 { 0 } else { filling::most_gained(places) };
    let first = |(index, _, grid): Seated<'_>| Some(Reverse((grid.tree.first(0, fitting)?, index)));
    let mut fronts: BinaryHeap<_> = seated(sections, among).filter_map(first).collect();
    let mut best: Option<Candidate> = None;
    let (mut rows, mut seats) = (0, 0);
    while let Some(mut front) = fronts.peek_mut() {
        let Reverse((row, index)) = *front;
        let beyond = best.is_some_and(|best| best.cost + gain < distance_to_front(row));
        if beyond || rows >= ROWS_LOOKED_AT || seats >= SEATS_LOOKED_AT {
            break;
        }
        let grid = sections[usize::from(index)].grid.as_ref()?;
        best = best_in_row(grid, index, row, places, gain, best);
        rows += 1;
        seats += u32::from(grid.rows[row].width);
        match grid.tree.first(row + 1, fitting) {
            Some(next) => *front = Reverse((next, index)),
            None => drop(PeekMut::pop(front)),
        }
    }
    let first = best?.first;
    let numbers = (first.number()..).take(places as usize);
    Some(numbers.map(|number| Seat::new(first.section(), first.row(), number)).collect())
}

/// The distance of the middle of a row.
fn distance_to_front(row: usize) -> i64 {
    (4 * row as i64).pow(2)
}

/// The best of `best` and the candidates of a row, none of which gains more than `gain`.
fn best_in_row(
    grid: &Grid,
    section: u8,
    row: usize,
    places: u32,
    gain: i64,
    mut best: Option<Candidate>,
) -> Option<Candidate> {
    let back = distance_to_front(row);
    let GridRow { width, given, free: has, .. } = grid.rows[row];
    let Some(centre) = usize::from(width).checked_sub(places as usize) else { return best };
    // Nothing further to the side would be better.
    let within = |best: &Candidate| at_least_root((best.cost + gain - back).unsigned_abs());
    let free = grid.free_in(row);
    let part = rows::part_around(free, centre, best.as_ref().map_or(u64::MAX, within), places);
    let mut starts = rows::starts(&free[part.clone()], places);
    if best.is_some_and(|best| best.cost < back) {
        // Only what uses up a run costs less than its distance.
        rows::keep_runs(&mut starts, free, part.start, places);
    }
    let last = small(places) - 1;
    for (position, aside) in rows::outward(&starts, centre, part.start) {
        let distance = back + (aside as i64).pow(2);
        if let Some(best) = best {
            if best.cost + gain < distance {
                break;
            }
            if best.cost < distance && !rows::is_run(free, position, places) {
                continue;
            }
        }
        let (before, behind) =
            (rows::run_before(free, position), rows::run_after(free, position + last));
        let cost = distance + filling::cost(before, places, behind, has == given);
        if best.is_none_or(|best| cost <= best.cost) {
            let number = grid.breaks.of(row).number_of_seat(position);
            let candidate =
                Candidate { cost, distance, first: Seat::new(section, small(row), number) };
            best = Some(best.map_or(candidate, |best| best.min(candidate)));
        }
    }
    best
}

/// A number that is no less than the square root of this one, and cheap to find.
const fn at_least_root(square: u64) -> u64 {
    1 << (u64::BITS - square.leading_zeros()).div_ceil(2)
}

fn small<N: TryInto<u16>>(number: N) -> u16 {
    number.try_into().unwrap_or(u16::MAX)
}
