//! The best free seats, by these rules:
//!
//! 1. Adjacent in one row, leaving no single free seat alone beside them: a seat is left alone if
//!    it is free and neither of its neighbours is.
//! 2. If there are none: adjacent in one row.
//! 3. If there are none and adjacent was not demanded: of the rows with most free seats, so of as
//!    few rows as can be, over all sections.
//!
//! Of adjacent ones, those nearest to the centre of their section's front win: by the square of
//! four times the row plus the square of twice the way from the row's centre to theirs, so that a
//! row further back is as bad as two seats to the side. Then the lower section, row and number. The
//! look is bounded: rows with such seats are looked at from the front, those of a lower section
//! first where the number is the same, until there were 64 or they have 32,768 seats in all.
//!
//! Of scattered ones:
//! - Rows that have enough count alike; the one nearest to the front wins, then the lower section.
//! - Where no row has enough, all rows with more than some number of free seats are taken, and as
//!   many as it takes of those with this number. Of these, a section comes first that has a row
//!   that is taken anyway; then one that has enough of them, or else most; then the one where as
//!   many as are wanted end nearest to the front; then the lower one. In a section that has too
//!   many, those are taken with which its rows are closest together (the last minus the first),
//!   then closest themselves, then nearest to the front.
//! - All free seats of these rows are taken, but of the last one (by section and number) only those
//!   that are missing: the closest together, then nearest to the row's centre, then the first.

use crate::adjacent::{Found, adjacent, seated};
use crate::scatter;
use crate::sections::Section;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Together;

/// The best `places` free seats of all seated sections, or of one.
///
/// # Errors
/// `SoldOut` if there are not enough, `NotTogether` if they are demanded to be adjacent and aren't.
pub(crate) fn best(
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
