//! The best free seats, by these rules:
//!
//! 1. Adjacent in one row, leaving no single free seat alone beside them: a seat is left alone if
//!    it is free and neither of its neighbours is.
//! 2. If there are none: adjacent in one row.
//! 3. If there are none and adjacent was not demanded: in one section, in as few rows as can
//!    be; of those where the last row is nearest to the first; then nearest to the front. Rows with
//!    most free seats are taken, from the front, and in each the seats that are closest together,
//!    then nearest to the row's centre.
//! 4. If no section has enough: all of the section with most free seats, then of the next.
//!
//! Of adjacent ones, those nearest to the centre of their section's front win: by the square of
//! four times the row plus the square of twice the way from the row's centre to theirs, so that a
//! row further back is as bad as two seats to the side. Then the lower section, row and number.

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
