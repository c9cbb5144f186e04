//! Principals and their classes: the parties among which a server is shared.

use crate::auth::{Grant, Role};
use boxoffice_protocol::id;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The party that asks: a token by its name, or an address without one.
///
/// Addresses of IPv6 count by their /64, which is what one customer of a provider gets at least.
/// A whole /48 has at most [`SHARES_OF_A_SITE`] shares: its networks are spread over them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Principal {
    Token(id::Principal),
    V4(Ipv4Addr),
    V6 {
        /// The first 48 bits.
        site: [u16; 3],
        /// Below [`SHARES_OF_A_SITE`].
        share: u8,
    },
}

/// The principals that the addresses of one /48 are at most. A power of two.
pub(crate) const SHARES_OF_A_SITE: u16 = 16;

/// A class of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Principals that may do everything: admins, and every client where no tokens are in use.
    Operators,
    Tokens,
    NoToken,
}

/// A principal and its class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Party {
    pub(crate) class: Class,
    pub(crate) principal: Principal,
}

impl Principal {
    /// The principal that an address is before it has shown a token, or without one.
    pub(crate) fn at(address: IpAddr) -> Self {
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

impl Class {
    pub(super) const ALL: [Self; 3] = [Self::Operators, Self::Tokens, Self::NoToken];

    /// The label in metrics and logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Operators => "operators",
            Self::Tokens => "tokens",
            Self::NoToken => "no_token",
        }
    }

    /// Its part of what all classes share, relative to the others'.
    pub(super) const fn weight(self) -> u64 {
        match self {
            Self::Operators | Self::Tokens => 4,
            Self::NoToken => 1,
        }
    }

    fn of(grant: &Grant) -> Self {
        match grant.role() {
            Role::Admin => Self::Operators,
            _ if grant.is_visitors() => Self::NoToken,
            _ => Self::Tokens,
        }
    }
}

impl Party {
    /// The party behind a grant that a client at `peer` has.
    pub(crate) fn of(grant: &Grant, peer: IpAddr) -> Self {
        let named = grant.principal().cloned().map(Principal::Token);
        let principal = named.unwrap_or_else(|| Principal::at(peer));
        Self { class: Class::of(grant), principal }
    }

    /// The party that a client at `peer` is before it has shown a token.
    pub(crate) fn unknown(peer: IpAddr) -> Self {
        Self { class: Class::NoToken, principal: Principal::at(peer) }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(name) => write!(f, "token {name}"),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6 { site: [a, b, c], share } => {
                let site = Ipv6Addr::new(*a, *b, *c, 0, 0, 0, 0, 0);
                write!(f, "{site}/48 share {share}")
            }
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of class {}", self.principal, self.class.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn at(address: &str) -> Principal {
        Principal::at(address.parse().unwrap())
    }

    #[test]
    fn an_address_of_ipv4_is_one_principal_however_it_is_written() {
        assert_eq!(at("192.0.2.1"), at("::ffff:192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(at("192.0.2.1").to_string(), "192.0.2.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one_principal() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:2:2::1"));
        assert_eq!(at("2001:db8:1:2::1").to_string(), "2001:db8:1::/48 share 2");
    }

    #[test]
    fn a_whole_site_of_ipv6_has_so_many_shares() {
        let of = |network: u16| {
            Principal::at(Ipv6Addr::new(0x2001, 0xdb8, 7, network, 0, 0, 0, 1).into())
        };
        let all: HashSet<_> = (0..=u16::MAX).map(of).collect();
        assert_eq!(all.len(), usize::from(SHARES_OF_A_SITE));
        let neighbours: HashSet<_> = (0..SHARES_OF_A_SITE).map(of).collect();
        assert_eq!(neighbours, all, "neighbours share nothing");
    }
}
