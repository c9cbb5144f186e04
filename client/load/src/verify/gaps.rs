//! Gaps: versions that no reply of the run explains. Each may be an expiry of some holds.

use boxoffice_client::protocol::limits::MAX_EXPIRED_TOGETHER;
use std::collections::BTreeMap;

/// Holds that one version may have expired.
const HOLDS: u64 = MAX_EXPIRED_TOGETHER as u64;

/// The gaps of an event, explained ones included.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Ranges of holds that may have expired and are not known, first to last: [`HOLDS`] for each
    /// version. Those of a version are taken from the first on.
    open: BTreeMap<u64, u64>,
    open_holds: u64,
    explained: u64,
    all: u64,
}

impl Gaps {
    /// Adds the versions `first` to `last`, which are above all earlier ones.
    pub(super) fn add(&mut self, first: u64, last: u64) {
        if first <= last {
            let versions = last - first + 1;
            self.open.insert(first * HOLDS, last * HOLDS + (HOLDS - 1));
            self.open_holds += versions * HOLDS;
            self.all += versions;
        }
    }

    /// Number of versions, explained or not.
    pub(super) fn all(&self) -> u64 {
        self.all
    }

    /// The fewest and the most holds that may have expired and are not known. Each version expired
    /// one at least.
    pub(super) fn open(&self) -> (u64, u64) {
        (self.all.saturating_sub(self.explained), self.open_holds)
    }

    /// Explains the end of a hold by an expiry after `version`, between then and now. Returns whether
    /// there was one.
    ///
    /// It takes the lowest: if expiries come in the order of their latest possible versions, this
    /// finds a version for each whenever that is possible (convex bipartite matching; Glover, 1967).
    pub(super) fn explain_after(&mut self, version: u64) -> bool {
        let next = (version + 1) * HOLDS;
        let inside = self.open.range(..next).next_back();
        let inside = inside.filter(|(_, last)| **last >= next);
        let found = inside.or_else(|| self.open.range(next..).next());
        let Some((&first, &last)) = found else { return false };
        let taken = first.max(next);
        self.open.remove(&first);
        if first < taken {
            self.open.insert(first, taken - 1);
        }
        if taken < last {
            self.open.insert(taken + 1, last);
        }
        self.open_holds -= 1;
        self.explained += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_explains_as_many_ends_as_holds_expire_together_and_only_later_ones() {
        let mut gaps = Gaps::default();
        gaps.add(5, 4);
        gaps.add(5, 7);
        gaps.add(9, 9);
        assert_eq!((gaps.open(), gaps.all()), ((4, 4 * HOLDS), 4));
        assert!(gaps.explain_after(5));
        assert_eq!(gaps.open(), (3, 4 * HOLDS - 1));
        assert!((1..2 * HOLDS).all(|_| gaps.explain_after(5)));
        assert_eq!(gaps.open(), (0, 2 * HOLDS), "5 and 9 are left");
        assert!((0..HOLDS).all(|_| gaps.explain_after(5)), "9 is left");
        assert!(!gaps.explain_after(5));
        assert!(gaps.explain_after(0));
        assert_eq!((gaps.open(), gaps.all()), ((0, HOLDS - 1), 4));
    }
}
