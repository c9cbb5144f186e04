//! Which requests wait for an actor.

use super::cluster::Cluster;
use super::settled::Kept;
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
    /// The way of a request.
    pub(crate) fn way(&self, request: &Request<&str>) -> Way {
        match request {
            Request::Hello(_)
            | Request::Ping
            | Request::Stats
            | Request::Backup { .. }
            | Request::PutPlan { .. }
            | Request::GetPlan { .. }
            | Request::Unwatch { .. } => Way::Here(Kept::new()),
            Request::GetEvent { event, freshness } | Request::Seats { event, freshness } => {
                self.way_of_view(*event, *freshness)
            }
            Request::ListEvents { .. }
            | Request::ListReservations { .. }
            | Request::Watch { .. } => Way::Confirm,
            _ => Way::Decide,
        }
    }

    fn way_of_view(&self, event: EventId<&str>, freshness: Freshness) -> Way {
        match (freshness, self.young(event)) {
            (Freshness::Cached, Some(event)) => Way::Here(vec![event]),
            _ => Way::Confirm,
        }
    }
}
