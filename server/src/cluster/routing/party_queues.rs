//! Queues in which requests of another server wait for a turn, one for each principal, so that principals
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

/// The queues of one connection.
pub(super) struct PartyQueues {
    cluster: Arc<ClusterState>,
    turns: Arc<Turns>,
    queues: HashMap<Party, PartyQueue>,
    /// The principals of requests without an answer.
    parties: HashMap<u64, Party>,
}

struct PartyQueue {
    send: UnboundedSender<Waiting>,
    /// Its requests without an answer. A queue without any is gone.
    unanswered: usize,
}

impl PartyQueues {
    pub(super) fn new(cluster: Arc<ClusterState>, turns: Arc<Turns>) -> Self {
        Self { cluster, turns, queues: HashMap::new(), parties: HashMap::new() }
    }

    /// Requests that have no answer yet.
    pub(super) fn unanswered(&self) -> usize {
        self.parties.len()
    }

    /// Has a request decided at its principal's next turn.
    pub(super) fn put(&mut self, ticket: u64, event: EventId, request: Box<ClusterRequest>) {
        let party = request.asker.party();
        let waiting = self.queues.entry(party.clone()).or_insert_with(|| {
            let (send, receive) = queue();
            let taker = TurnTaker::new(&self.turns, party.clone());
            tokio::spawn(serve(Arc::clone(&self.cluster), taker, receive));
            PartyQueue { send, unanswered: 0 }
        });
        waiting.unanswered += 1;
        // It lasts as long as it is here.
        let _ = waiting.send.send((event, request));
        self.parties.insert(ticket, party);
    }

    /// A request is answered.
    pub(super) fn answered(&mut self, ticket: u64) {
        let Some(party) = self.parties.remove(&ticket) else { return };
        self.cluster.done_with.add(1);
        if let Some(waiting) = self.queues.get_mut(&party) {
            waiting.unanswered -= 1;
            if waiting.unanswered == 0 {
                self.queues.remove(&party);
            }
        }
    }
}

impl Drop for PartyQueues {
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
