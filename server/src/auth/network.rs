//! Networks: what one subscriber of a provider has.

use std::net::{IpAddr, Ipv6Addr};

/// The networks that a /48 counts for at most. A power of two.
const SHARES_OF_A_SITE: u16 = 16;

/// The network of one subscriber: an IPv4 address, or 64 bits of IPv6. A provider gives some
/// subscribers a whole /48, so its networks are spread over a few shares.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, network, ..] = address.segments();
            let folded = network ^ network >> 4 ^ network >> 8 ^ network >> 12;
            Ipv6Addr::new(a, b, c, folded % SHARES_OF_A_SITE, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn an_address_is_what_one_customer_of_a_provider_has() {
        let of = |address: &str| network(address.parse().unwrap());
        let same = [("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::ffff:1:1:1")];
        for (one, other) in same {
            assert_eq!(of(one), of(other));
        }
        let unlike = [
            ("192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8:0:1::1"),
            ("2001:db8::1", "2001:db8:1::1"),
            ("::1", "127.0.0.1"),
        ];
        for (one, other) in unlike {
            assert_ne!(of(one), of(other));
        }
    }

    #[test]
    fn a_whole_site_counts_as_a_few_networks() {
        let of = |of_site| network(Ipv6Addr::new(0x2001, 0xdb8, 7, of_site, 0, 0, 0, 1).into());
        let all: HashSet<_> = (0..=u16::MAX).map(of).collect();
        assert_eq!(all.len(), usize::from(SHARES_OF_A_SITE));
    }
}
