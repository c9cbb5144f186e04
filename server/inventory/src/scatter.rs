//! The best seats where there are no adjacent ones: see [`best`](crate::best).

use crate::adjacent::{Found, Seated, adjacent, seated};
use crate::grid::Grid;
use crate::rows::free_seats;
use crate::sections::Section;
use boxoffice_protocol::id::Seat;
use std::cmp::Reverse;

/// The best `places` seats of one section if one has so many, of several if not. There are enough.
pub(crate) fn scattered(sections: &[Section], only: Option<u8>, places: u32) -> Found {
    let enough = |&(_, section, _): &Seated<'_>| section.counts.free >= places.into();
    let whole = seated(sections, only).filter(enough);
    let best = whole
        .filter_map(|(index, _, grid)| Some((few_rows(grid, places)?, index, grid)))
        .min_by_key(|(rows, index, _)| (rows.count, rows.last - rows.first, rows.first, *index));
    match best {
        Some((rows, index, grid)) => seats_of(index, grid, &rows, places),
        None => over_sections(sections, only, places),
    }
}

fn over_sections(sections: &[Section], only: Option<u8>, places: u32) -> Found {
    let mut by_free: Vec<Seated<'_>> = seated(sections, only).collect();
    by_free.sort_by_key(|&(index, section, _)| (Reverse(section.counts.free), index));
    let mut found = Found::new();
    let mut missing = places;
    for (index, section, _) in by_free {
        let here = u32::try_from(section.counts.free).unwrap_or(u32::MAX).min(missing);
        if here == 0 {
            break;
        }
        let there = adjacent(sections, Some(index), here)
            .unwrap_or_else(|| scattered(sections, Some(index), here));
        found.extend(there);
        missing -= here;
    }
    found.sort_unstable();
    found
}

/// The rows to take seats of: the `count` ones with most free seats from `first` to `last`.
struct FewRows {
    count: usize,
    first: usize,
    last: usize,
}

/// The fewest rows with enough free seats, as close as possible, as near to the front as possible.
fn few_rows(grid: &Grid, places: u32) -> Option<FewRows> {
    let mut all = Window::new(places);
    for row in &grid.rows {
        all.add(row.free);
    }
    let count = all.rows_needed()?;
    let mut window = Window::new(places);
    let mut best: Option<FewRows> = None;
    let mut first = 0;
    for (last, row) in grid.rows.iter().enumerate() {
        window.add(row.free);
        if row.free == 0 {
            continue;
        }
        while window.free >= places && window.most_in(count) >= places {
            if best.as_ref().is_none_or(|best| last - first < best.last - best.first) {
                best = Some(FewRows { count, first, last });
                if last - first + 1 == count {
                    return best;
                }
            }
            window.remove(grid.rows[first].free);
            first += 1;
        }
    }
    best
}

/// Adjacent rows, by how many free seats they have; more than are wanted count as so many.
struct Window {
    by_free: Vec<u32>,
    /// All the free seats.
    free: u32,
}

impl Window {
    fn new(places: u32) -> Self {
        Self { by_free: vec![0; places as usize + 1], free: 0 }
    }

    fn add(&mut self, free: u16) {
        let most = self.by_free.len() - 1;
        self.by_free[usize::from(free).min(most)] += 1;
        self.free += u32::from(free);
    }

    fn remove(&mut self, free: u16) {
        let most = self.by_free.len() - 1;
        self.by_free[usize::from(free).min(most)] -= 1;
        self.free -= u32::from(free);
    }

    /// How many rows it takes to have all the places.
    fn rows_needed(&self) -> Option<usize> {
        let most = self.by_free.len() - 1;
        (1..=most).find(|&count| self.most_in(count) as usize >= most)
    }

    /// How many free seats the `count` rows with most of them have, up to the number of places.
    fn most_in(&self, count: usize) -> u32 {
        let places = u32::try_from(self.by_free.len() - 1).unwrap_or(u32::MAX);
        let mut left = u32::try_from(count).unwrap_or(u32::MAX);
        let mut sum = 0;
        for free in (1..=places).rev() {
            let rows = self.by_free[free as usize].min(left);
            sum += rows * free;
            left -= rows;
            if left == 0 || sum >= places {
                break;
            }
        }
        sum.min(places)
    }
}

fn seats_of(section: u8, grid: &Grid, rows: &FewRows, places: u32) -> Found {
    let mut chosen: Vec<usize> = (rows.first..=rows.last).collect();
    chosen.sort_by_key(|&row| (Reverse(grid.rows[row].free), row));
    chosen.truncate(rows.count);
    chosen.sort_unstable();
    let mut found = Found::new();
    let mut missing = places as usize;
    for row in chosen {
        let numbers: Vec<u16> = free_seats(grid.free_in(row)).collect();
        let here = numbers.len().min(missing);
        let row_number = u16::try_from(row).expect("a section has 4096 rows at most");
        let numbers = closest(&numbers, here, grid.rows[row].seats);
        found.extend(numbers.iter().map(|&number| Seat::new(section, row_number, number)));
        missing -= here;
    }
    found
}

/// The `places` of these seats that are closest together, then nearest to the centre, then first.
fn closest(numbers: &[u16], places: usize, seats: u16) -> &[u16] {
    let windows = numbers.windows(places.max(1));
    let key = |window: &&[u16]| {
        let (first, last) = (window[0], window[window.len() - 1]);
        (last - first, u32::from(first + last + 1).abs_diff(seats.into()))
    };
    windows.min_by_key(key).unwrap_or_default()
}
