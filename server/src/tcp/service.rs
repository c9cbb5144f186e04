//! The binary protocol as the service of a listener.

use super::session::TcpSession;
use super::socket::Socket;
use crate::listener::{Accepted, Parts, Service};
use crate::metrics::{ConnectionSummary, Listener};
use crate::server_state::ServerState;
use boxoffice_protocol::frame::put_reply;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use bytes::BytesMut;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct TcpService(pub(crate) Arc<ServerState>);

impl Service for TcpService {
    const LISTENER: Listener = Listener::Tcp;

    fn parts(&self) -> Parts<'_> {
        let ServerState { config, metrics, tls, .. } = &*self.0;
        Parts { config, metrics, tls: tls.as_deref() }
    }

    fn busy(retry_after_ms: u32) -> Vec<u8> {
        let body = Body::Refused(Refusal::Busy { retry_after_ms });
        let mut bytes = BytesMut::new();
        put_reply(&mut bytes, 0, &Reply { version: 0, age_ms: 0, body });
        bytes.into()
    }

    async fn serve(&self, accepted: Accepted) -> ConnectionSummary {
        let Accepted { stream, peer, until, stop } = accepted;
        let socket = match &self.0.tls {
            None => Socket::Plain(stream),
            Some(tls) => match tls.accept(Listener::Tcp, stream, until, &stop).await {
                Ok(accepted) => Socket::Tls(Box::new(accepted.into())),
                Err(cause) => return ConnectionSummary::early(cause),
            },
        };
        TcpSession::new(socket, peer.ip(), Arc::clone(&self.0), stop, until).run().await
    }
}
