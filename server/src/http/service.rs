//! HTTP as the service of a listener.

use super::connection::serve_connection;
use super::front::Front;
use super::problem;
use crate::listener::{Accepted, Parts, Service};
use crate::metrics::{ConnectionSummary, Listener};

impl Service for Front {
    const LISTENER: Listener = Listener::Http;

    fn parts(&self) -> Parts<'_> {
        let Self { config, metrics, tls, .. } = self;
        Parts { config, metrics, tls: tls.as_deref() }
    }

    fn busy(retry_after_ms: u32) -> Vec<u8> {
        problem::busy(retry_after_ms)
    }

    async fn serve(&self, accepted: Accepted) -> ConnectionSummary {
        let Accepted { stream, peer, until, stop } = accepted;
        let Some(tls) = &self.tls else {
            return serve_connection(stream, peer, self, &stop).await;
        };
        match tls.accept(Listener::Http, stream, until, &stop).await {
            // Boxed, so that connections without TLS are not as large as those with.
            Ok(stream) => Box::pin(serve_connection(stream, peer, self, &stop)).await,
            Err(cause) => ConnectionSummary::early(cause),
        }
    }
}
