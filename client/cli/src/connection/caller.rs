//! The caller of commands.

use crate::failure::Failure;
use boxoffice_client::Client;
use boxoffice_client::protocol::id::CustomerId;

/// For whom commands ask, and how a printed one reaches the same server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// The customer, unless a command names another.
    pub(crate) customer: Option<CustomerId>,
    /// Options with a space before each.
    pub(crate) options: String,
}

impl Caller {
    /// The customer that a command is for: the one that it names, or the caller's own, or the one that the
    /// token is bound to.
    ///
    /// # Errors
    /// [`Failure::Usage`] if there is none.
    pub(crate) fn customer(
        &self,
        typed: Option<CustomerId>,
        client: &Client,
    ) -> Result<CustomerId, Failure> {
        let missing = || Failure::Usage("whose? name the customer: --customer NAME".to_owned());
        self.known_customer(typed, client).ok_or_else(missing)
    }

    /// The same; none if there is none.
    pub(crate) fn known_customer(
        &self,
        typed: Option<CustomerId>,
        client: &Client,
    ) -> Option<CustomerId> {
        typed.or_else(|| self.customer.clone()).or_else(|| client.welcome().customer)
    }
}
