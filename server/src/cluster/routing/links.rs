//! The connections to the other servers, by the servers' names.

use crate::cluster::members::{Member, Members};
use crate::cluster::queue::queue;
use crate::cluster::request::ClusterRequest;
use crate::metrics::Counter;
use boxoffice_protocol::id::EventId;
use parking_lot::Mutex;
use std::collections::HashMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

/// Where a request is decided. Requests of one connection about one event take the same route while any of
/// them has no answer, so that they are decided in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Here,
    /// At another server, by this connection to it.
    Forward(u64),
}

/// A request that is to be sent.
#[derive(Debug)]
pub(crate) struct Forward {
    pub(in crate::cluster) event: EventId,
    pub(in crate::cluster) request: Box<ClusterRequest>,
    /// Whether one of its connection about the same event was without an answer when it came.
    pub(in crate::cluster) is_behind: bool,
}

/// The connections that this server forwards on.
#[derive(Debug)]
pub(crate) struct Links {
    table: Mutex<LinkTable>,
    pub(in crate::cluster) forwarded: Counter,
    /// Forwarded requests whose outcome is unknown.
    pub(in crate::cluster) unknown: Counter,
}

#[derive(Debug, Default)]
struct LinkTable {
    /// The tasks that keep a connection, by servers.
    tasks: HashMap<String, JoinHandle<()>>,
    /// The servers' open connections.
    servers: HashMap<String, u64>,
    open: HashMap<u64, UnboundedSender<Forward>>,
    numbers: u64,
}

impl Links {
    pub(in crate::cluster) fn new() -> Self {
        let (forwarded, unknown) = (Counter::default(), Counter::default());
        Self { table: Mutex::default(), forwarded, unknown }
    }

    /// How many servers requests can be sent to.
    pub(in crate::cluster) fn len(&self) -> usize {
        self.table.lock().open.len()
    }

    /// The route of a request about this event, which follows others on this one; none if it has to wait
    /// until these are answered.
    pub(in crate::cluster) fn route(
        &self,
        members: &Members,
        event: EventId<&str>,
        before: Option<Route>,
    ) -> Option<Route> {
        match before {
            Some(Route::Here) => Some(Route::Here),
            Some(Route::Forward(number)) => {
                self.table.lock().open.contains_key(&number).then_some(Route::Forward(number))
            }
            None => {
                let open = |server: &str| self.table.lock().servers.get(server).copied();
                let number = members.preferred_other(event, open).flatten();
                Some(number.map_or(Route::Here, Route::Forward))
            }
        }
    }

    /// Has a request sent.
    ///
    /// # Errors
    /// The connection is gone; the request was not sent.
    pub(in crate::cluster) fn forward(&self, number: u64, forward: Forward) -> Result<(), Forward> {
        let table = self.table.lock();
        match table.open.get(&number) {
            Some(link) => link.send(forward).map_err(|unsent| unsent.0),
            None => Err(forward),
        }
    }

    /// Those of these servers that no task keeps a connection to.
    pub(super) fn unkept(&self, others: Vec<Member>) -> Vec<Member> {
        let mut table = self.table.lock();
        table.tasks.retain(|_, task| !task.is_finished());
        others.into_iter().filter(|other| !table.tasks.contains_key(&other.server)).collect()
    }

    /// This task keeps a connection to a server.
    pub(super) fn keeps(&self, server: String, task: JoinHandle<()>) {
        self.table.lock().tasks.insert(server, task);
    }

    /// A connection to this server is open, until [`close`](Self::close).
    pub(super) fn open(&self, server: &str) -> (u64, UnboundedReceiver<Forward>) {
        let (send, waiting) = queue();
        let mut table = self.table.lock();
        table.numbers += 1;
        let number = table.numbers;
        table.servers.insert(server.to_owned(), number);
        table.open.insert(number, send);
        (number, waiting)
    }

    /// Nothing is sent on this connection any more.
    pub(super) fn close(&self, server: &str, number: u64) {
        let mut table = self.table.lock();
        table.open.remove(&number);
        if table.servers.get(server) == Some(&number) {
            table.servers.remove(server);
        }
    }
}
