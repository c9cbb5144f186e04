//! Statistics of repeated measurements.

/// Minimum, median and maximum of finite values.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the fields are those three")]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    /// The spread of `values`, if there are any. Of an even number of them the median is the mean
    /// of the two in the middle.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
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
pub fn percentile(sorted: &[u32], share: f64) -> u32 {
    let others = share * sorted.len() as f64;
    #[expect(clippy::cast_possible_truncation, reason = "not more than the number of values")]
    let rank = others.ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], low: f64, median: f64, high: f64) {
        assert_eq!(Spread::of(values.to_vec()), Some(Spread { low, median, high }), "{values:?}");
    }

    #[test]
    fn a_spread_knows_the_middle() {
        check(&[7.0], 7.0, 7.0, 7.0);
        check(&[3.0, 1.0, 2.0], 1.0, 2.0, 3.0);
        check(&[4.0, 1.0, 3.0, 2.0], 1.0, 2.5, 4.0);
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!(percentile(&values, 0.5), 100);
        assert_eq!(percentile(&values, 0.99), 198);
        assert_eq!(percentile(&values, 1.0), 200);
        assert_eq!(percentile(&values, 0.0), 1);
        assert_eq!(percentile(&[9], 0.5), 9);
        assert_eq!(percentile(&[], 0.5), 0);
    }
}
