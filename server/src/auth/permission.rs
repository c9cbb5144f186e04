//! Which role may ask what. This is the whole of it; SPEC.md has it as a table, and a test compares
//! the two.

use super::grant::Grant;
use super::role::Role;
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
///
/// # Errors
/// `NotAllowed` says what it takes.
pub(super) fn check(role: &Role, request: &Request) -> Result<(), Refusal> {
    let why = match (role, takes(request)) {
        (Role::Admin, _)
        | (_, Takes::Any)
        | (Role::Agent, Takes::ActingFor(_) | Takes::Seeing(_))
        | (Role::Customer(_), Takes::Seeing(None)) => return Ok(()),
        (Role::Customer(own), Takes::ActingFor(named) | Takes::Seeing(Some(named))) => {
            if own == named {
                return Ok(());
            }
            format!("the token is for the customer {own} only")
        }
        (role, Takes::Admin) => format!("it takes the token of an admin, not {}", a(role)),
        (Role::Reader, Takes::ActingFor(_) | Takes::Seeing(_)) => {
            "it takes the token of an agent or a customer, not a reader's".to_owned()
        }
    };
    Err(Refusal::NotAllowed { why })
}

const fn a(role: &Role) -> &'static str {
    match role {
        Role::Admin => "an admin's",
        Role::Agent => "an agent's",
        Role::Customer(_) => "a customer's",
        Role::Reader => "a reader's",
    }
}
