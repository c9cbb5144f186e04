//! Keys of documents. Those of one log are neighbours, in the order of versions.

use crate::log_id::LogId;

/// Between a log's name and what follows: a name has no control character, so no name runs into it.
const SEPARATOR: char = '\t';

/// The character behind it: keys of a log are before its name with this one.
const BEHIND: char = '\u{b}';

/// The key of a log's version.
pub(super) fn of(log: &LogId, version: u64) -> String {
    // Twenty digits have every number, and sort as numbers do.
    format!("{log}{SEPARATOR}{version:020}")
}

/// The bound before which all keys of a log are.
pub(super) fn behind(log: &LogId) -> String {
    format!("{log}{BEHIND}")
}

/// The beginning of the keys of a snapshot's parts.
pub(super) fn parts(log: &LogId, version: u64, mark: &str) -> String {
    format!("{}{SEPARATOR}{mark}{SEPARATOR}", of(log, version))
}

/// The key of one part.
pub(super) fn part(parts: &str, number: usize) -> String {
    format!("{parts}{number:06}")
}

/// The bound before which all keys with this beginning are, which ends with a separator.
pub(super) fn after(beginning: &str) -> String {
    format!("{}{BEHIND}", beginning.strip_suffix(SEPARATOR).unwrap_or(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_log_are_together_and_in_order() {
        let log = |name: &str| LogId::parse(name).expect("a name");
        let (a, ab) = (log("a"), log("a b"));
        let parts = parts(&a, 7, "mark");
        let keys = [
            of(&a, 0),
            of(&a, 7),
            part(&parts, 0),
            part(&parts, 10),
            after(&parts),
            of(&a, 8),
            of(&a, u64::MAX),
            behind(&a),
            of(&ab, 1),
            behind(&ab),
        ];
        assert!(keys.is_sorted_by(|one, next| one < next), "{keys:?}");
    }
}
