//! Recent changes as they were broadcast, for streams that were away.

use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;

/// Invariant: no change is missing between `since` and the last one, and versions ascend.
#[derive(Debug, Default)]
pub(super) struct StreamHistory {
    /// The version before the first change.
    since: u64,
    changes: VecDeque<(u64, Bytes)>,
    bytes: usize,
    /// The last answer of [`after`](Self::after): streams that are woken together ask for the same.
    joined: Option<(u64, Bytes)>,
}

impl StreamHistory {
    /// Begins at this version, without any change.
    pub(super) fn begin(&mut self, version: u64) {
        *self = Self { since: version, ..Self::default() };
    }

    /// Adds a change, and drops the oldest beyond `room` bytes; the newest is kept in any case.
    pub(super) fn push(&mut self, version: u64, sent: Bytes, room: usize) {
        self.bytes += sent.len();
        self.changes.push_back((version, sent));
        self.joined = None;
        while self.bytes > room && self.changes.len() > 1 {
            let Some((version, sent)) = self.changes.pop_front() else { return };
            self.bytes -= sent.len();
            self.since = version;
        }
    }

    /// The version after the last change.
    pub(super) fn version(&self) -> u64 {
        self.changes.back().map_or(self.since, |(version, _)| *version)
    }

    /// Whether all changes since version `known` are here.
    pub(super) fn reaches(&self, known: u64) -> bool {
        known == self.since
            || self.changes.binary_search_by_key(&known, |(version, _)| *version).is_ok()
    }

    /// The changes since version `known`, in one piece; `None` if that is no broadcast version, or
    /// too old.
    pub(super) fn after(&mut self, known: u64) -> Option<Bytes> {
        if let Some((of, bytes)) = &self.joined
            && *of == known
        {
            return Some(bytes.clone());
        }
        let first = match self.changes.binary_search_by_key(&known, |(version, _)| *version) {
            Ok(index) => index + 1,
            Err(_) if known == self.since => 0,
            Err(_) => return None,
        };
        let mut rest = self.changes.range(first..);
        let bytes = match (rest.next(), rest.len()) {
            (None, _) => Bytes::new(),
            (Some((_, only)), 0) => only.clone(),
            (Some(_), _) => {
                let mut joined = BytesMut::new();
                self.changes.range(first..).for_each(|(_, sent)| joined.extend_from_slice(sent));
                joined.freeze()
            }
        };
        Some(self.joined.insert((known, bytes)).1.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(versions: &[u64], room: usize) -> StreamHistory {
        let mut history = StreamHistory::default();
        history.begin(5);
        for version in versions {
            history.push(*version, Bytes::from(format!("[{version}]")), room);
        }
        history
    }

    #[test]
    fn one_goes_on_from_every_version_that_was_told_and_from_no_other() {
        let mut history = told(&[6, 9, 10], 100);
        for (known, rest) in [(5, "[6][9][10]"), (6, "[9][10]"), (9, "[10]"), (10, "")] {
            assert_eq!(history.after(known).as_deref(), Some(rest.as_bytes()), "from {known}");
        }
        for unknown in [0, 4, 7, 8, 11, u64::MAX] {
            assert_eq!(history.after(unknown), None, "from {unknown}");
        }
        history.push(12, Bytes::from_static(b"[12]"), 100);
        assert_eq!(history.after(10).as_deref(), Some(&b"[12]"[..]));
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut history = told(&[6, 7, 8, 9], 9);
        assert_eq!((history.after(5), history.version()), (None, 9));
        assert_eq!(history.after(6).as_deref(), Some(&b"[7][8][9]"[..]));
        let mut history = told(&[6, 7], 0);
        assert_eq!(history.after(5), None);
        assert_eq!(history.after(6).as_deref(), Some(&b"[7]"[..]));
    }

    #[test]
    fn nothing_is_known_from_before_a_beginning() {
        let mut history = told(&[6, 7], 100);
        history.begin(8);
        assert_eq!((history.after(7), history.after(8)), (None, Some(Bytes::new())));
    }
}
