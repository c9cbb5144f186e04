//! The people that ask. Every client shows a token: it runs the server, sells for all, or acts for
//! one customer; and what it may ask is said here once more, so that the server's word can be
//! doubted.

use boxoffice_inventory::model::fixtures::{BEGIN, customer};
use boxoffice_protocol::id::{CustomerId, Principal, Token};
use boxoffice_protocol::request::{IfExpired, Request};
use boxoffice_server::auth::{Hash, Role, Sources, TokenEntry, Tokens};
use boxoffice_server::config::TokensPlace;
use fastrand::Rng;
use std::fmt;
use std::sync::Arc;

/// A person with a token.
#[derive(Clone)]
pub(crate) struct Person(Arc<TokenEntry>);

/// All of them, by their number.
const ALL: u32 = 4;

impl Person {
    /// The first of all: an admin, or hardly anything would happen.
    pub(crate) fn first() -> Self {
        Self::of(0)
    }

    pub(crate) fn by_chance(random: &mut Rng) -> Self {
        Self::of(random.u32(..ALL))
    }

    fn of(number: u32) -> Self {
        let (name, role) = match number {
            0 => ("boss", Role::Admin),
            1 => ("the shop on the corner, second floor", Role::Agent),
            2 => ("ann's phone", Role::Customer(customer("ann"))),
            _ => ("the other boss", Role::Admin),
        };
        let name = Principal::parse(name).expect("a name");
        let hash = Hash::of(&token(&name));
        Self(Arc::new(TokenEntry { name, role, hash, created: BEGIN, expires: None }))
    }

    /// The tokens that a server accepts.
    pub(crate) fn tokens() -> Tokens {
        let others = (0..ALL).map(|number| TokenEntry::clone(&Self::of(number).0)).collect();
        let sources = Sources { place: TokensPlace::Nowhere, others };
        sources.load().expect("no file, and no name twice")
    }

    pub(crate) fn token(&self) -> Token {
        token(&self.0.name)
    }

    pub(crate) fn name(&self) -> &Principal {
        &self.0.name
    }

    /// The customer that it is bound to, if any: it sees no other one's reservations.
    pub(crate) fn customer(&self) -> Option<&CustomerId> {
        self.0.role.customer()
    }

    /// Whether it may ask this.
    pub(crate) fn may(&self, request: &Request) -> bool {
        let runs_the_server = matches!(
            request,
            Request::CreateEvent { .. }
                | Request::UpdateEvent { .. }
                | Request::DeleteEvent { .. }
                | Request::Stats
                | Request::Backup { .. }
                | Request::PutPlan { .. }
        );
        match &self.0.role {
            Role::Admin => true,
            Role::Agent => !runs_the_server,
            Role::Customer(own) => {
                let sells_for_all = matches!(
                    request,
                    Request::Transfer { .. }
                        | Request::Confirm { expired: IfExpired::Reinstate, .. }
                        | Request::SetOrder { .. }
                        | Request::ConfirmOrder { .. }
                        | Request::Hold { order: Some(_), .. }
                        | Request::Reserve { order: Some(_), .. }
                );
                !runs_the_server
                    && !sells_for_all
                    && customer_of(request).is_none_or(|named| named == own)
            }
            Role::Reader => unreachable!("nobody is one"),
        }
    }
}

fn token(name: &Principal) -> Token {
    Token::parse(&format!("bxo_of_{}", name.to_string().replace(' ', "_"))).expect("visible text")
}

fn customer_of(request: &Request) -> Option<&CustomerId> {
    match request {
        Request::Hold { customer, .. } | Request::Reserve { customer, .. } => Some(customer),
        Request::Confirm { reservation, .. }
        | Request::Release { reservation, .. }
        | Request::Extend { reservation, .. }
        | Request::Leave { reservation, .. }
        | Request::Transfer { reservation, .. }
        | Request::Exchange { reservation, .. }
        | Request::SetOrder { reservation, .. }
        | Request::Cancel { reservation, .. }
        | Request::GetReservation { reservation } => Some(&reservation.customer),
        Request::ListReservations { customer, .. } => customer.as_ref(),
        _ => None,
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())
    }
}
