//! The best seats, found by trying every choice.

use super::state::Model;
use crate::adjacent::{ROWS_LOOKED_AT, SEATS_LOOKED_AT};
use crate::scatter::EQUALS_LOOKED_AT;
use boxoffice_protocol::event::{Layout, PlaceState, numbered};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Together;
use boxoffice_protocol::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a section.
type Rows = Vec<Vec<Spot>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    Free,
    Taken,
    /// Marked so that it is never a best one.
    Special,
    Break,
}

pub(super) fn best(
    model: &Model,
    among: &[u8],
    places: usize,
    together: Together,
    now: Timestamp,
) -> Result<Vec<Seat>, Refusal> {
    let mut halls: Vec<(u8, Rows)> = Vec::new();
    for (index, spec) in numbered(model.sections()) {
        let Layout::Seated { rows } = &spec.layout else { continue };
        if !among.contains(&index) {
            continue;
        }
        let mut section = Vec::new();
        for (row, &seats) in (0u16..).zip(rows) {
            let mut of_row = Vec::new();
            for seat in (0..seats).map(|number| Seat::new(index, row, number)) {
                if model.follows_break(seat) {
                    of_row.push(Spot::Break);
                }
                of_row.push(match model.state(seat, now) {
                    _ if model.is_special(seat) => Spot::Special,
                    PlaceState::Free => Spot::Free,
                    _ => Spot::Taken,
                });
            }
            section.push(of_row);
        }
        halls.push((index, section));
    }
    let free: usize = halls.iter().map(|(_, rows)| free_in(rows)).sum();
    if free < places {
        return Err(Refusal::SoldOut { free: free as u64 });
    }
    let seats = |found: Vec<Position>| found.into_iter().map(|at| seat(model, at)).collect();
    if let Some(found) = adjacent(&halls, places) {
        return Ok(seats(found));
    }
    if together == Together::Required {
        let largest = (1..places).rev().find(|&fewer| adjacent(&halls, fewer).is_some());
        let largest = u32::try_from(largest.unwrap_or(0)).expect("a small hall");
        return Err(Refusal::NotTogether { largest });
    }
    Ok(seats(apart(&halls, places)))
}

fn free_in(rows: &Rows) -> usize {
    rows.iter().flatten().filter(|place| is_free(place)).count()
}

/// What adjacent seats are judged by: the least are the best.
type Run = (i64, i64, u8, usize, usize);

/// A section, a row, and a place in it where a break counts as one.
type Position = (u8, usize, usize);

fn adjacent(halls: &[(u8, Rows)], places: usize) -> Option<Vec<Position>> {
    let mut by_row: Vec<((usize, u8), Vec<Run>, usize)> = Vec::new();
    for (section, rows) in halls {
        for (row, seats) in rows.iter().enumerate() {
            let runs = runs(*section, row, seats, places);
            by_row.push(((row, *section), runs, seats.len()));
        }
    }
    by_row.sort_unstable_by_key(|(row, ..)| *row);
    let (mut rows, mut looked_at, mut best) = (0, 0, None);
    for (_, runs, seats) in by_row {
        if !runs.is_empty() && rows < ROWS_LOOKED_AT && looked_at < SEATS_LOOKED_AT as usize {
            (rows, looked_at) = (rows + 1, looked_at + seats);
            best = best.into_iter().chain(runs).min();
        }
    }
    let (_, _, section, row, start) = best?;
    Some((start..start + places).map(|at| (section, row, at)).collect())
}

fn runs(section: u8, row: usize, seats: &[Spot], places: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    for start in 0..seats.len() {
        let end = start + places;
        if end > seats.len() || !seats[start..end].iter().all(is_free) {
            continue;
        }
        let aside = (start + end).abs_diff(seats.len());
        let distance = i64::try_from(16 * row * row + aside * aside).expect("a small hall");
        let cost = distance + cost_of_runs(seats, start, end);
        runs.push((cost, distance, section, row, start));
    }
    runs
}

fn is_free(place: &Spot) -> bool {
    *place == Spot::Free
}

/// What it costs the hall that these seats are taken.
fn cost_of_runs(seats: &[Spot], start: usize, end: usize) -> i64 {
    let lengths = |seats: &[Spot]| {
        let runs = seats.chunk_by(|a, b| is_free(a) == is_free(b));
        runs.filter(|run| is_free(&run[0])).map(<[_]>::len).collect::<Vec<_>>()
    };
    let cost = |lengths: &[usize]| {
        let short = lengths.iter().filter(|seats| **seats <= 4).count() as i64;
        let alone = lengths.iter().filter(|seats| **seats == 1).count() as i64;
        192 * short + 96 * alone
    };
    let mut after = seats.to_vec();
    after[start..end].fill(Spot::Taken);
    let beside = |run: usize| run.min(127) % 2 == 1;
    let before = seats[..start].iter().rev().take_while(|place| is_free(place)).count();
    let behind = seats[end..].iter().take_while(|place| is_free(place)).count();
    let odd = (end - start).is_multiple_of(2) && beside(before) && beside(behind);
    let odd = if odd { 192 } else { 0 };
    if seats.contains(&Spot::Taken) {
        cost(&lengths(&after)) + odd - cost(&lengths(seats))
    } else {
        let own: Vec<usize> = [before, behind].into_iter().filter(|run| *run > 0).collect();
        (cost(&own) + odd) / 12
    }
}

/// A row by its section and number.
type Row = (u8, usize);

fn apart(halls: &[(u8, Rows)], places: usize) -> Vec<Position> {
    let mut free = BTreeMap::new();
    for (section, rows) in halls {
        for (row, seats) in rows.iter().enumerate() {
            free.insert((*section, row), seats.iter().filter(|place| is_free(place)).count());
        }
    }
    let mut found = Vec::new();
    for (section, row) in rows_of(&free, places) {
        let (_, rows) = halls.iter().find(|hall| hall.0 == section).expect("it is there");
        let seats = closest(&rows[row], places - found.len());
        found.extend(seats.into_iter().map(|at| (section, row, at)));
    }
    found
}

fn rows_of(free: &BTreeMap<Row, usize>, places: usize) -> BTreeSet<Row> {
    let enough = free.iter().filter(|(_, free)| **free >= places).map(|(row, _)| *row);
    if let Some(one) = enough.min_by_key(|&(section, row)| (row, section)) {
        return [one].into();
    }
    let mut most: Vec<usize> = free.values().copied().collect();
    most.sort_unstable_by_key(|free| Reverse(*free));
    let sum = |count: usize| most[..count].iter().sum::<usize>();
    let count = (1..).find(|count| sum(*count) >= places).expect("there are enough");
    let least = most[count - 1];
    let of = |wanted: fn(&usize, &usize) -> bool| {
        free.iter().filter(move |(_, free)| wanted(free, &least)).map(|(row, _)| *row)
    };
    let mut chosen: BTreeSet<Row> = of(|free, least| free > least).collect();
    let mut equals: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    of(|free, least| free == least).for_each(|(s, row)| equals.entry(s).or_default().push(row));
    let wanted = count - chosen.len();
    let anyway = chosen.clone();
    let rank = |section: u8, rows: &[usize]| {
        let has_one = anyway.iter().any(|row| row.0 == section);
        let most = rows.len().min(wanted);
        (!has_one, Reverse(most), rows[most - 1], section)
    };
    let mut order: Vec<(u8, Vec<usize>)> = equals.into_iter().collect();
    order.sort_by_key(|(section, rows)| rank(*section, rows));
    for (section, rows) in order {
        let missing = (count - chosen.len()).min(rows.len());
        let taken = anyway.iter().filter(|row| row.0 == section).map(|row| row.1).collect();
        chosen.extend(closest_rows(&rows, missing, &taken).into_iter().map(|row| (section, row)));
    }
    chosen
}

/// Of all sets of so many of these rows: the one with which all that are taken of the section are
/// closest together, then the one that is closest itself, then the nearest to the front.
fn closest_rows(rows: &[usize], count: usize, taken: &BTreeSet<usize>) -> Vec<usize> {
    let rows = &rows[..rows.len().min(EQUALS_LOOKED_AT)];
    let sets = (0_u32..1 << rows.len()).filter(|set| set.count_ones() as usize == count);
    let chosen = |set: u32| (0..rows.len()).filter(move |bit| set >> bit & 1 == 1);
    let spread = |of: &BTreeSet<usize>| of.last().zip(of.first()).map(|(a, b)| a - b);
    let key = |set: &u32| {
        let own: BTreeSet<usize> = chosen(*set).map(|bit| rows[bit]).collect();
        (spread(&own.union(taken).copied().collect()), spread(&own), own)
    };
    let best = sets.min_by_key(key).expect("there are so many");
    chosen(best).map(|bit| rows[bit]).collect()
}

/// Of all sets of so many free seats of a row (or all of them): the one with the smallest distance
/// from the first to the last, the nearest to the centre, and the first.
fn closest(row: &[Spot], places: usize) -> Vec<usize> {
    let free: Vec<usize> = (0..row.len()).filter(|&number| is_free(&row[number])).collect();
    let places = places.min(free.len());
    let mut ways = Vec::new();
    for start in 0..=free.len() - places {
        let chosen = &free[start..start + places];
        let (first, last) = (chosen[0], chosen[places - 1]);
        ways.push((last - first, (first + last + 1).abs_diff(row.len()), chosen.to_vec()));
    }
    ways.into_iter().min().map_or(Vec::new(), |(_, _, chosen)| chosen)
}

/// The seat at a position, found by going along the row.
fn seat(model: &Model, (section, row, position): Position) -> Seat {
    let row = u16::try_from(row).expect("a small hall");
    let mut at = 0;
    for number in 0.. {
        let seat = Seat::new(section, row, number);
        at += usize::from(model.follows_break(seat));
        if at == position {
            return seat;
        }
        at += 1;
    }
    unreachable!("a row has fewer seats than numbers")
}
