//! The best seats where there are no adjacent ones: see [`best`](crate::best) for which these are.
//!
//! [`RowsByFree`](crate::rows_by_free::RowsByFree) tells which rows have most free seats, so the
//! cost grows with the sections and the places that are asked for, and not with the seats.

use crate::adjacent::{Among, Found, Seated, seated};
use crate::grid::GridRow;
use crate::rows::free_seats;
use crate::sections::Section;
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::limits::MAX_RESERVATION_PLACES;
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Of a section's rows with equally many free seats, this many are looked at, from the front.
pub(crate) const EQUALS_LOOKED_AT: usize = 128;

/// A row that seats are taken of: its section and its number.
type Row = (u8, u16);

/// The best `places` seats of the row nearest to the front that has enough; there is one.
pub(crate) fn of_one_row(sections: &[Section], among: Among, places: u32) -> Found {
    let first = |(index, _, grid): Seated<'_>| Some((grid.by_free.first(places)?, index));
    let nearest = seated(sections, among).filter_map(first).min();
    seats_of(sections, nearest.map(|(row, section)| (section, row)).as_slice(), places)
}

/// The best `places` seats of all sections, or of one. There are enough, but in no row.
pub(crate) fn of_many_rows(sections: &[Section], among: Among, places: u32) -> Found {
    seats_of(sections, &rows_with_most(sections, among, places), places)
}

/// The rows with most free seats, ascending: as few as can be.
fn rows_with_most(sections: &[Section], among: Among, places: u32) -> Vec<Row> {
    let Equals { free, mut rows } = equals(sections, among, places);
    let mut chosen: Vec<Row> = Vec::with_capacity(places as usize);
    let mut choices: Vec<Reverse<Choice>> = Vec::with_capacity(sections.len());
    for (section, _, grid) in seated(sections, among) {
        let by_free = &grid.by_free;
        let (mut taken, mut has) = (None, by_free.at_least(free));
        if by_free.most() > free as usize {
            let first = chosen.len();
            chosen.extend(by_free.with_at_least(free + 1).map(|row| (section, row)));
            taken = chosen[first..].first().zip(chosen.last()).map(|(a, b)| (a.1, b.1));
            has -= by_free.at_least(free + 1);
        }
        let gives = has.min(rows);
        if gives > 0
            && let Some(end) = by_free.nth_with(free, gives - 1)
        {
            choices.push(Reverse(Choice::new(section, gives, end, taken)));
        }
    }
    // A heap, as few of many sections are taken.
    let mut choices = BinaryHeap::from(choices);
    while let Some(Reverse(Choice { section, gives, taken, .. })) = choices.pop() {
        let Some(grid) = &sections[usize::from(section)].grid else { continue };
        let gives = gives.min(rows);
        let looked_at: SmallVec<[u16; EQUALS_LOOKED_AT]> =
            grid.by_free.with(free).take(EQUALS_LOOKED_AT).collect();
        let closest = closest_rows(&looked_at, gives as usize, taken);
        chosen.extend(closest.iter().map(|&row| (section, row)));
        rows -= gives;
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
fn equals(sections: &[Section], among: Among, places: u32) -> Equals {
    let mut at_least = [0_u32; MAX_RESERVATION_PLACES as usize];
    for (_, _, grid) in seated(sections, among) {
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
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Choice {
    /// The least is best.
    rank: u64,
    section: u8,
    /// How many such rows it has, or how many are wanted where it has more.
    gives: u32,
    /// The first and last of its rows that are taken anyway.
    taken: Option<(u16, u16)>,
}

impl Choice {
    /// `end` is the last one of these rows, counted from the front.
    fn new(section: u8, gives: u32, end: u16, taken: Option<(u16, u16)>) -> Self {
        let fewer = u64::from(MAX_RESERVATION_PLACES - gives);
        let order = fewer << 24 | u64::from(end) << 8 | u64::from(section);
        Self { rank: u64::from(taken.is_none()) << 63 | order, section, gives, taken }
    }
}

/// The `count` of these rows of a section that are closest to each other and to those taken already;
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
    let mut found = Found::with_capacity(places as usize);
    for &(section, row) in rows {
        let Some(grid) = &sections[usize::from(section)].grid else { continue };
        let free = free_seats(grid.free_in(row.into()));
        let GridRow { free: has, width, .. } = grid.rows[usize::from(row)];
        let (has, breaks) = (usize::from(has), grid.breaks.of(row.into()));
        let missing = places as usize - found.len();
        let seat = |position| Seat::new(section, row, breaks.number_of_seat(position));
        if has <= missing {
            found.extend(free.take(has).map(seat));
        } else {
            let mut positions = Vec::with_capacity(has);
            positions.extend(free.take(has));
            let closest = closest_seats(&positions, missing, width).iter().copied();
            found.extend(closest.map(seat));
        }
    }
    found
}

/// The `places` of these positions that are closest together, then nearest to the centre, then first.
fn closest_seats(positions: &[u16], places: usize, width: u16) -> &[u16] {
    let Some(behind) = places.checked_sub(1) else { return &[] };
    // In one number, the start last: comparing pairs is what most of the work would be.
    let key = |((&first, &last), start): ((&u16, &u16), u64)| {
        let aside = u32::from(first + last + 1).abs_diff(width.into());
        u64::from(last - first) << 32 | u64::from(aside) << 16 | start
    };
    let windows = positions.iter().zip(&positions[behind..]).zip(0..);
    let best = windows.map(key).min().map(|best| (best & 0xffff) as usize);
    best.map_or(&[], |start| &positions[start..start + places])
}
