//! Rows of seats as bits: bit n of a row's words is set while the seat at its position n is free. All
//! the tricks with bits are here.

use crate::breaks::RowBreaks;
use smallvec::SmallVec;
use std::ops::Range;

/// Bits of one row. 512 seats fit without an allocation.
pub(crate) type Words = SmallVec<[u64; 8]>;

/// The lengths of a row's runs of free seats as a set: bit n for a run of n seats, the highest bit
/// for all that are longer. No reservation has so many places that it mattered.
pub(crate) type Lengths = u128;

/// The longest run that [`Lengths`] tells from longer ones.
pub(crate) const LONGEST: u32 = Lengths::BITS - 1;

/// How many words a row with so many positions needs.
pub(crate) const fn words_for(width: u16) -> usize {
    (width as usize).div_ceil(64)
}

/// Appends the words of a row whose seats are all free.
pub(crate) fn push_free(words: &mut Vec<u64>, breaks: RowBreaks<'_>, seats: u16) {
    let (first, width) = (words.len(), breaks.width(seats));
    words.resize(first + words_for(width), u64::MAX);
    if width % 64 > 0
        && let Some(last) = words.last_mut()
    {
        *last = (1 << (width % 64)) - 1;
    }
    if width > seats {
        let gaps = (0..width).filter(|&position| breaks.number(position).is_none());
        gaps.for_each(|gap| words[first + usize::from(gap / 64)] &= !(1 << (gap % 64)));
    }
}

/// The set of lengths with which `places` adjacent seats fit.
pub(crate) const fn fitting(places: u32) -> Lengths {
    if places > LONGEST { 1 << LONGEST } else { Lengths::MAX << places }
}

/// The positions of the free seats of a row, ascending.
pub(crate) fn free_seats(free: &[u64]) -> impl Iterator<Item = u16> {
    ones(free.iter().copied())
}

/// The bits that are set in these words, ascending.
pub(crate) fn ones(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u16> {
    let some = (0u16..).zip(words).filter(|&(_, word)| word != 0);
    some.flat_map(|(index, word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| index * 64 + (rest.trailing_zeros() % 64) as u16);
            rest &= rest.wrapping_sub(1);
            bit
        })
    })
}

/// The lengths of all runs of free seats.
pub(crate) fn lengths(free: &[u64]) -> Lengths {
    let mut lengths = 0;
    runs(free, |run| lengths |= length(run));
    lengths
}

/// Calls `each` with the length of each run of free seats.
pub(crate) fn runs(free: &[u64], mut each: impl FnMut(u32)) {
    let mut run = 0;
    for &word in free {
        let (mut word, mut left) = (word, 64);
        while left > 0 {
            let ones = word.trailing_ones();
            run += ones;
            if ones == left {
                break;
            }
            if run > 0 {
                each(run);
            }
            run = 0;
            let step = ones + (word >> ones).trailing_zeros().min(left - ones);
            word = word.checked_shr(step).unwrap_or(0);
            left -= step;
        }
    }
    if run > 0 {
        each(run);
    }
}

/// Whether `places` free seats from this position on are a whole run.
#[inline]
pub(crate) fn is_run(free: &[u64], first: u16, places: u32) -> bool {
    let is_free = |at: usize| free.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
    let first = usize::from(first);
    !first.checked_sub(1).is_some_and(is_free) && !is_free(first + places as usize)
}

/// How many seats directly before the one at the position `seat` are free, up to [`LONGEST`].
pub(crate) fn run_before(free: &[u64], seat: u16) -> u32 {
    let (word, bit) = (usize::from(seat / 64), u32::from(seat % 64));
    let mut run = if bit == 0 { 0 } else { (free[word] << (64 - bit)).leading_ones() };
    if run == bit {
        for word in free[..word].iter().rev() {
            let ones = word.leading_ones();
            run += ones;
            if ones < 64 || run >= LONGEST {
                break;
            }
        }
    }
    run.min(LONGEST)
}

/// How many seats directly behind the one at the position `seat` are free, up to [`LONGEST`].
pub(crate) fn run_after(free: &[u64], seat: u16) -> u32 {
    let (word, bit) = (usize::from(seat / 64), u32::from(seat % 64));
    let mut run = (free[word] >> bit >> 1).trailing_ones();
    if run == 63 - bit {
        for word in &free[word + 1..] {
            let ones = word.trailing_ones();
            run += ones;
            if ones < 64 || run >= LONGEST {
                break;
            }
        }
    }
    run.min(LONGEST)
}

fn length(run: u32) -> Lengths {
    1 << run.min(LONGEST)
}

/// Where `places` adjacent free seats begin; `places` is at most 127.
pub(crate) fn starts(free: &[u64], places: u32) -> Words {
    let mut starts = Words::from_slice(free);
    let mut reach = 1;
    while reach < places {
        let step = reach.min(places - reach);
        keep_followed(&mut starts, step);
        reach += step;
    }
    starts
}

/// Keeps the bits with another one `by` further up, for 1 ≤ `by` < 64; beyond the end are zeros.
fn keep_followed(bits: &mut [u64], by: u32) {
    let mut below: Option<&mut u64> = None;
    for word in bits {
        if let Some(below) = below {
            *below &= *below >> by | *word << (64 - by);
        }
        below = Some(word);
    }
    if let Some(last) = below {
        *last &= *last >> by;
    }
}

/// Keeps those [`starts`] where `places` free seats are a whole run. They are a part of the row's words
/// from the word `first` on.
pub(crate) fn keep_runs(starts: &mut [u64], free: &[u64], first: usize, places: u32) {
    for (index, starts) in (first..).zip(starts).filter(|(_, starts)| **starts != 0) {
        let before = if index == 0 { 0 } else { free[index - 1] };
        let is_behind = free[index] << 1 | before >> 63;
        *starts &= !(is_behind | down(free, index, places));
    }
}

/// A word of the bits when they are moved down: bit n is bit n + `by`; beyond the end are zeros.
fn down(bits: &[u64], index: usize, by: u32) -> u64 {
    let (index, part) = (index + (by / 64) as usize, by % 64);
    let word = |index: usize| bits.get(index).copied().unwrap_or(0);
    // In two steps, as a shift by 64 at once is none.
    word(index) >> part | word(index + 1) << 1 << (63 - part)
}

/// The part of a row's words that tells which [`starts`] there are up to `aside / 2` from
/// `centre / 2`. What it tells of others may be wrong.
pub(crate) fn part_around(free: &[u64], centre: usize, aside: u64, places: u32) -> Range<usize> {
    let aside = usize::try_from(aside).unwrap_or(usize::MAX);
    let first = centre.saturating_sub(aside) / 2;
    let last = centre.saturating_add(aside) / 2 + places as usize;
    first / 64..free.len().min(last / 64 + 1)
}

/// The set bits by their distance from `centre / 2`, each with this distance times two; of two that
/// are equally near, the lower one comes first. `bits` begin with the word `first` of a row.
pub(crate) fn outward(
    bits: &[u64],
    centre: usize,
    first: usize,
) -> impl Iterator<Item = (u16, u64)> {
    let (before, centre) = (64 * first, centre - 128 * first);
    let distance = move |bit: usize| (2 * bit).abs_diff(centre) as u64;
    let mut below = last_up_to(bits, centre / 2);
    let mut above = first_from(bits, centre / 2 + 1);
    std::iter::from_fn(move || {
        let bit = match (below, above) {
            (Some(below), Some(above)) if distance(above) < distance(below) => above,
            (below, above) => below.or(above)?,
        };
        if below == Some(bit) {
            below = bit.checked_sub(1).and_then(|last| last_up_to(bits, last));
        } else {
            above = first_from(bits, bit + 1);
        }
        Some((u16::try_from(before + bit).ok()?, distance(bit)))
    })
}

fn last_up_to(bits: &[u64], last: usize) -> Option<usize> {
    let word = last / 64;
    let at = |index: usize, word: u64| index * 64 + word.ilog2() as usize;
    let masked = bits.get(word)? & (u64::MAX >> (63 - last % 64));
    if masked != 0 {
        return Some(at(word, masked));
    }
    let index = bits[..word].iter().rposition(|&word| word != 0)?;
    Some(at(index, bits[index]))
}

fn first_from(bits: &[u64], first: usize) -> Option<usize> {
    let word = first / 64;
    let at = |index: usize, word: u64| index * 64 + word.trailing_zeros() as usize;
    let masked = bits.get(word)? & (u64::MAX << (first % 64));
    if masked != 0 {
        return Some(at(word, masked));
    }
    let index = word + 1 + bits[word + 1..].iter().position(|&word| word != 0)?;
    Some(at(index, bits[index]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dice::Dice;

    fn bits(seats: &[bool]) -> Words {
        let word = |seats: &[bool]| {
            (0..).zip(seats).fold(0, |word, (at, &free)| word | u64::from(free) << at)
        };
        seats.chunks(64).map(word).collect()
    }

    /// A row whose runs are short, long, or all of it.
    fn some_row(dice: &mut Dice) -> Vec<bool> {
        let (seats, switch) = (dice.of(1..300), 1 + dice.below(200));
        let mut free = dice.once_in(2);
        let next = |_| {
            free ^= dice.once_in(switch);
            free
        };
        (0..seats).map(next).collect()
    }

    #[test]
    fn the_tricks_do_what_a_look_at_each_seat_does() {
        let mut dice = Dice::new(1);
        for _ in 0..2_000 {
            let row = some_row(&mut dice);
            let (bits, places) = (bits(&row), dice.of(1..101));
            let is_free = |at: usize| row.get(at) == Some(&true);
            let end = |start: usize| start + places as usize;
            let fits = |start: &usize| (*start..end(*start)).all(is_free);
            let all = || 0..row.len();
            let seats = |bits: &[u64]| free_seats(bits).map(usize::from).collect::<Vec<_>>();
            assert_eq!(seats(&bits), all().filter(|&at| is_free(at)).collect::<Vec<_>>());
            let starts = starts(&bits, places);
            assert_eq!(seats(&starts), all().filter(fits).collect::<Vec<_>>(), "{places}: {row:?}");
            let runs = row.chunk_by(|a, b| a == b).filter(|run| run[0]);
            let set = runs.fold(0, |set, run| set | 1 << run.len().min(127));
            assert_eq!(lengths(&bits), set, "{row:?}");
            assert_eq!(set & fitting(places) != 0, !seats(&starts).is_empty(), "{places}: {row:?}");
            let mut whole = starts.clone();
            keep_runs(&mut whole, &bits, 0, places);
            let runs = seats(&starts).into_iter();
            let runs =
                runs.filter(|&start| is_run(&bits, u16::try_from(start).expect("small"), places));
            assert_eq!(seats(&whole), runs.collect::<Vec<_>>(), "{places}: {row:?}");
            for start in seats(&starts) {
                let ends = !is_free(end(start)) && !start.checked_sub(1).is_some_and(is_free);
                assert_eq!(
                    is_run(&bits, u16::try_from(start).expect("small"), places),
                    ends,
                    "{places}: {row:?}"
                );
            }
            let seat = usize::try_from(dice.below(row.len() as u64)).expect("small");
            let capped = |run: usize| u32::try_from(run.min(127)).expect("small");
            let before = row[..seat].iter().rev().take_while(|free| **free).count();
            let after = row[seat + 1..].iter().take_while(|free| **free).count();
            let beside = |seat: u16| (run_before(&bits, seat), run_after(&bits, seat));
            let seat = u16::try_from(seat).expect("small");
            assert_eq!(beside(seat), (capped(before), capped(after)), "{seat}: {row:?}");
            let centre = usize::try_from(dice.below(2 * row.len() as u64)).expect("small");
            let key = |at: &usize| ((2 * at).abs_diff(centre), *at);
            let near: Vec<usize> =
                outward(&bits, centre, 0).map(|(at, _)| usize::from(at)).collect();
            let mut sorted = seats(&bits);
            sorted.sort_by_key(key);
            assert_eq!(near, sorted, "{centre}: {row:?}");
            let aside = dice.below(2 * row.len() as u64);
            let part = part_around(&bits, centre, aside, places);
            let of_part = super::starts(&bits[part.clone()], places);
            let within = |&(_, distance): &(u16, u64)| distance <= aside;
            let all: Vec<_> = outward(&starts, centre, 0).filter(within).collect();
            let some: Vec<_> = outward(&of_part, centre, part.start).filter(within).collect();
            assert_eq!(all, some, "{aside} {centre}: {row:?}");
        }
    }
}
