//! The best seats where there are no adjacent ones: see [`best`](crate::best) for which these are.
//!
//! [`RowsByFree`](crate::rows_by_free::RowsByFree) tells which rows have most free seats, so the
//! cost grows with the sections and the places that are asked for, and not with the seats.

use crate::adjacent::{Found, Seated, seated};
use crate::rows::free_seats;
use crate::sections::Section;
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::limits::MAX_RESERVATION_PLACES;
use std::cmp::Reverse;

/// A row that seats are taken of: its section and its number.
type Row = (u8, u16);

/// The best `places` seats of all sections, or of one. There are enough.
pub(crate) fn scattered(sections: &[Section], only: Option<u8>, places: u32) -> Found {
    let rows = match row_nearest_to_front(sections, only, places) {
        Some(row) => vec![row],
        None => rows_with_most(sections, only, places),
    };
    seats_of(sections, &rows, places)
}

/// Of the rows that have enough, the one nearest to the front.
fn row_nearest_to_front(sections: &[Section], only: Option<u8>, places: u32) -> Option<Row> {
    let first = |(index, _, grid): Seated<'_>| Some((grid.by_free.first(places)?, index));
    let nearest = seated(sections, only).filter_map(first).min();
    nearest.map(|(row, section)| (section, row))
}

/// The rows with most free seats, ascending: as few as can be.
fn rows_with_most(sections: &[Section], only: Option<u8>, places: u32) -> Vec<Row> {
    let Equals { free, mut rows } = equals(sections, only, places);
    let mut chosen: Vec<Row> = Vec::new();
    let mut choices: Vec<Choice> = Vec::new();
    for (section, _, grid) in seated(sections, only) {
        let by_free = &grid.by_free;
        let more = chosen.len();
        chosen.extend(by_free.with_at_least(free + 1).map(|row| (section, row)));
        let has = by_free.at_least(free) - by_free.at_least(free + 1);
        if let Some(end) = by_free.nth_with(free, has.min(rows).saturating_sub(1)) {
            let taken = chosen[more..].first().zip(chosen.last()).map(|(a, b)| (a.1, b.1));
            choices.push(Choice { section, has, end, taken });
        }
    }
    choices.sort_unstable_by_key(|choice| choice.rank(rows));
    for Choice { section, has, taken, .. } in choices {
        let Some(grid) = &sections[usize::from(section)].grid else { continue };
        let all: Vec<u16> = grid.by_free.with(free).collect();
        let closest = closest_rows(&all, has.min(rows) as usize, taken);
        chosen.extend(closest.iter().map(|&row| (section, row)));
        rows -= has.min(rows);
        if rows == 0 {
            break;
        }
    }
    chosen.sort_unstable();
    chosen
}

/// The rows among which there is a choice: all rows with more free seats are taken, and so many of
/// those with so many.
struct Equals {
    free: u32,
    rows: u32,
}

/// No row has enough free seats, but all together have.
fn equals(sections: &[Section], only: Option<u8>, places: u32) -> Equals {
    let mut at_least = [0_u32; MAX_RESERVATION_PLACES as usize];
    for (_, _, grid) in seated(sections, only) {
        for (sum, &count) in at_least.iter_mut().zip(grid.by_free.counts()) {
            *sum += u32::from(count);
        }
    }
    let (mut missing, mut more) = (places, 0);
    for free in (1..places).rev() {
        let rows = at_least[free as usize - 1] - more;
        if rows * free >= missing {
            return Equals { free, rows: missing.div_ceil(free) };
        }
        missing -= rows * free;
        more += rows;
    }
    Equals { free: 1, rows: more }
}

/// A section with rows among which there is a choice.
struct Choice {
    section: u8,
    /// How many such rows it has.
    has: u32,
    /// The last one of as many as are wanted, counted from the front.
    end: u16,
    /// The first and last of its rows that are taken anyway.
    taken: Option<(u16, u16)>,
}

impl Choice {
    /// The first is best, where so many `rows` are wanted.
    fn rank(&self, rows: u32) -> (bool, Reverse<u32>, u16, u8) {
        (self.taken.is_none(), Reverse(self.has.min(rows)), self.end, self.section)
    }
}

/// The `count` of a section's rows that are closest to each other and to those taken already;
/// then closest to each other; then nearest to the front.
fn closest_rows(rows: &[u16], count: usize, taken: Option<(u16, u16)>) -> &[u16] {
    let key = |window: &&[u16]| {
        let (first, last) = (window[0], window[window.len() - 1]);
        let (from, to) = taken.map_or((first, last), |(a, b)| (first.min(a), last.max(b)));
        (to - from, last - first)
    };
    rows.windows(count.max(1)).min_by_key(key).unwrap_or_default()
}

/// All free seats of these rows, but of the last one only those that are missing then.
fn seats_of(sections: &[Section], rows: &[Row], places: u32) -> Found {
    let mut found = Found::new();
    let mut missing = places as usize;
    for &(section, row) in rows {
        let Some(grid) = &sections[usize::from(section)].grid else { continue };
        let numbers: Vec<u16> = free_seats(grid.free_in(row.into())).collect();
        let here = numbers.len().min(missing);
        let numbers = closest_seats(&numbers, here, grid.rows[usize::from(row)].seats);
        found.extend(numbers.iter().map(|&number| Seat::new(section, row, number)));
        missing -= here;
    }
    found
}

/// The `places` of these seats that are closest together, then nearest to the centre, then first.
fn closest_seats(numbers: &[u16], places: usize, seats: u16) -> &[u16] {
    let windows = numbers.windows(places.max(1));
    let key = |window: &&[u16]| {
        let (first, last) = (window[0], window[window.len() - 1]);
        (last - first, u32::from(first + last + 1).abs_diff(seats.into()))
    };
    windows.min_by_key(key).unwrap_or_default()
}
