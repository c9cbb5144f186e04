//! Requests on their way to an event's task.

use super::cluster_state::ClusterState;
use super::queue::queue;
use super::request::ShellAsk;
use super::routing::Forward;
use super::settled::Settlement;
use super::shells::Shell;
use crate::catalog::Answer;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::Refusal;
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
}
