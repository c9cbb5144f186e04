//! Gaps: versions that no reply of the run explains. Each may be an expired hold.

use std::collections::BTreeMap;

/// The gaps of an event, explained ones included.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Ranges of unexplained versions, first to last.
    open: BTreeMap<u64, u64>,
    open_count: u64,
    all: u64,
}

impl Gaps {
    /// Adds the versions `first` to `last`, which are above all earlier ones.
    pub(super) fn add(&mut self, first: u64, last: u64) {
        if first <= last {
            let versions = last - first + 1;
            self.open.insert(first, last);
            self.open_count += versions;
            self.all += versions;
        }
    }

    /// Number of versions, explained or not.
    pub(super) fn all(&self) -> u64 {
        self.all
    }

    /// Number of unexplained versions.
    pub(super) fn open(&self) -> u64 {
        self.open_count
    }

    /// Explains one version after `version` by an expiry between then and now. Returns whether there was
    /// one.
    ///
    /// It takes the lowest: if expiries come in the order of their latest possible versions, this
    /// finds a version for each whenever that is possible (convex bipartite matching; Glover, 1967).
    pub(super) fn explain_after(&mut self, version: u64) -> bool {
        let inside = self.open.range(..=version).next_back();
        let inside = inside.filter(|(_, last)| **last > version);
        let found = inside.or_else(|| self.open.range(version + 1..).next());
        let Some((&first, &last)) = found else { return false };
        let taken = first.max(version + 1);
        self.open.remove(&first);
        if first < taken {
            self.open.insert(first, taken - 1);
        }
        if taken < last {
            self.open.insert(taken + 1, last);
        }
        self.open_count -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_explains_one_thing_that_is_older() {
        let mut gaps = Gaps::default();
        gaps.add(5, 4);
        gaps.add(5, 7);
        gaps.add(9, 9);
        assert!(gaps.explain_after(5));
        assert!(gaps.explain_after(5));
        assert!(gaps.explain_after(5), "9 is left");
        assert!(!gaps.explain_after(5));
        assert!(gaps.explain_after(0));
        assert_eq!((gaps.open(), gaps.all()), (0, 4));
    }
}
