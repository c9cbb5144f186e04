//! Versions that no reply of the run accounts for: each may be a hold that ended by itself.

use std::collections::BTreeMap;

/// Versions that nothing is known of, and which of them were explained by an expiry.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Ranges of what is not explained, first to last.
    open: BTreeMap<u64, u64>,
    open_count: u64,
    all: u64,
}

impl Gaps {
    /// Nothing is known of the versions `first` to `last`, which are higher than all before.
    pub(super) fn add(&mut self, first: u64, last: u64) {
        if first <= last {
            let versions = last - first + 1;
            self.open.insert(first, last);
            self.open_count += versions;
            self.all += versions;
        }
    }

    /// How many there are, explained or not.
    pub(super) fn all(&self) -> u64 {
        self.all
    }

    /// How many are not explained.
    pub(super) fn open(&self) -> u64 {
        self.open_count
    }

    /// Explains one version after `version` by something that happened between it and now. Says
    /// whether there was one.
    ///
    /// The lowest is taken: asked in the order of the latest that it can have been, that finds a
    /// version for everything if there is any way to (intervals and points; Glover, 1967).
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
