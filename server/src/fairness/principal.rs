//! Principals and their classes: the parties among which a server is shared.

use crate::auth::{Grant, Network, Role};
use boxoffice_protocol::id;
use std::fmt;
use std::net::IpAddr;

/// The party that asks: a token by its name, or a network without one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Principal {
    Token(id::Principal),
    At(Network),
}

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
        Self::At(Network::of(address))
    }

    /// The principal behind a token, or at an address without one.
    pub(crate) fn of(token: Option<&id::Principal>, address: IpAddr) -> Self {
        token.cloned().map_or_else(|| Self::at(address), Self::Token)
    }
}

impl Class {
    pub(crate) const ALL: [Self; 3] = [Self::Operators, Self::Tokens, Self::NoToken];

    /// The label in metrics and logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Operators => "operators",
            Self::Tokens => "tokens",
            Self::NoToken => "no_token",
        }
    }

    /// Its part of what all classes share, relative to the others'.
    pub(crate) const fn weight(self) -> u64 {
        match self {
            Self::Operators | Self::Tokens => 4,
            Self::NoToken => 1,
        }
    }

    const fn of(role: &Role, is_visitor: bool) -> Self {
        match role {
            Role::Admin => Self::Operators,
            _ if is_visitor => Self::NoToken,
            _ => Self::Tokens,
        }
    }
}

impl Party {
    /// The party behind a grant that a client at `peer` has.
    pub(crate) fn of(grant: &Grant, peer: IpAddr) -> Self {
        Self::new(grant.role(), grant.is_visitors(), grant.principal(), peer)
    }

    /// The party with this role at `peer`; none without a token is named.
    pub(crate) fn new(
        role: &Role,
        is_visitor: bool,
        named: Option<&id::Principal>,
        peer: IpAddr,
    ) -> Self {
        let principal = Principal::of(named, peer);
        Self { class: Class::of(role, is_visitor), principal }
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
            Self::At(network) => network.fmt(f),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of class {}", self.principal, self.class.name())
    }
}
