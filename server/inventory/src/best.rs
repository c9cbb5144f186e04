//! The best free seats, by these rules:
//!
//! 1. Adjacent in one row.
//! 2. If there are none and adjacent was not demanded: of the rows with most free seats, so of as
//!    few rows as can be, over all sections.
//!
//! Seats with a break (an aisle, a pillar) between them are not adjacent. It is as wide as a seat where
//! distances in a row are measured, and none of them where seats are counted.
//!
//! Seats that a plan marks as accessible or as the companion of such a seat, and rows that are taken
//! entirely or not at all, are as good as taken.
//!
//! Of adjacent ones, those win that are nearest to the centre of their section's front and leave the
//! hall room for others. The distance is the square of four times the row plus the square of twice the
//! way from the row's centre to theirs, so that a row further back is as bad as two seats to the side;
//! what they cost the hall, [`filling`](crate::filling) adds. Then the nearest, the lower section, row
//! and number. The look is bounded: rows that have as many adjacent seats are looked at from the front,
//! those of a lower section first where the number is the same, until there were 64 or they have 32,768
//! seats and breaks in all.
//!
//! Of scattered ones:
//! - Rows that have enough count alike; the one nearest to the front wins, then the lower section.
//! - Where no row has enough, all rows with more than some number of free seats are taken, and as
//!   many as it takes of those with this number. Of these, a section comes first that has a row
//!   that is taken anyway; then one that has enough of them, or else most; then the one where as
//!   many as are wanted end nearest to the front; then the lower one. In a section that has too
//!   many, those of its first 128 are taken with which its rows are closest together (the last minus
//!   the first), then closest themselves, then nearest to the front.
//! - All free seats of these rows are taken, but of the last one (by section and number) only those
//!   that are missing: the closest together, then nearest to the row's centre, then the first.

use crate::adjacent::{Among, Found, adjacent, seated};
use crate::rows::Lengths;
use crate::scatter;
use crate::sections::Section;
use boxoffice_plan::Plan;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Together;

/// The best `places` free seats of some sections. Only a plan makes seats special.
///
/// # Errors
/// `SoldOut` if there are not enough, `NotTogether` if they are demanded to be adjacent and aren't.
pub(crate) fn best(
    sections: &[Section],
    plan: Option<&Plan>,
    among: Among,
    places: u32,
    together: Together,
) -> Result<Found, Refusal> {
    let mut free = Free::of(sections, among);
    if plan.is_some() {
        free.seats -= seated(sections, among).map(|(.., grid)| grid.special_free()).sum::<u64>();
    }
    if free.seats < places.into() {
        return Err(Refusal::SoldOut { free: free.seats });
    }
    if let Some(found) = adjacent(sections, among, places, free.lengths) {
        return Ok(found);
    }
    match together {
        Together::Required => Err(Refusal::NotTogether { largest: free.longest() }),
        Together::IfPossible if free.of_a_row >= places as usize => {
            Ok(scatter::of_one_row(sections, among, places))
        }
        Together::IfPossible => Ok(scatter::of_many_rows(sections, among, places)),
    }
}

/// The free seats of all these sections.
struct Free {
    seats: u64,
    /// The lengths of all runs.
    lengths: Lengths,
    /// The most in any row, as far as reservations can have as many.
    of_a_row: usize,
}

impl Free {
    fn of(sections: &[Section], among: Among) -> Self {
        let mut all = Self { seats: 0, lengths: 0, of_a_row: 0 };
        for (_, section, grid) in seated(sections, among) {
            all.seats += section.counts.free;
            all.lengths |= grid.tree.all();
            all.of_a_row = all.of_a_row.max(grid.by_free.most());
        }
        all
    }

    /// The longest run. Only asked for where no run has as many as a reservation can have, so that
    /// it is exact.
    fn longest(&self) -> u32 {
        self.lengths.checked_ilog2().unwrap_or(0)
    }
}
