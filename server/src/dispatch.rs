//! Dispatch: from an admitted request to its answer. Every listener's requests come through here;
//! no listener changes anything by itself.

use crate::auth::Admitted;
use crate::catalog::{Allowance, Answer, Caller, ReservationFilter, ReservationKind, Step};
use crate::server_state::ServerState;
use boxoffice_inventory::Command;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Request, ReservationKey};
use std::time::Duration;

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
            Request::CreateEvent { event, ref spec } => {
                Step::Done(catalog.create(event, spec, who))
            }
            Request::UpdateEvent { event, if_version, ref update } => {
                catalog.update(event, if_version, update, who)
            }
            Request::DeleteEvent { event, force } => catalog.delete(event, force, who),
            Request::ListReservations { event, customer, ref after, limit } => {
                // A token that is bound to a customer lists the reservations of that one only.
                let customer = bound_to.map(CustomerId::borrowed).or(customer);
                let filter = ReservationFilter { event, customer };
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

    fn act(&self, admitted: Admitted<'_>) -> Step {
        let allowance = Allowance::of(admitted.role(), admitted.is_visitors());
        let caller = Caller { principal: admitted.principal(), allowance };
        let catalog = &self.catalog;
        let on = |key: ReservationKey<&str>, command: Command<'_>| {
            catalog.decide(key.event, &command, caller)
        };
        match *admitted.request() {
            Request::Hold { id, event, customer, ref selection, ttl_ms } => {
                let ttl = ttl_ms.map(|ms| Duration::from_millis(ms.into()));
                let fingerprint =
                    catalog.fingerprints().of(ReservationKind::Hold(ttl), customer, selection);
                let command = Command::Hold { id, fingerprint, customer, selection, ttl };
                catalog.decide(event, &command, caller)
            }
            Request::Reserve { id, event, customer, ref selection } => {
                let fingerprint =
                    catalog.fingerprints().of(ReservationKind::Reserve, customer, selection);
                let command = Command::Reserve { id, fingerprint, customer, selection };
                catalog.decide(event, &command, caller)
            }
            Request::Confirm { reservation: key, ref keep } => {
                let ReservationKey { id, customer, .. } = key;
                on(key, Command::Confirm { id, customer, keep: keep.as_ref() })
            }
            Request::Release { reservation: key, ref keep } => {
                let ReservationKey { id, customer, .. } = key;
                on(key, Command::Release { id, customer, keep: keep.as_ref() })
            }
            Request::Cancel { reservation: key, ref keep } => {
                let ReservationKey { id, customer, .. } = key;
                on(key, Command::Cancel { id, customer, keep: keep.as_ref() })
            }
            Request::Extend { reservation: key, until } => {
                let ReservationKey { id, customer, .. } = key;
                on(key, Command::Extend { id, customer, until })
            }
            Request::GetReservation { reservation: key } => {
                on(key, Command::Get { id: key.id, customer: key.customer })
            }
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
