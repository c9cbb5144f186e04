//! The best seats, found by trying every choice.

use super::state::Model;
use boxoffice_protocol::event::{Layout, PlaceState};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Together;
use boxoffice_protocol::time::Timestamp;
use std::cmp::Reverse;

/// The rows of a section, each a list of whether its seats are free.
type Rows = Vec<Vec<bool>>;

pub(super) fn best(
    model: &Model,
    only: Option<u8>,
    places: usize,
    together: Together,
    now: Timestamp,
) -> Result<Vec<Seat>, Refusal> {
    let mut halls: Vec<(u8, Rows)> = Vec::new();
    for (index, spec) in (0u8..).zip(model.sections()) {
        let Layout::Seated { rows } = &spec.layout else { continue };
        if only.is_some_and(|only| only != index) {
            continue;
        }
        let free =
            |row, number| model.state(Seat::new(index, row, number), now) == PlaceState::Free;
        let row = |(row, &seats)| (0..seats).map(|number| free(row, number)).collect();
        halls.push((index, (0u16..).zip(rows).map(row).collect()));
    }
    let free: usize = halls.iter().map(|(_, rows)| free_in(rows)).sum();
    if free < places {
        return Err(Refusal::SoldOut { free: free as u64 });
    }
    if let Some(found) = adjacent(&halls, places) {
        return Ok(found);
    }
    if together == Together::Required {
        let largest = (1..places).rev().find(|&fewer| adjacent(&halls, fewer).is_some());
        let largest = u32::try_from(largest.unwrap_or(0)).expect("a small hall");
        return Err(Refusal::NotTogether { largest });
    }
    Ok(apart(&halls, places))
}

fn free_in(rows: &Rows) -> usize {
    rows.iter().flatten().filter(|free| **free).count()
}

fn adjacent(halls: &[(u8, Rows)], places: usize) -> Option<Vec<Seat>> {
    let mut candidates = Vec::new();
    for (section, rows) in halls {
        for (row, seats) in rows.iter().enumerate() {
            for start in 0..seats.len() {
                let end = start + places;
                if end > seats.len() || !seats[start..end].iter().all(|free| *free) {
                    continue;
                }
                let mut after = seats.clone();
                after[start..end].fill(false);
                let is_free = |at: Option<usize>| at.is_some_and(|at| after.get(at) == Some(&true));
                let alone = |at: Option<usize>| {
                    let before = at.and_then(|at| at.checked_sub(1));
                    is_free(at) && !is_free(before) && !is_free(at.map(|at| at + 1))
                };
                let leaves_one_alone = alone(start.checked_sub(1)) || alone(Some(end));
                let aside = (start + end).abs_diff(seats.len());
                let distance = 16 * row * row + aside * aside;
                candidates.push((leaves_one_alone, distance, *section, row, start));
            }
        }
    }
    let (_, _, section, row, start) = candidates.into_iter().min()?;
    Some((start..start + places).map(|number| seat(section, row, number)).collect())
}

fn apart(halls: &[(u8, Rows)], places: usize) -> Vec<Seat> {
    let ways = halls.iter().filter_map(|(section, rows)| {
        let (key, chosen) = fewest_rows(rows, places)?;
        Some((key, *section, rows, chosen))
    });
    let best = ways.min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    if let Some((_, section, rows, chosen)) = best {
        let mut found = Vec::new();
        for row in chosen {
            let missing = places - found.len();
            found.extend(closest(&rows[row], missing).into_iter().map(|n| seat(section, row, n)));
        }
        return found;
    }
    let mut order: Vec<&(u8, Rows)> = halls.iter().collect();
    order.sort_by_key(|(section, rows)| (Reverse(free_in(rows)), *section));
    let mut found = Vec::new();
    for hall in order {
        let here = free_in(&hall.1).min(places - found.len());
        if here > 0 {
            let hall = std::slice::from_ref(hall);
            found.extend(adjacent(hall, here).unwrap_or_else(|| apart(hall, here)));
        }
    }
    found.sort_unstable();
    found
}

/// Of all sets of rows with enough free seats: the one with the fewest rows, the smallest distance
/// from the first to the last, the nearest to the front, and the most free seats.
fn fewest_rows(rows: &Rows, places: usize) -> Option<((usize, usize, usize), Vec<usize>)> {
    let free: Vec<usize> = rows.iter().map(|row| row.iter().filter(|f| **f).count()).collect();
    let mut ways = Vec::new();
    for set in 1u32..1 << rows.len() {
        let chosen: Vec<usize> = (0..rows.len()).filter(|row| set & 1 << row != 0).collect();
        if chosen.iter().map(|&row| free[row]).sum::<usize>() < places {
            continue;
        }
        let (first, last) = (chosen[0], chosen[chosen.len() - 1]);
        let mut by_free: Vec<_> = chosen.iter().map(|&row| (Reverse(free[row]), row)).collect();
        by_free.sort_unstable();
        ways.push(((chosen.len(), last - first, first), by_free, chosen));
    }
    let (key, _, chosen) = ways.into_iter().min()?;
    Some((key, chosen))
}

/// Of all sets of so many free seats of a row (or all of them): the one with the smallest distance
/// from the first to the last, the nearest to the centre, and the first.
fn closest(row: &[bool], places: usize) -> Vec<usize> {
    let free: Vec<usize> = (0..row.len()).filter(|&number| row[number]).collect();
    let places = places.min(free.len());
    let mut ways = Vec::new();
    for start in 0..=free.len() - places {
        let chosen = &free[start..start + places];
        let (first, last) = (chosen[0], chosen[places - 1]);
        ways.push((last - first, (first + last + 1).abs_diff(row.len()), chosen.to_vec()));
    }
    ways.into_iter().min().map_or(Vec::new(), |(_, _, chosen)| chosen)
}

fn seat(section: u8, row: usize, number: usize) -> Seat {
    let small = |number: usize| u16::try_from(number).expect("a small hall");
    Seat::new(section, small(row), small(number))
}
