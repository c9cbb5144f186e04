//! What a token is for.

use boxoffice_protocol::id::CustomerId;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What whoever shows a token may do; request by request in `permission`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Act for any customer.
    Agent,
    /// Act for this customer.
    Customer(CustomerId),
    /// Look at what anybody may see.
    Reader,
}

/// The word for a role, on the command line and in files.
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
    /// Its word.
    pub const fn name(&self) -> RoleName {
        match self {
            Self::Admin => RoleName::Admin,
            Self::Agent => RoleName::Agent,
            Self::Customer(_) => RoleName::Customer,
            Self::Reader => RoleName::Reader,
        }
    }

    /// Whom it is bound to.
    pub const fn customer(&self) -> Option<&CustomerId> {
        match self {
            Self::Customer(customer) => Some(customer),
            Self::Admin | Self::Agent | Self::Reader => None,
        }
    }
}

impl RoleName {
    /// The role of this name; a customer's, and no other, names the customer.
    ///
    /// # Errors
    /// What is missing, or too much.
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

    /// The word.
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
