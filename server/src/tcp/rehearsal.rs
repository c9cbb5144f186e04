//! A conversation without a network: for benches that count what a request costs.

use super::conversation::Conversation;
use crate::clock::moment;
use crate::config::Config;
use crate::dependencies::Dependencies;
use crate::server_state::{EarlyState, ServerState};
use crate::start_error::StartError;
use bytes::BytesMut;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::thread;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// A conversation with a server of its own. A bench puts requests where a connection would have
/// read them and takes replies where it would have written them; everything in between is what a
/// connection does.
pub struct Rehearsal {
    runtime: Runtime,
    conversation: Conversation,
    /// It stands still, so that no clock is counted.
    now: Instant,
}

impl Rehearsal {
    /// Starts a server without a sweeper, and a conversation with it.
    ///
    /// # Errors
    /// [`StartError`] as of [`Server::start`](crate::Server::start).
    pub fn new(config: Config, given: Dependencies) -> Result<Self, StartError> {
        let (shared, committing) = ServerState::open(config, given, EarlyState::default())?;
        if let Some(committing) = committing {
            let committer = thread::Builder::new().name("committer".to_owned());
            let commit = move || drop(committing.on_this_thread());
            committer.spawn(commit).map_err(StartError::Thread)?;
        }
        let runtime = Builder::new_current_thread().build().map_err(StartError::Thread)?;
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Ok(Self { runtime, conversation: Conversation::new(Arc::new(shared), peer), now: moment() })
    }

    /// Adds whole frames or parts of them to the input.
    pub fn put(&mut self, requests: &[u8]) {
        self.conversation.input.extend_from_slice(requests);
    }

    pub fn execute(&mut self) {
        self.conversation.execute(self.now, || false);
    }

    /// Waits until all executed requests are durable.
    pub fn settle(&self) {
        let ledger = &self.conversation.shared.ledger;
        // A ledger that failed has nothing more to wait for; the replies say so.
        let _ = self.runtime.block_on(ledger.reached(ledger.recorded()));
    }

    /// Moves the replies that may leave into `replies`.
    pub fn take(&mut self, replies: &mut BytesMut) {
        let ready = self.conversation.ready();
        replies.extend_from_slice(ready);
        let bytes = ready.len();
        self.conversation.sent(bytes, self.now);
    }
}
