//! Fairness between connections.

/// Jain's fairness index (Jain, Chiu, Hawe: DEC-TR-301, 1984): 1 if all shares are equal, down to 1/n
/// if one of n has everything. Zeros everywhere are fair.
pub(crate) fn jain(shares: &[u64]) -> f64 {
    let shares = || shares.iter().map(|&share| share as f64);
    let sum: f64 = shares().sum();
    let squares: f64 = shares().map(|share| share * share).sum();
    if squares == 0.0 { 1.0 } else { sum * sum / (shares().count() as f64 * squares) }
}

#[cfg(test)]
mod tests {
    use super::jain;

    #[test]
    fn equal_shares_are_fair_and_a_single_one_is_not() {
        for (shares, index) in [
            (&[][..], 1.0),
            (&[0, 0], 1.0),
            (&[7, 7, 7], 1.0),
            (&[9, 0, 0], 1.0 / 3.0),
            (&[1, 2, 3], 36.0 / 42.0),
        ] {
            assert!((jain(shares) - index).abs() < 1e-12, "{shares:?}");
        }
    }
}
