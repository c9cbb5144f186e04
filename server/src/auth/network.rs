//! Networks: what one subscriber of a provider has.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network of one subscriber: an IPv4 address, or 64 bits of IPv6.
///
/// A provider gives some subscribers a whole /48, so the networks of one are spread over at most
/// [`SHARES_OF_A_SITE`] shares, each of which counts as a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Network {
    V4(Ipv4Addr),
    V6 {
        /// The first 48 bits.
        site: [u16; 3],
        /// Below [`SHARES_OF_A_SITE`].
        share: u8,
    },
}

/// The networks that a /48 counts for at most. A power of two.
const SHARES_OF_A_SITE: u16 = 16;

impl Network {
    /// The network of an address, whichever way the address is written.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::in_site(address),
        }
    }

    /// Neighbouring networks of a site have different shares.
    fn in_site(address: Ipv6Addr) -> Self {
        let [a, b, c, network, ..] = address.segments();
        let folded = network ^ network >> 4 ^ network >> 8 ^ network >> 12;
        let share = folded % SHARES_OF_A_SITE;
        Self::V6 { site: [a, b, c], share: share as u8 }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(address) => address.fmt(f),
            Self::V6 { site: [a, b, c], share } => {
                let site = Ipv6Addr::new(*a, *b, *c, 0, 0, 0, 0, 0);
                write!(f, "{site}/48 share {share}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn of(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    #[test]
    fn an_address_of_ipv4_is_one_network_however_it_is_written() {
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_ne!(of("127.0.0.1"), of("::1"));
        assert_eq!(of("192.0.2.1").to_string(), "192.0.2.1");
    }

    #[test]
    fn so_are_64_bits_of_ipv6() {
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:2:2::1"));
        assert_eq!(of("2001:db8:1:2::1").to_string(), "2001:db8:1::/48 share 2");
    }

    #[test]
    fn a_whole_site_counts_as_a_few_networks() {
        let of = |network| Network::of(Ipv6Addr::new(0x2001, 0xdb8, 7, network, 0, 0, 0, 1).into());
        let all: HashSet<_> = (0..=u16::MAX).map(of).collect();
        assert_eq!(all.len(), usize::from(SHARES_OF_A_SITE));
        let neighbours: HashSet<_> = (0..SHARES_OF_A_SITE).map(of).collect();
        assert_eq!(neighbours, all, "neighbours share nothing");
    }
}
