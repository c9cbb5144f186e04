//! The binary protocol as the service of a listener.

use super::conversation::Conversation;
use super::session::TcpSession;
use super::socket::Socket;
use crate::admission::{ConnectionLimits, ConnectionPool};
use crate::fairness::{Party, TurnTaker};
use crate::listener::{Accepted, Parts, RETRY_AFTER_MS, Service};
use crate::metrics::{ConnectionSummary, Listener};
use crate::server_state::ServerState;
use boxoffice_protocol::frame::put_reply;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use bytes::BytesMut;
use std::net::IpAddr;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct TcpService {
    shared: Arc<ServerState>,
    pool: Arc<ConnectionPool>,
}

impl TcpService {
    pub(crate) fn new(shared: Arc<ServerState>) -> Self {
        let limits = ConnectionLimits::of(Listener::Tcp, &shared.config);
        let pool = ConnectionPool::new(limits, Arc::clone(&shared.unsent));
        Self { shared, pool: Arc::new(pool) }
    }
}

impl Service for TcpService {
    const LISTENER: Listener = Listener::Tcp;

    fn parts(&self) -> Parts<'_> {
        let ServerState { config, metrics, tls, .. } = &*self.shared;
        Parts { config, metrics, tls: tls.as_deref(), pool: &self.pool }
    }

    /// Where tokens are in use, a client may have one that finds a place.
    fn turn_away(&self, from: IpAddr) -> Option<Vec<u8>> {
        let auth = &self.shared.auth;
        if auth.wants_tokens() {
            return None;
        }
        let party = Party::of(&auth.authenticate(None, from).ok()?, from);
        self.pool.would_admit(&party).is_err().then(busy)
    }

    async fn serve(&self, accepted: Accepted) -> ConnectionSummary {
        let taker = TurnTaker::new(&self.shared.turns, Party::unknown(accepted.peer.ip()));
        let taker = Arc::new(taker);
        taker.poll_at_turn(self.serve_at(accepted, Arc::clone(&taker))).await
    }
}

impl TcpService {
    async fn serve_at(&self, accepted: Accepted, taker: Arc<TurnTaker>) -> ConnectionSummary {
        let Accepted { stream, peer, until, stop, seat } = accepted;
        let socket = match &self.shared.tls {
            None => Socket::Plain(stream),
            Some(tls) => match tls.accept(Listener::Tcp, stream, until, &stop).await {
                Ok(accepted) => Socket::Tls(Box::new(accepted.into())),
                Err(cause) => return ConnectionSummary::early(cause),
            },
        };
        let shared = Arc::clone(&self.shared);
        let conversation = Conversation::taking_turns(shared, taker, peer.ip());
        TcpSession::new(socket, conversation, seat, stop, until).run().await
    }
}

/// The bytes that tell a client of too many connections.
fn busy() -> Vec<u8> {
    let body = Body::Refused(Refusal::Busy { retry_after_ms: RETRY_AFTER_MS });
    let mut bytes = BytesMut::new();
    put_reply(&mut bytes, 0, &Reply { version: 0, age_ms: 0, body });
    bytes.into()
}
