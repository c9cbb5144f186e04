//! The server as a library.

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::config::Config;
use crate::dependencies::Dependencies;
use crate::metrics::Metrics;
use crate::plans::Plans;
use crate::server_state::ServerState;
use crate::serving::{Serving, Stopped};
use crate::start_error::StartError;
use crate::tls::TlsError;
use std::net::SocketAddr;

/// A running server, on threads of its own. It stops when it is told to, or dropped.
#[derive(Debug)]
pub struct Server {
    serving: Serving,
}

impl Server {
    /// Starts a server; it listens when this returns.
    ///
    /// # Errors
    /// [`StartError`] says what is in the way.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_with(config, Dependencies::default()).await
    }

    /// Starts a server with a clock, randomness or ledger of the caller's.
    ///
    /// # Errors
    /// As of [`Server::start`].
    pub async fn start_with(config: Config, given: Dependencies) -> Result<Self, StartError> {
        Ok(Self { serving: Serving::start(config, given).await? })
    }

    pub fn address(&self) -> SocketAddr {
        self.serving.address
    }

    /// The address of HTTP; none if it is off.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.serving.http_address
    }

    /// The address of the operators' own port; none if there is none.
    pub fn operator_address(&self) -> Option<SocketAddr> {
        self.serving.operator_address
    }

    pub fn catalog(&self) -> &Catalog {
        &self.serving.shared.catalog
    }

    /// The plans of halls that it keeps.
    pub fn plans(&self) -> &Plans {
        &self.serving.shared.plans
    }

    pub fn clock(&self) -> &Clock {
        &self.serving.shared.clock
    }

    pub fn metrics(&self) -> &Metrics {
        &self.serving.shared.metrics
    }

    /// Whether its ports speak TLS, and nothing else.
    pub fn speaks_tls(&self) -> bool {
        self.serving.shared.tls.is_some()
    }

    /// Reads the TLS certificate and key again, for connections that begin from now on. Returns
    /// whether the server has any.
    ///
    /// # Errors
    /// [`TlsError`] says why the new ones cannot be used. The old ones stay.
    pub fn reload_tls(&self) -> Result<bool, TlsError> {
        let ServerState { tls: Some(tls), clock, .. } = &*self.serving.shared else {
            return Ok(false);
        };
        tls.reload()?;
        tls.report(clock.now());
        Ok(true)
    }

    /// Returns when the ledger has failed. The server acknowledges nothing more then.
    pub async fn failed(&self) {
        self.serving.shared.ledger.failed().await;
    }

    /// Stops the server: accepts no connections, answers the requests that were read, and waits for
    /// connections to end, at most for the configured time.
    pub async fn stop(mut self) -> Stopped {
        self.serving.stop.cancel();
        let stopped = (&mut self.serving.stopped).await;
        stopped.unwrap_or(Stopped { connections_cut: 0, durable: false })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.stop.cancel();
    }
}
