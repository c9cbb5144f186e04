//! Roles of tokens.

use boxoffice_protocol::id::CustomerId;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The role of a token. The `permission` table lists its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Admin,
    Agent,
    /// May act for this customer.
    Customer(CustomerId),
    /// May read events, seats and watches.
    Reader,
}

/// A role's name, on the command line and in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleName {
    /// Everything: events, statistics, backups, and all that an agent may
    Admin,
    /// Reservations of every customer
    Agent,
    /// Reservations of one customer
    Customer,
    /// Events, seats and watches
    Reader,
}

impl Role {
    pub const fn name(&self) -> RoleName {
        match self {
            Self::Admin => RoleName::Admin,
            Self::Agent => RoleName::Agent,
            Self::Customer(_) => RoleName::Customer,
            Self::Reader => RoleName::Reader,
        }
    }

    /// The only customer that the role may act for.
    pub const fn customer(&self) -> Option<&CustomerId> {
        match self {
            Self::Customer(customer) => Some(customer),
            Self::Admin | Self::Agent | Self::Reader => None,
        }
    }
}

impl RoleName {
    /// The role of this name. The role of a customer names one, no other does.
    ///
    /// # Errors
    /// The customer is missing, or one too many.
    pub fn with(self, customer: Option<CustomerId>) -> Result<Role, &'static str> {
        match (self, customer) {
            (Self::Customer, Some(customer)) => Ok(Role::Customer(customer)),
            (Self::Customer, None) => Err("a customer's token says which customer"),
            (_, Some(_)) => Err("only a token of the role customer is bound to a customer"),
            (Self::Admin, None) => Ok(Role::Admin),
            (Self::Agent, None) => Ok(Role::Agent),
            (Self::Reader, None) => Ok(Role::Reader),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Customer => "customer",
            Self::Reader => "reader",
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
