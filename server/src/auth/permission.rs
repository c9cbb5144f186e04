//! Which role may ask what. This is the whole of it; SPEC.md has it as a table, and a test compares
//! the two.

use super::grant::Grant;
use super::role::Role;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::{CustomerId, Principal};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;

/// A request whose asker may ask it. There is no other way to the desk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted<'a> {
    grant: &'a Grant,
    request: &'a Request,
}

impl<'a> Admitted<'a> {
    pub(super) const fn new(grant: &'a Grant, request: &'a Request) -> Self {
        Self { grant, request }
    }

    /// The request.
    pub(crate) const fn request(self) -> &'a Request {
        self.request
    }

    /// Who asks, where that is known.
    pub(crate) fn principal(self) -> Option<&'a Principal> {
        self.grant.principal()
    }

    /// Whether a visitor asks, whom nobody knows.
    pub(crate) fn is_visitors(self) -> bool {
        self.grant.is_visitors()
    }

    /// The customer beside whose reservations there are none, as far as the asker can tell.
    pub(crate) fn bound_to(self) -> Option<&'a CustomerId> {
        self.grant.role().customer()
    }
}

/// What a request takes.
enum Takes<'a> {
    /// Any token.
    Any,
    /// To act for this customer.
    ActingFor(&'a CustomerId),
    /// To see reservations: of this customer, or of all that the asker may see.
    Seeing(Option<&'a CustomerId>),
    /// To run the server.
    Admin,
}

#[inline]
fn takes(request: &Request) -> Takes<'_> {
    match request {
        Request::Hello(_)
        | Request::Ping
        | Request::ListEvents { .. }
        | Request::GetEvent { .. }
        | Request::Seats { .. }
        | Request::Watch { .. }
        | Request::Unwatch { .. } => Takes::Any,
        Request::Hold { customer, .. } | Request::Reserve { customer, .. } => {
            Takes::ActingFor(customer)
        }
        Request::Confirm { reservation, .. }
        | Request::Release { reservation, .. }
        | Request::Extend { reservation, .. }
        | Request::Cancel { reservation, .. }
        | Request::GetReservation { reservation } => Takes::ActingFor(&reservation.customer),
        Request::ListReservations { customer, .. } => Takes::Seeing(customer.as_ref()),
        Request::CreateEvent { .. }
        | Request::UpdateEvent { .. }
        | Request::DeleteEvent { .. }
        | Request::Stats
        | Request::Backup { .. } => Takes::Admin,
    }
}

/// Whether a role may ask this. What it names need not be there: nothing is looked at.
#[inline]
pub(super) fn allows(role: &Role, request: &Request) -> bool {
    match (role, takes(request)) {
        (Role::Admin, _)
        | (_, Takes::Any)
        | (Role::Agent, Takes::ActingFor(_) | Takes::Seeing(_))
        | (Role::Customer(_), Takes::Seeing(None)) => true,
        (Role::Customer(own), Takes::ActingFor(named) | Takes::Seeing(Some(named))) => {
            own == named || mutants::on(Mutant::CustomerActsForOthers)
        }
        (Role::Agent | Role::Customer(_) | Role::Reader, Takes::Admin)
        | (Role::Reader, Takes::ActingFor(_) | Takes::Seeing(_)) => false,
    }
}

/// What it takes to ask this, where a role does not allow it.
#[cold]
pub(super) fn refusal(role: &Role, request: &Request) -> Refusal {
    let whose = match role {
        Role::Admin => "an admin's",
        Role::Agent => "an agent's",
        Role::Customer(_) => "a customer's",
        Role::Reader => "a reader's",
    };
    let why = match (role, takes(request)) {
        (_, Takes::Admin | Takes::Any) => format!("it takes an admin's token, not {whose}"),
        (Role::Customer(own), _) => format!("the token is for the customer {own} only"),
        _ => format!("it takes an agent's or a customer's token, not {whose}"),
    };
    Refusal::NotAllowed { why }
}
