//! HTTP as the service of a listener.

use super::connection::serve_connection;
use super::front::Front;
use crate::fairness::{Party, TurnTaker};
use crate::listener::{Accepted, Parts, Service};
use crate::metrics::{ConnectionSummary, Listener};
use std::net::IpAddr;
use std::sync::Arc;

impl Service for Front {
    const LISTENER: Listener = Listener::Http;

    fn parts(&self) -> Parts<'_> {
        let Self { config, metrics, tls, pool, .. } = self;
        Parts { config, metrics, tls: tls.as_deref(), pool }
    }

    /// Every client may ask how the server does.
    fn turn_away(&self, _from: IpAddr) -> Option<Vec<u8>> {
        None
    }

    async fn serve(&self, accepted: Accepted) -> ConnectionSummary {
        let taker = TurnTaker::new(&self.turns, Party::unknown(accepted.peer.ip()));
        let taker = Arc::new(taker);
        taker.poll_at_turn(self.serve_at(accepted, Arc::clone(&taker))).await
    }
}

impl Front {
    async fn serve_at(&self, accepted: Accepted, taker: Arc<TurnTaker>) -> ConnectionSummary {
        let Accepted { stream, peer, until, stop, seat } = accepted;
        let known = (peer, seat, taker);
        let Some(tls) = &self.tls else {
            return serve_connection(stream, known, self, &stop).await;
        };
        match tls.accept(Listener::Http, stream, until, &stop).await {
            // Boxed, so that connections without TLS are not as large as those with.
            Ok(stream) => Box::pin(serve_connection(stream, known, self, &stop)).await,
            Err(cause) => ConnectionSummary::early(cause),
        }
    }
}
