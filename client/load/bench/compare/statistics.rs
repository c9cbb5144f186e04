//! What is made of many measurements of the same thing: their median and how far they lie apart.

/// The least, the middle and the greatest of some values, all finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// The spread of `values`, if there are any. Of an even number of them the median is the mean
    /// of the two in the middle.
    pub(crate) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (low, high) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(values[middle - 1], values[middle])
        } else {
            values[middle]
        };
        Some(Self { low, median, high })
    }
}

/// The value that a share (0 to 1) of the sorted values does not exceed, by the nearest rank; 0 if
/// there are none.
pub(crate) fn percentile(sorted: &[u32], share: f64) -> u32 {
    let others = share * sorted.len() as f64;
    #[expect(clippy::cast_possible_truncation, reason = "not more than the number of values")]
    let rank = others.ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
