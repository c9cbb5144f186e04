//! Grants: the permissions that a token or a visit gives, for as long as they last.

use super::entry::TokenEntry;
use super::role::Role;
use crate::clock::Clock;
use boxoffice_protocol::id::{CustomerId, Principal};
use boxoffice_protocol::refusal::Refusal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Permissions of a connection. Clones share one grant: revoking its token, or its expiry, ends all
/// of them, in the middle of a connection too.
#[derive(Debug, Clone)]
pub struct Grant(Arc<Granted>);

#[derive(Debug)]
struct Granted {
    holder: Holder,
    revoked: AtomicBool,
    /// Cancelled with `revoked`, which is quicker to look at. Few grants have a listener.
    revocation: OnceLock<CancellationToken>,
    clock: Clock,
}

/// The holder of a grant.
#[derive(Debug)]
enum Holder {
    /// Every client of a server without tokens; it may do everything.
    Everybody,
    Token(TokenEntry),
    /// A browser without a token, with the role of its own customer. The other grant, if there is
    /// one, limits how long this one lasts.
    Visitor(Role, Option<Grant>),
}

impl Grant {
    pub(super) fn of(entry: TokenEntry, clock: Clock) -> Self {
        Self::given_to(Holder::Token(entry), clock)
    }

    /// The grant of every client where no tokens are in use.
    pub(super) fn everything(clock: Clock) -> Self {
        Self::given_to(Holder::Everybody, clock)
    }

    /// The grant of a visitor, which acts for `customer`, until the other grant ends, if there is one.
    pub(super) fn of_visitor(customer: CustomerId, until: Option<Self>, clock: Clock) -> Self {
        Self::given_to(Holder::Visitor(Role::Customer(customer), until), clock)
    }

    fn given_to(holder: Holder, clock: Clock) -> Self {
        let (revoked, revocation) = (AtomicBool::new(false), OnceLock::new());
        Self(Arc::new(Granted { holder, revoked, revocation, clock }))
    }

    pub(super) fn entry(&self) -> Option<&TokenEntry> {
        match &self.0.holder {
            Holder::Token(entry) => Some(entry),
            Holder::Everybody | Holder::Visitor(..) => None,
        }
    }

    /// Ends this grant and its clones.
    pub(super) fn revoke(&self) {
        self.0.revoked.store(true, Ordering::Release);
        self.revocation().cancel();
    }

    pub fn role(&self) -> &Role {
        match &self.0.holder {
            Holder::Everybody => &Role::Admin,
            Holder::Token(entry) => &entry.role,
            Holder::Visitor(role, _) => role,
        }
    }

    pub(crate) fn is_visitors(&self) -> bool {
        matches!(self.0.holder, Holder::Visitor(..))
    }

    /// The principal that changes are recorded under; none without a token.
    pub fn principal(&self) -> Option<&Principal> {
        self.entry().map(|entry| &entry.name)
    }

    #[inline]
    pub fn is_valid(&self) -> bool {
        !self.is_revoked() && !self.is_expired()
    }

    #[inline]
    pub(super) fn is_expired(&self) -> bool {
        match &self.0.holder {
            Holder::Token(TokenEntry { expires: Some(expires), .. }) => {
                *expires <= self.0.clock.now()
            }
            _ => false,
        }
    }

    fn is_revoked(&self) -> bool {
        match &self.0.holder {
            Holder::Visitor(_, Some(until)) => until.is_revoked(),
            _ => self.0.revoked.load(Ordering::Acquire),
        }
    }

    /// Resolves when the grant is revoked, for connections that only listen.
    pub(crate) fn revoked(&self) -> WaitForCancellationFutureOwned {
        match &self.0.holder {
            Holder::Visitor(_, Some(until)) => until.revoked(),
            _ => self.revocation().clone().cancelled_owned(),
        }
    }

    fn revocation(&self) -> &CancellationToken {
        self.0.revocation.get_or_init(CancellationToken::new)
    }

    /// Checks that the grant has not ended.
    ///
    /// # Errors
    /// `NotAllowed` says whether the token was revoked or has expired.
    #[inline]
    pub fn lasts(&self) -> Result<(), Refusal> {
        if self.is_valid() { Ok(()) } else { Err(self.why_it_ended()) }
    }

    #[cold]
    fn why_it_ended(&self) -> Refusal {
        let why = match self.entry() {
            None => "this server wants a token by now",
            Some(_) if self.is_revoked() => "the token was revoked or changed",
            Some(_) => "the token has expired",
        };
        Refusal::NotAllowed { why: why.to_owned().into() }
    }
}
