//! Where requests of another server wait for a turn: those of one principal at one desk, so that principals
//! share this server whichever server their clients are connected to.

use crate::cluster::cluster_state::ClusterState;
use crate::cluster::queue::queue;
use crate::cluster::request::{ClusterRequest, ShellAsk};
use crate::fairness::{Party, TurnTaker, Turns};
use boxoffice_protocol::id::EventId;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// A request, and its event.
type Waiting = (EventId, Box<ClusterRequest>);

/// The desks of one connection.
pub(super) struct Desks {
    cluster: Arc<ClusterState>,
    turns: Arc<Turns>,
    desks: HashMap<Party, Desk>,
    /// The principals of requests without an answer.
    parties: HashMap<u64, Party>,
}

struct Desk {
    send: UnboundedSender<Waiting>,
    /// Its requests without an answer. A desk without any is gone.
    unanswered: usize,
}

impl Desks {
    pub(super) fn new(cluster: Arc<ClusterState>, turns: Arc<Turns>) -> Self {
        Self { cluster, turns, desks: HashMap::new(), parties: HashMap::new() }
    }

    /// Requests that have no answer yet.
    pub(super) fn unanswered(&self) -> usize {
        self.parties.len()
    }

    /// Has a request decided at its principal's next turn.
    pub(super) fn put(&mut self, ticket: u64, event: EventId, request: Box<ClusterRequest>) {
        let party = request.asker.party();
        let desk = self.desks.entry(party.clone()).or_insert_with(|| {
            let (send, waiting) = queue();
            let taker = TurnTaker::new(&self.turns, party.clone());
            tokio::spawn(serve(Arc::clone(&self.cluster), taker, waiting));
            Desk { send, unanswered: 0 }
        });
        desk.unanswered += 1;
        // It lasts as long as it is here.
        let _ = desk.send.send((event, request));
        self.parties.insert(ticket, party);
    }

    /// A request is answered.
    pub(super) fn answered(&mut self, ticket: u64) {
        let Some(party) = self.parties.remove(&ticket) else { return };
        self.cluster.done_with.add(1);
        if let Some(desk) = self.desks.get_mut(&party) {
            desk.unanswered -= 1;
            if desk.unanswered == 0 {
                self.desks.remove(&party);
            }
        }
    }
}

impl Drop for Desks {
    fn drop(&mut self) {
        self.cluster.done_with.add(self.parties.len() as u64);
    }
}

async fn serve(
    cluster: Arc<ClusterState>,
    taker: TurnTaker,
    mut waiting: UnboundedReceiver<Waiting>,
) {
    let serving = async {
        while let Some((event, request)) = waiting.recv().await {
            cluster.ask(&event, ShellAsk::Request(request));
            taker.turn().await;
        }
    };
    taker.poll_at_turn(serving).await;
}
