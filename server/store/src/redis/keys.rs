//! Keys of the store.
//!
//! All keys of a log share a hash tag, so that a cluster has them in one slot and a function may use
//! them together. The tag is a bucket of logs, not the log itself: the names of a bucket's logs are
//! kept beside them, in the same transaction as a log's first batch.

use crate::log_id::LogId;
use twox_hash::XxHash3_64;

/// A part of what is stored knows this number: changing it loses sight of logs.
const BUCKETS: u16 = 256;

/// Logs whose keys are in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Bucket(u16);

impl Bucket {
    pub(super) fn of(log: &LogId) -> Self {
        let hash = XxHash3_64::oneshot(log.as_str().as_bytes()) % u64::from(BUCKETS);
        Self(u16::try_from(hash).expect("it is less than the number of buckets"))
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..BUCKETS).map(Self)
    }

    /// The bucket whose slot has the leases.
    pub(super) const LEASES: Self = Self(0);

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The sorted set of its logs' names.
    pub(super) fn names(self) -> String {
        self.key("logs")
    }

    fn key(self, what: &str) -> String {
        format!("boxoffice:{{{:03}}}:{what}", self.0)
    }
}

/// The stream of a log's batches.
pub(super) fn batches(log: &LogId) -> String {
    Bucket::of(log).key("batches:") + log.as_str()
}

/// Where a log ends.
pub(super) fn end(log: &LogId) -> String {
    Bucket::of(log).key("end:") + log.as_str()
}

/// The hash with a log's snapshot.
pub(super) fn snapshot(log: &LogId) -> String {
    Bucket::of(log).key("snapshot:") + log.as_str()
}

pub(super) fn leases() -> String {
    Bucket::LEASES.key("leases")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_log_share_a_hash_tag_whatever_its_name() {
        for name in ["dune-2", "}", "{", "{}", "}{a}"] {
            let log = LogId::parse(name).expect("a name");
            let tag = |key: String| {
                let (_, behind) = key.split_once('{').expect("a tag");
                behind.split_once('}').expect("its end").0.to_owned()
            };
            let tags = [batches(&log), end(&log), snapshot(&log), Bucket::of(&log).names()];
            let [one, two, three, four] = tags.map(tag);
            assert!(!one.is_empty() && one == two && two == three && three == four, "{name}");
        }
    }
}
