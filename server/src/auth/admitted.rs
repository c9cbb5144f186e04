//! A request together with the grant that allows it.

use super::grant::Grant;
use super::permission;
use super::role::Role;
use boxoffice_protocol::id::{CustomerId, Principal};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;

/// A request that its grant allows. Dispatch takes nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted<'a> {
    grant: &'a Grant,
    request: &'a Request<&'a str>,
}

impl Grant {
    /// Admits a request, before anything that it names is looked up. It costs next to nothing.
    ///
    /// # Errors
    /// `NotAllowed` names the role that the request takes.
    #[inline]
    pub(crate) fn admit<'a>(
        &'a self,
        request: &'a Request<&'a str>,
    ) -> Result<Admitted<'a>, Refusal> {
        self.lasts()?;
        if !permission::allows(self.role(), request) {
            return Err(permission::refusal(self.role(), request));
        }
        Ok(Admitted { grant: self, request })
    }
}

impl<'a> Admitted<'a> {
    pub(crate) const fn request(self) -> &'a Request<&'a str> {
        self.request
    }

    /// The principal that changes are recorded under; none without a token.
    pub(crate) fn principal(self) -> Option<&'a Principal> {
        self.grant.principal()
    }

    pub(crate) fn role(self) -> &'a Role {
        self.grant.role()
    }

    pub(crate) fn is_visitors(self) -> bool {
        self.grant.is_visitors()
    }

    /// The only customer whose reservations the caller may learn of.
    pub(crate) fn bound_to(self) -> Option<&'a CustomerId> {
        self.grant.role().customer()
    }
}
