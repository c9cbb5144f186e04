//! The party that asks for a decision, as far as the server that decides has to know it.

use crate::auth::{Admitted, Role};
use crate::catalog::Allowance;
use crate::fairness::Party;
use boxoffice_protocol::id::Principal;
use std::net::{IpAddr, Ipv4Addr};

/// The party that asks: what its grant says, and its address.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    /// None without a token.
    pub(super) principal: Option<Principal>,
    pub(super) role: Role,
    pub(super) is_visitor: bool,
    pub(super) address: IpAddr,
}

impl Asker {
    pub(super) fn of(admitted: Admitted<'_>, address: IpAddr) -> Self {
        Self {
            principal: admitted.principal().cloned(),
            role: admitted.role().clone(),
            is_visitor: admitted.is_visitors(),
            address,
        }
    }

    /// This server itself, which asks for confirmations.
    pub(super) const fn own() -> Self {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { principal: None, role: Role::Admin, is_visitor: false, address }
    }

    pub(super) fn allowance(&self) -> Allowance {
        Allowance::of(&self.role, self.principal.as_ref(), self.is_visitor)
    }

    /// The party that a server is shared by.
    pub(super) fn party(&self) -> Party {
        Party::new(&self.role, self.is_visitor, self.principal.as_ref(), self.address)
    }

    /// Whether another customer's reservation has to look like a missing one.
    pub(super) const fn is_bound(&self) -> bool {
        self.role.customer().is_some()
    }
}
