//! The best free seats. Which ones they are:
//!
//! 1. Adjacent in one row, leaving no single free seat alone beside them: a seat is left alone if
//!    it is free and neither of its neighbours is.
//! 2. If there are none: adjacent in one row.
//! 3. If there are none and adjacent was only wished for: in one section, in as few rows as can
//!    be; of those where the last row is nearest to the first; then nearest to the front. Rows with
//!    most free seats are taken, from the front, and in each the seats that are closest together,
//!    then nearest to the row's centre.
//! 4. If no section has enough: all of the section with most free seats, then of the next.
//!
//! Of adjacent ones, those nearest to the centre of their section's front win: by the square of
//! four times the row plus the square of twice the way from the row's centre to theirs, so that a
//! row further back is as bad as two seats to the side. Then the lower section, row and number.
//!
//! [`RowTree`](super::row_tree::RowTree) tells which rows have a run that fits, and the first rows
//! are the nearest, so that the search ends soon after its first hit.

use super::grid::Grid;
use super::rows::{self, Lengths, Words};
use super::scatter;
use super::sections::Section;
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Together;
use smallvec::SmallVec;

/// Seats that were found, ascending.
pub(super) type Found = SmallVec<[Seat; 2]>;

/// A seated section and its index.
pub(super) type Seated<'a> = (u8, &'a Section, &'a Grid);

/// The seated ones among `sections`, all or one.
pub(super) fn seated(sections: &[Section], only: Option<u8>) -> impl Iterator<Item = Seated<'_>> {
    (0u8..)
        .zip(sections)
        .filter(move |&(index, _)| only.is_none_or(|only| index == only))
        .filter_map(|(index, section)| Some((index, section, section.grid.as_ref()?)))
}

/// The best `places` free seats of all seated sections, or of one.
///
/// # Errors
/// `SoldOut` if there are not enough, `NotTogether` if they are demanded to be adjacent and aren't.
pub(super) fn best(
    sections: &[Section],
    only: Option<u8>,
    places: u32,
    together: Together,
) -> Result<Found, Refusal> {
    let free: u64 = seated(sections, only).map(|(_, section, _)| section.counts.free).sum();
    if free < places.into() {
        return Err(Refusal::SoldOut { free });
    }
    if let Some(found) = adjacent(sections, only, places) {
        return Ok(found);
    }
    match together {
        Together::Required => Err(Refusal::NotTogether { largest: largest(sections, only) }),
        Together::IfPossible => Ok(scatter::scattered(sections, only, places)),
    }
}

/// The longest run of free seats. Only asked for where no run has as many as a reservation can
/// have, so that it is exact.
fn largest(sections: &[Section], only: Option<u8>) -> u32 {
    let all = seated(sections, only).fold(0, |all, (_, _, grid)| all | grid.tree.all());
    all.checked_ilog2().unwrap_or(0)
}

/// The best adjacent seats, if there are any.
pub(super) fn adjacent(sections: &[Section], only: Option<u8>, places: u32) -> Option<Found> {
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
