//! Dispatch: from an admitted request to its answer. Every listener's requests come through here;
//! no listener changes anything by itself.

use crate::auth::Admitted;
use crate::catalog::{Allowance, Answer, Caller, ReservationFilter, Step, Viewer};
use crate::server_state::ServerState;
use crate::terms_check;
use boxoffice_inventory::ReservationSearch;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;

impl ServerState {
    /// Decides one request. Views, watches and backups are answered by their listener.
    #[inline]
    pub(crate) fn decide(&self, admitted: Admitted<'_>) -> Step {
        let (catalog, who) = (&self.catalog, admitted.principal());
        let bound_to = admitted.bound_to().filter(|_| !mutants::on(Mutant::OthersReservationsTold));
        match *admitted.request() {
            Request::Hello(_) => refuse("hello", "a connection says it once"),
            Request::Ping => plain(Body::Pong { server_time: self.clock.now() }),
            Request::Stats => plain(Body::Stats(self.stats().into())),
            Request::CreateEvent { .. } | Request::UpdateEvent { .. } => self.announce(admitted),
            Request::DeleteEvent { event, force } => catalog.delete(event, force, who),
            Request::ListReservations { event, customer, code, order, ref after, limit } => {
                // A token that is bound to a customer lists the reservations of that one only.
                let customer = bound_to.map(CustomerId::borrowed).or(customer);
                let search = ReservationSearch { customer, code, order };
                let viewer = Viewer::of(admitted.role(), admitted.is_visitors());
                let filter = ReservationFilter { event, search, viewer };
                Step::Done(catalog.list_reservations(filter, after.as_ref(), limit))
            }
            _ => {
                let mut step = self.act(admitted);
                if bound_to.is_some() {
                    conceal(&mut step);
                }
                step
            }
        }
    }

    /// Creates or changes an event whose terms the lists know.
    fn announce(&self, admitted: Admitted<'_>) -> Step {
        let (catalog, who) = (&self.catalog, admitted.principal());
        match (admitted.request(), terms_check::check(admitted.request())) {
            (_, Err(refusal)) => plain(Body::Refused(refusal)),
            (Request::CreateEvent { event, spec }, _) => {
                Step::Done(catalog.create(*event, spec, who))
            }
            (Request::UpdateEvent { event, if_version, update }, _) => {
                catalog.update(*event, *if_version, update, who)
            }
            _ => refuse("request", "it brings no terms of an event"),
        }
    }

    fn act(&self, admitted: Admitted<'_>) -> Step {
        let allowance =
            Allowance::of(admitted.role(), admitted.principal(), admitted.is_visitors());
        let caller = Caller { principal: admitted.principal(), allowance };
        let (catalog, request) = (&self.catalog, admitted.request());
        match (request.event(), catalog.fingerprints().command(request)) {
            (Some(event), Some(command)) => catalog.decide(*event, &command, caller),
            _ => refuse("request", "only a connection can answer it"),
        }
    }
}

/// Another customer's reservation looks like a missing one. It costs as much to look up, so timing
/// does not reveal that it exists: see `Inventory::settled`.
fn conceal(step: &mut Step) {
    if let Step::Done(Answer { body: Body::Refused(refusal @ Refusal::NotYours), .. }) = step {
        *refusal = Refusal::ReservationNotFound;
    }
}

fn plain(body: Body) -> Step {
    Step::Done(Answer::plain(body))
}

fn refuse(field: &str, why: &str) -> Step {
    plain(Body::Refused(Refusal::invalid(field, why)))
}
