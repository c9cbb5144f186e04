//! What somebody was given for a token, or on a visit, for as long as it lasts.

use super::entry::Entry;
use super::permission::{self, Admitted};
use super::role::Role;
use crate::clock::Clock;
use boxoffice_protocol::id::{CustomerId, Principal};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What whoever has it may do. It ends for all who have it when its token is revoked or expires,
/// also in the middle of a connection. Clones are the same grant.
#[derive(Debug, Clone)]
pub struct Grant(Arc<Granted>);

#[derive(Debug)]
struct Granted {
    holder: Holder,
    revoked: AtomicBool,
    clock: Clock,
}

/// Whom a grant was given to.
#[derive(Debug)]
enum Holder {
    /// Everybody, where no tokens are in use: they may do everything.
    Everybody,
    /// Who shows this token.
    Token(Entry),
    /// A browser, which acts for a customer of its own; not longer than the other grant lasts, if
    /// there is one.
    Visitor(Role, Option<Grant>),
}

impl Grant {
    /// The grant of a token.
    pub(super) fn of(entry: Entry, clock: Clock) -> Self {
        Self::given_to(Holder::Token(entry), clock)
    }

    /// What everybody may do where no tokens are in use: everything.
    pub(super) fn everything(clock: Clock) -> Self {
        Self::given_to(Holder::Everybody, clock)
    }

    /// What a visitor may do who acts for this customer, until that grant ends, if there is one.
    pub(super) fn of_visitor(customer: CustomerId, until: Option<Self>, clock: Clock) -> Self {
        Self::given_to(Holder::Visitor(Role::Customer(customer), until), clock)
    }

    fn given_to(holder: Holder, clock: Clock) -> Self {
        Self(Arc::new(Granted { holder, revoked: AtomicBool::new(false), clock }))
    }

    /// The token's entry.
    pub(super) fn entry(&self) -> Option<&Entry> {
        match &self.0.holder {
            Holder::Token(entry) => Some(entry),
            Holder::Everybody | Holder::Visitor(..) => None,
        }
    }

    /// Ends it for all who have it.
    pub(super) fn revoke(&self) {
        self.0.revoked.store(true, Ordering::Release);
    }

    /// What it is for.
    pub fn role(&self) -> &Role {
        match &self.0.holder {
            Holder::Everybody => &Role::Admin,
            Holder::Token(entry) => &entry.role,
            Holder::Visitor(role, _) => role,
        }
    }

    /// Whether it is a visitor's.
    pub(crate) fn is_visitors(&self) -> bool {
        matches!(self.0.holder, Holder::Visitor(..))
    }

    /// Who changes what is changed with it; nobody is known without a token.
    pub fn principal(&self) -> Option<&Principal> {
        self.entry().map(|entry| &entry.name)
    }

    /// Whether it lasts.
    #[inline]
    pub fn is_valid(&self) -> bool {
        !self.is_revoked() && !self.is_expired()
    }

    #[inline]
    pub(super) fn is_expired(&self) -> bool {
        match &self.0.holder {
            Holder::Token(Entry { expires: Some(expires), .. }) => *expires <= self.0.clock.now(),
            _ => false,
        }
    }

    fn is_revoked(&self) -> bool {
        match &self.0.holder {
            Holder::Visitor(_, Some(until)) => until.is_revoked(),
            _ => self.0.revoked.load(Ordering::Acquire),
        }
    }

    /// Whether it lasts, and why not.
    ///
    /// # Errors
    /// `NotAllowed`, if it has ended.
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

    /// Lets a request in, before anything that it names is looked at. It costs next to nothing.
    ///
    /// # Errors
    /// `NotAllowed` says what it takes.
    #[inline]
    pub(crate) fn admit<'a>(&'a self, request: &'a Request) -> Result<Admitted<'a>, Refusal> {
        if !self.is_valid() {
            return Err(self.why_it_ended());
        }
        if !permission::allows(self.role(), request) {
            return Err(permission::refusal(self.role(), request));
        }
        Ok(Admitted::new(self, request))
    }
}
