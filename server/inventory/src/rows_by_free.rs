//! Finds the rows with most free seats: a bitmap of rows for each number of free seats.

use crate::rows::ones;
use boxoffice_protocol::limits::MAX_RESERVATION_PLACES;

/// The highest number of free seats that is told from higher ones: no reservation has more places.
const MOST: usize = MAX_RESERVATION_PLACES as usize;

/// The rows of one pool of seats by how many of them are free. A section is one pool.
///
/// The bitmaps nest: those of `n` have every row with `n` free seats *or more*, so that a seat that
/// is taken flips one bit. They take at most 12.5 bytes a row; a pool has 4,096 rows at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowsByFree {
    /// How many rows have at least one free seat, at least two, …
    counts: Box<[u16]>,
    /// The bitmaps of these rows, one after the other.
    bits: Box<[u64]>,
    /// How many words each bitmap has.
    words: usize,
    /// The most free seats that any row has, or [`MOST`]: behind it, all counts are zero.
    most: usize,
}

impl RowsByFree {
    /// Rows of which these are free and which have at most `longest` seats.
    pub(crate) fn new(free: impl ExactSizeIterator<Item = u16>, longest: u16) -> Self {
        let (levels, words) = (usize::from(longest).min(MOST), free.len().div_ceil(64));
        let (counts, bits) = (vec![0; levels], vec![0; levels * words]);
        let mut rows = Self { counts: counts.into(), bits: bits.into(), words, most: 0 };
        for (row, free) in free.enumerate() {
            rows.set(row, 0, free);
        }
        rows
    }

    /// A row has `after` free seats instead of `before`.
    pub(crate) fn set(&mut self, row: usize, before: u16, after: u16) {
        let (before, after) = (usize::from(before).min(MOST), usize::from(after).min(MOST));
        let (word, bit) = (row / 64, 1 << (row % 64));
        if after > before {
            for level in before..after {
                self.bits[level * self.words + word] |= bit;
                self.counts[level] += 1;
            }
            self.most = self.most.max(after);
        } else {
            for level in after..before {
                self.bits[level * self.words + word] &= !bit;
                self.counts[level] -= 1;
            }
            while self.most > after && self.counts[self.most - 1] == 0 {
                self.most -= 1;
            }
        }
    }

    /// How many rows have at least one free seat, at least two, and so on, while any has.
    pub(crate) fn counts(&self) -> &[u16] {
        &self.counts[..self.most]
    }

    /// How many rows have at least so many free seats; not for 0.
    pub(crate) fn at_least(&self, free: u32) -> u32 {
        self.counts.get(free as usize - 1).copied().unwrap_or(0).into()
    }

    /// The first row with at least so many free seats.
    pub(crate) fn first(&self, free: u32) -> Option<u16> {
        ones((self.at_least(free) > 0).then(|| self.bitmap(free))?.iter().copied()).next()
    }

    /// The most free seats of any row, or the highest number that is told from higher ones.
    pub(crate) const fn most(&self) -> usize {
        self.most
    }

    /// The rows with at least so many free seats, ascending.
    pub(crate) fn with_at_least(&self, free: u32) -> impl Iterator<Item = u16> {
        let all = if self.at_least(free) > 0 { self.bitmap(free) } else { &[] };
        ones(all.iter().copied())
    }

    /// The rows with exactly so many free seats, fewer than a reservation can have, ascending.
    pub(crate) fn with(&self, free: u32) -> impl Iterator<Item = u16> {
        ones(self.exactly(free))
    }

    /// Of the rows with exactly so many free seats, the one with `before` of them in front of it.
    pub(crate) fn nth_with(&self, free: u32, before: u32) -> Option<u16> {
        match self.more(free) {
            [] => nth(self.bitmap(free).iter().copied(), before),
            more => nth(self.bitmap(free).iter().zip(more).map(|(all, more)| all & !more), before),
        }
    }

    fn exactly(&self, free: u32) -> impl Iterator<Item = u64> {
        let more = self.more(free).iter().copied().chain(std::iter::repeat(0));
        self.bitmap(free).iter().zip(more).map(|(at_least, more)| at_least & !more)
    }

    /// The bitmap of rows with more free seats; empty where there are none.
    fn more(&self, free: u32) -> &[u64] {
        if self.most > free as usize { self.bitmap(free + 1) } else { &[] }
    }

    fn bitmap(&self, free: u32) -> &[u64] {
        let first = (free as usize - 1) * self.words;
        self.bits.get(first..first + self.words).unwrap_or_default()
    }
}

/// The bit of these words with `before` set bits in front of it. It counts in halves of words, so that
/// few bits are dropped one by one.
fn nth(words: impl Iterator<Item = u64>, mut before: u32) -> Option<u16> {
    for (index, word) in (0u16..).zip(words) {
        for (below, half) in [(0, (word & 0xFFFF_FFFF) as u32), (32, (word >> 32) as u32)] {
            let here = half.count_ones();
            if here > before {
                return Some(index * 64 + below + nth_one(half, before));
            }
            before -= here;
        }
    }
    None
}

/// The bit of a word with `before` set bits below it; there is one.
const fn nth_one(mut word: u32, mut before: u32) -> u16 {
    while before > 0 {
        word &= word.wrapping_sub(1);
        before -= 1;
    }
    (word.trailing_zeros() % 32) as u16
}
