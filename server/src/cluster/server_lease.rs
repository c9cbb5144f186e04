//! This server's lease, by which the others know that it is there.

use boxoffice_store::{Lease, LogId, Pending, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// How long a lease lasts that is not renewed.
pub(super) const LEASE: Duration = Duration::from_secs(10);

/// The beginning of the name of every server's lease.
pub(crate) const SERVER_LEASES: &str = "server/";

/// This server's lease.
pub(super) struct ServerLease {
    store: Arc<dyn Store>,
    /// This server's own name, which no other has.
    pub(super) server: String,
    body: Vec<u8>,
}

impl ServerLease {
    pub(super) const fn new(store: Arc<dyn Store>, server: String, body: Vec<u8>) -> Self {
        Self { store, server, body }
    }

    fn name(&self) -> String {
        format!("{SERVER_LEASES}{}", self.server)
    }

    /// Takes it, or prolongs it. Everything that this server has seen of the engine's logs is durable
    /// once this is acknowledged.
    pub(super) fn renew(&self) -> Pending<()> {
        let renewed = self.store.lease(&self.name(), &self.server, self.body.clone(), LEASE);
        Box::pin(async move { renewed.await.map(drop) })
    }

    /// Ends it, so that others need not wait for its end.
    pub(super) fn release(&self) -> Pending<()> {
        self.store.release(&self.name(), &self.server)
    }

    /// The leases of all servers.
    pub(super) async fn of_servers(&self) -> Result<Vec<Lease>, StoreError> {
        let mut leases = self.store.leases().await?;
        leases.retain(|lease| lease.name.starts_with(SERVER_LEASES));
        Ok(leases)
    }
}

/// What is hinted at when a server comes or goes.
pub(super) fn servers_log() -> LogId {
    LogId::parse("servers").expect("a short name")
}
