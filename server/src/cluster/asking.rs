//! Requests on their way to an event's task.

use super::cluster_state::ClusterState;
use super::queue::queue;
use super::request::ShellAsk;
use super::routing::Forward;
use super::settled::Settlement;
use super::shells::Shell;
use crate::catalog::Answer;
use boxoffice_inventory::Hall;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use std::sync::Arc;

impl ClusterState {
    /// Asks an event's shell, which begins if there is none.
    pub(super) fn ask(self: &Arc<Self>, event: &EventId, asked: ShellAsk) {
        let mut shells = self.shells.lock();
        if let Some(shell) = shells.get(event) {
            // A shell takes itself out before it ends.
            let _ = shell.asks.send(asked);
            return;
        }
        let ((asks, waiting), uses) = (queue(), self.memory.begin());
        let _ = asks.send(asked);
        shells.insert(event.clone(), Shell { asks, uses: Arc::clone(&uses) });
        drop(shells);
        (self.begin_shell)(Arc::clone(self), event.clone(), (waiting, uses));
    }

    /// Decides a request here that was not sent. One that follows others of its connection that may have
    /// been sent has an unknown outcome like these: it may repeat one of them.
    pub(super) fn decide_unsent(self: &Arc<Self>, unsent: Forward) {
        let Forward { event, request, is_behind } = unsent;
        if is_behind {
            let body = Body::Refused(Refusal::OutcomeUnknown);
            request.settle(Settlement::Answer(Answer::plain(body)));
        } else {
            self.ask(&event, ShellAsk::Request(request));
        }
    }

    /// The hall that an event with these terms is in, whose plan another server may have put into the
    /// store. The plan is in use while that is held.
    ///
    /// # Errors
    /// The store does not have the plan, or does not answer; or the sections are others than the plan's.
    pub(super) async fn hall(&self, spec: &EventSpec) -> Result<Hall, Refusal> {
        if let Some(plan) = spec.plan {
            let fetched = tokio::time::timeout(self.patience, self.plans.fetch(plan)).await;
            fetched.map_err(|_| Refusal::Unavailable { why: UnavailableWhy::SharedStore })??;
        }
        self.catalog.hall(spec)
    }
}
