//! The permissions of every role. SPEC.md has the same as a table, and a test compares the two.

use super::role::Role;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::{IfExpired, Request};

/// The permission that a request takes.
enum Takes<'a> {
    Any,
    ActingFor(CustomerId<&'a str>),
    /// Seeing reservations of this customer, or all that the caller may see.
    Seeing(Option<CustomerId<&'a str>>),
    /// Acting for every customer.
    ActingForAll,
    Admin,
}

#[inline]
fn takes<'a>(request: &Request<&'a str>) -> Takes<'a> {
    match request {
        Request::Hello(_)
        | Request::Ping
        | Request::ListEvents { .. }
        | Request::GetEvent { .. }
        | Request::Seats { .. }
        | Request::GetPlan { .. }
        | Request::Watch { .. }
        | Request::Unwatch { .. } => Takes::Any,
        // An order is the shop's: it is confirmed as a whole.
        // A late payment asks no limit.
        Request::Confirm { expired: IfExpired::Reinstate, .. }
        | Request::Hold { order: Some(_), .. }
        | Request::Reserve { order: Some(_), .. }
        | Request::SetOrder { .. }
        | Request::ConfirmOrder { .. }
        | Request::Transfer { .. } => Takes::ActingForAll,
        Request::Hold { customer, .. } | Request::Reserve { customer, .. } => {
            Takes::ActingFor(*customer)
        }
        Request::Confirm { reservation, .. }
        | Request::Release { reservation, .. }
        | Request::Extend { reservation, .. }
        | Request::Leave { reservation, .. }
        | Request::Exchange { reservation, .. }
        | Request::Cancel { reservation, .. }
        | Request::GetReservation { reservation } => Takes::ActingFor(reservation.customer),
        Request::ListReservations { customer, .. } => Takes::Seeing(*customer),
        Request::CreateEvent { .. }
        | Request::UpdateEvent { .. }
        | Request::DeleteEvent { .. }
        | Request::Stats
        | Request::Backup { .. }
        | Request::PutPlan { .. } => Takes::Admin,
    }
}

/// Whether a role permits a request. The objects that it names are not looked up.
#[inline]
pub(super) fn allows(role: &Role, request: &Request<&str>) -> bool {
    match (role, takes(request)) {
        (Role::Admin, _)
        | (_, Takes::Any)
        | (Role::Agent, Takes::ActingFor(_) | Takes::Seeing(_) | Takes::ActingForAll)
        | (Role::Customer(_), Takes::Seeing(None)) => true,
        (Role::Customer(own), Takes::ActingFor(named) | Takes::Seeing(Some(named))) => {
            own.borrowed() == named || mutants::on(Mutant::CustomerActsForOthers)
        }
        (Role::Agent | Role::Customer(_) | Role::Reader, Takes::Admin)
        | (Role::Customer(_) | Role::Reader, Takes::ActingForAll)
        | (Role::Reader, Takes::ActingFor(_) | Takes::Seeing(_)) => false,
    }
}

/// The refusal that names what a request takes, for a role that does not permit it.
#[cold]
pub(super) fn refusal(role: &Role, request: &Request<&str>) -> Refusal {
    let whose = match role {
        Role::Admin => "an admin's",
        Role::Agent => "an agent's",
        Role::Customer(_) => "a customer's",
        Role::Reader => "a reader's",
    };
    let why = match (role, takes(request)) {
        (_, Takes::Admin | Takes::Any) => format!("it takes an admin's token, not {whose}"),
        (_, Takes::ActingForAll) => format!("it takes an agent's token, not {whose}"),
        (Role::Customer(own), _) => format!("the token is for the customer {own} only"),
        _ => format!("it takes an agent's or a customer's token, not {whose}"),
    };
    Refusal::NotAllowed { why: why.into() }
}
