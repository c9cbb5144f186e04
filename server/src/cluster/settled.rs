//! What came of a request, on its way to the connection that asked.

use crate::catalog::{Answer, Event};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Where it goes. A connection has one channel for all its requests, so that those about one event are
/// answered in the order in which they were decided; the bound on requests in flight is its bound.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTo {
    pub(crate) to: UnboundedSender<Settled>,
    /// The connection's own name for the request.
    pub(crate) ticket: u64,
}

/// What came of one request.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) ticket: u64,
    pub(crate) settlement: Settlement,
}

#[derive(Debug)]
pub(crate) enum Settlement {
    Answer(Answer),
    /// What is shown now is no older than the request; it stays loaded while this is kept.
    Confirmed(Kept),
    /// The engine does not tell.
    Unconfirmed,
}

/// Events that stay loaded while this is kept: the catalog has them until they were read.
pub(crate) type Kept = Vec<Arc<Event>>;

impl ReplyTo {
    pub(crate) fn send(self, settlement: Settlement) {
        // The client may be gone.
        let _ = self.to.send(Settled { ticket: self.ticket, settlement });
    }
}
