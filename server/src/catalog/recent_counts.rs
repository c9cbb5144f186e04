//! How many reservations each token and each customer has made lately: estimates of a fixed size,
//! however many of them there are (a count-min sketch, Cormode and Muthukrishnan, 2005).
//!
//! A key shares its cells with others, so that a cell has about a 4,096th of all counts besides its
//! own. That much is taken off (count-mean-min, Deng and Rafiei, 2007): one that has made nothing is
//! at about 0 however many the others made. An estimate is too low by at most a 4,095th of all
//! counts, and as a rule too high by less than that.

use boxoffice_protocol::time::Timestamp;

/// Spans of time that are counted by themselves. Together they are 30 hours: an id is remembered for
/// a day from the end of its reservation, and a hold lives for two hours.
const SPANS: usize = 15;

const SPAN_MS: u64 = 2 * 60 * 60 * 1_000;

/// Cells of a row, of which each key has one.
const WIDTH: usize = 1 << 12;

/// Rows, in each of which a key shares its cell with others.
const ROWS: usize = 4;

const CELLS: usize = ROWS * WIDTH;

/// Counts of the last spans of time, by key.
#[derive(Debug)]
pub(super) struct RecentCounts {
    /// The last span that is counted.
    last: u64,
    /// The counts of each span, [`CELLS`] each.
    spans: Box<[u32]>,
    /// Their sums over all spans.
    sums: Box<[u32]>,
    /// All that was counted in each span.
    totals: [u64; SPANS],
}

/// The hash of a key, from which its cells follow.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyHash(pub(super) u64);

impl KeyHash {
    /// Its cell of each row.
    fn cells(self) -> [usize; ROWS] {
        let [a, b, c, d, e, f, g, h] = self.0.to_le_bytes();
        let bits = [[a, b], [c, d], [e, f], [g, h]].map(u16::from_le_bytes);
        std::array::from_fn(|row| row * WIDTH + usize::from(bits[row]) % WIDTH)
    }
}

impl RecentCounts {
    pub(super) fn new() -> Self {
        let (spans, sums) = (vec![0; SPANS * CELLS].into(), vec![0; CELLS].into());
        Self { last: 0, spans, sums, totals: [0; SPANS] }
    }

    /// Forgets the spans that are over at a time.
    pub(super) fn go_on_to(&mut self, now: Timestamp) {
        let span = now.as_ms() / SPAN_MS;
        let over = span.saturating_sub(self.last).min(SPANS as u64);
        for gone in self.last + 1..=self.last + over {
            self.totals[place(gone)] = 0;
            let begin = place(gone) * CELLS;
            for (count, sum) in self.spans[begin..begin + CELLS].iter_mut().zip(&mut self.sums) {
                *sum -= std::mem::take(count);
            }
        }
        self.last = self.last.max(span);
    }

    /// Counts one at a time, unless that is too long ago.
    pub(super) fn add(&mut self, key: KeyHash, at: Timestamp) {
        self.go_on_to(at);
        let span = at.as_ms() / SPAN_MS;
        if span + SPANS as u64 <= self.last {
            return;
        }
        self.totals[place(span)] += 1;
        for cell in key.cells() {
            if self.sums[cell] < u32::MAX {
                self.sums[cell] += 1;
                self.spans[place(span) * CELLS + cell] += 1;
            }
        }
    }

    /// About how many were counted of a key.
    pub(super) fn count(&self, key: KeyHash) -> u64 {
        let total: u64 = self.totals.iter().sum();
        let without_others = |&cell: &usize| {
            let sum = u64::from(self.sums[cell]);
            let others = total.saturating_sub(sum) / (WIDTH as u64 - 1);
            sum.saturating_sub(others)
        };
        key.cells().iter().map(without_others).min().unwrap_or(0)
    }
}

/// Which of the spans that are counted it is.
fn place(span: u64) -> usize {
    usize::try_from(span % SPANS as u64).expect("it is less than the spans")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::TableHashing;
    use std::hash::BuildHasher;
    use std::time::Duration;

    fn key(name: u32) -> KeyHash {
        KeyHash(TableHashing::fixed().hash_one(name))
    }

    fn after(hours: u64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000).plus(Duration::from_hours(hours))
    }

    #[test]
    fn what_was_made_a_while_ago_counts_no_more() {
        let mut made = RecentCounts::new();
        let mut count = |who, hours| {
            made.go_on_to(after(hours));
            let count = made.count(key(who));
            made.add(key(who), after(hours));
            count
        };
        assert_eq!([count(1, 0), count(1, 1), count(1, 10), count(1, 20)], [0, 1, 2, 3]);
        assert_eq!(count(2, 20), 0, "another one has a count of its own");
        assert_eq!(count(1, 33), 2, "those of the first hours are forgotten");
        assert_eq!(count(1, 1_000), 0, "all are");
    }

    #[test]
    fn what_is_counted_late_is_forgotten_in_its_time() {
        let mut made = RecentCounts::new();
        for hours in [100, 90, 72, 60, 0] {
            made.add(key(1), after(hours));
        }
        assert_eq!(made.count(key(1)), 3, "two were too long ago");
        made.go_on_to(after(110));
        assert_eq!(made.count(key(1)), 2);
    }

    #[test]
    fn a_light_user_is_told_from_heavy_ones_among_a_million() {
        let mut made = RecentCounts::new();
        for who in 0..1_000_000 {
            made.add(key(who), after(0));
        }
        for _ in 0..50_000 {
            made.add(key(7), after(1));
        }
        let heavy = made.count(key(7));
        assert!((49_750..50_250).contains(&heavy), "{heavy}");
        for newcomer in 1_000_000..1_001_000 {
            let light = made.count(key(newcomer));
            assert!(light < 25, "{newcomer} has {light}");
        }
        made.go_on_to(after(1_000));
        assert_eq!(made.count(key(7)), 0);
        made.add(key(7), after(1_000));
        assert_eq!(made.count(key(7)), 1, "nothing is taken off for what is forgotten");
    }
}
