//! What a server's lease tells the others: where it takes forwarded requests, and digests of what every
//! server has to be given alike.

use boxoffice_protocol::frame::{decode, encode};
use bytes::BytesMut;

/// What a lease says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct LeaseNotice {
    /// Where the server takes forwarded requests; none if it takes none.
    pub(super) address: Option<String>,
    pub(super) digests: Vec<Digest>,
}

/// A digest of something that every server has to be given alike, under a key that clients do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    /// What it is of.
    pub(super) name: String,
    pub(super) value: u64,
}

/// The encoding: the address, and each digest with its name.
type Parts = (Option<String>, Vec<(String, u64)>);

impl LeaseNotice {
    pub(super) fn encoded(&self) -> Vec<u8> {
        let digests = self.digests.iter().map(|digest| (digest.name.clone(), digest.value));
        let parts: Parts = (self.address.clone(), digests.collect());
        let mut bytes = BytesMut::new();
        encode(&parts, &mut bytes);
        bytes.into()
    }

    /// What a lease's body says; nothing if it is of another version's.
    pub(super) fn decoded(body: &[u8]) -> Self {
        let (address, digests) = decode::<Parts>(body).unwrap_or_default();
        let digest = |(name, value)| Digest { name, value };
        Self { address, digests: digests.into_iter().map(digest).collect() }
    }

    /// What is not the same at both, of that which both say.
    pub(super) fn differs_from(&self, other: &Self) -> Vec<String> {
        let is_other = |digest: &&Digest| {
            other.digests.iter().any(|it| it.name == digest.name && it.value != digest.value)
        };
        self.digests.iter().filter(is_other).map(|digest| digest.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(digests: &[(&str, u64)]) -> LeaseNotice {
        let digest = |&(name, value): &(&str, u64)| Digest { name: name.to_owned(), value };
        let address = Some("box:7119".to_owned());
        LeaseNotice { address, digests: digests.iter().map(digest).collect() }
    }

    #[test]
    fn what_differs_is_named() {
        let own = notice(&[("tokens", 1), ("visitors.key", 2)]);
        let other = LeaseNotice::decoded(&notice(&[("tokens", 1), ("visitors.key", 3)]).encoded());
        assert_eq!(own.differs_from(&other), ["visitors.key"]);
        assert_eq!(own.differs_from(&own), [""; 0]);
    }

    #[test]
    fn the_lease_of_another_version_says_nothing() {
        assert_eq!(LeaseNotice::decoded(&[]), LeaseNotice::default());
        assert_eq!(LeaseNotice::decoded(&[7; 40]), LeaseNotice::default());
    }
}
