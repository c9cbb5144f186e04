//! Which requests wait for an actor.

use super::cluster::Cluster;
use super::settled::Kept;
use crate::views::MonotonicReads;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::{Freshness, Request};

/// The way of a request.
#[derive(Debug)]
pub(crate) enum Way {
    /// It is answered from what this server has, which stays loaded while this is kept.
    Here(Kept),
    /// Its event decides it.
    Decide,
    /// It is answered here once it is known what the event, or those of a page, are now.
    Confirm,
}

impl Cluster {
    /// The way of a request of a connection that was told so much: other servers may have told it of
    /// changes that this one does not show yet.
    pub(crate) fn way(&self, request: &Request<&str>, told: &MonotonicReads) -> Way {
        match request {
            Request::Hello(_)
            | Request::Ping
            | Request::Stats
            | Request::Backup { .. }
            | Request::PutPlan { .. }
            | Request::GetPlan { .. }
            | Request::Unwatch { .. } => Way::Here(Kept::new()),
            Request::GetEvent { event, freshness } | Request::Seats { event, freshness } => {
                self.way_of_view(*event, *freshness, told)
            }
            Request::ListEvents { .. }
            | Request::ListReservations { .. }
            | Request::Watch { .. } => Way::Confirm,
            _ => Way::Decide,
        }
    }

    fn way_of_view(
        &self,
        event: EventId<&str>,
        freshness: Freshness,
        told: &MonotonicReads,
    ) -> Way {
        let wants = |serial| told.wants(serial, freshness);
        let shown = self.young(event, wants(0).since);
        match shown.filter(|event| event.version() >= wants(event.serial).at_least) {
            Some(event) if freshness == Freshness::Cached => Way::Here(vec![event]),
            _ => Way::Confirm,
        }
    }
}
