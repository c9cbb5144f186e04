//! Histograms with fixed ranges.

use std::iter::once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The most bounds of a histogram.
const MOST_BOUNDS: usize = 19;

/// Bounds of durations, in nanoseconds: 10 µs to 10 s.
const SPANS: [u64; MOST_BOUNDS] = {
    let (mut bounds, mut index, mut decade) = ([0; MOST_BOUNDS], 0, 10_000);
    while index < MOST_BOUNDS {
        bounds[index] = match index % 3 {
            0 => decade,
            1 => decade * 5 / 2,
            _ => decade * 5,
        };
        decade *= if index % 3 == 2 { 10 } else { 1 };
        index += 1;
    }
    bounds
};

/// Bounds of sizes: 1 to 8,192.
const SIZES: [u64; 14] = {
    let (mut bounds, mut index) = ([1; 14], 0);
    while index < bounds.len() {
        bounds[index] <<= index;
        index += 1;
    }
    bounds
};

/// The threads that write into a counter at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writers {
    One,
    Many,
}

impl Writers {
    pub(super) fn add(self, count: &AtomicU64, n: u64) {
        match self {
            Self::One => {
                let sum = count.load(Ordering::Relaxed).wrapping_add(n);
                count.store(sum, Ordering::Relaxed);
            }
            Self::Many => _ = count.fetch_add(n, Ordering::Relaxed),
        }
    }
}

/// Counts values by their range.
#[derive(Debug)]
pub struct Histogram {
    /// Ascending; each is the largest value of its range.
    bounds: &'static [u64],
    /// One for each bound, and one more for larger values.
    counts: [AtomicU64; MOST_BOUNDS + 1],
    sum: AtomicU64,
}

impl Histogram {
    /// A histogram of durations.
    pub fn of_spans() -> Self {
        Self::of(&SPANS)
    }

    /// A histogram of sizes.
    pub fn of_sizes() -> Self {
        Self::of(&SIZES)
    }

    fn of(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: Default::default(), sum: AtomicU64::new(0) }
    }

    /// Counts a value `times` times.
    pub(super) fn record(&self, value: u64, times: u64, writers: Writers) {
        let range = self.bounds.iter().position(|&most| value <= most);
        writers.add(&self.counts[range.unwrap_or(self.bounds.len())], times);
        writers.add(&self.sum, value.saturating_mul(times));
    }

    /// Counts a duration. No other thread may do so at the same time.
    pub(crate) fn record_span(&self, span: Duration) {
        self.record(nanoseconds(span), 1, Writers::One);
    }

    /// Counts a size. No other thread may do so at the same time.
    pub(crate) fn record_size(&self, size: u64) {
        self.record(size, 1, Writers::One);
    }

    pub fn counted(&self) -> HistogramCounts {
        let value = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let bounds = self.bounds.iter().copied().map(Some).chain(once(None));
        let ranges = bounds.zip(self.counts.iter().map(value)).collect();
        HistogramCounts { ranges, sum: value(&self.sum) }
    }
}

/// The counts of a histogram at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistogramCounts {
    /// The largest value of each range, none for the last one, and the number of values in it.
    pub ranges: Vec<(Option<u64>, u64)>,
    /// The sum of all values.
    pub sum: u64,
}

impl HistogramCounts {
    /// The number of values.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|(_, count)| count).sum()
    }

    /// Adds the counts of a histogram with the same bounds.
    #[must_use]
    pub(super) fn and(mut self, other: &Self) -> Self {
        for ((_, count), (_, more)) in self.ranges.iter_mut().zip(&other.ranges) {
            *count += more;
        }
        self.sum = self.sum.wrapping_add(other.sum);
        self
    }
}

pub(super) fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_the_first_range_that_reaches_it() {
        let histogram = Histogram::of_spans();
        for nanoseconds in [0, 10_000, 10_001, 25_000, 10_000_000_000, 10_000_000_001] {
            histogram.record_span(Duration::from_nanos(nanoseconds));
        }
        let counted = histogram.counted();
        let at = |most| counted.ranges.iter().find(|range| range.0 == most).expect("a bound").1;
        assert_eq!((at(Some(10_000)), at(Some(25_000)), at(Some(50_000))), (2, 2, 0));
        assert_eq!((at(Some(10_000_000_000)), at(None), counted.count()), (1, 1, 6));
        assert_eq!(counted.sum, 20_000_045_002);
    }

    #[test]
    fn bounds_ascend() {
        for bounds in [SPANS.as_slice(), SIZES.as_slice()] {
            assert!(bounds.is_sorted_by(|a, b| a < b), "{bounds:?}");
        }
        assert_eq!((SPANS[18], SIZES[13]), (10_000_000_000, 8_192));
    }
}
