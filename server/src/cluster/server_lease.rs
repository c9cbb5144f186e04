//! This server's lease, by which the others know that it is there.

use super::lease_notice::{Digest, LeaseNotice};
use boxoffice_store::{Lease, LogId, Pending, Store, StoreError};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a lease lasts that is not renewed.
pub(super) const LEASE: Duration = Duration::from_secs(10);

/// The beginning of the name of every server's lease.
const SERVER_LEASES: &str = "server/";

/// The same of those that are about to stop.
const STOPPING: &str = "stopping/";

/// This server's lease, and what it says.
pub(super) struct ServerLease {
    store: Arc<dyn Store>,
    /// This server's own name, which no other has.
    pub(super) server: String,
    /// What it says from its next renewal on.
    notice: Mutex<LeaseNotice>,
    /// Whether this server is about to stop.
    is_over: AtomicBool,
}

impl ServerLease {
    pub(super) fn new(store: Arc<dyn Store>, server: String, notice: LeaseNotice) -> Self {
        let (notice, is_over) = (Mutex::new(notice), AtomicBool::new(false));
        Self { store, server, notice, is_over }
    }

    /// What the lease says now.
    pub(super) fn notice(&self) -> LeaseNotice {
        self.notice.lock().clone()
    }

    /// Has it say these digests from its next renewal on.
    pub(super) fn show(&self, digests: Vec<Digest>) {
        self.notice.lock().digests = digests;
    }

    fn name(&self) -> String {
        // One that is about to stop has something to write still, and is no server to the others.
        let kind = if self.is_over.load(Ordering::Acquire) { STOPPING } else { SERVER_LEASES };
        format!("{kind}{}", self.server)
    }

    /// Takes it, or prolongs it. Everything that this server has seen of the engine's logs is durable
    /// once this is acknowledged.
    pub(super) fn renew(&self) -> Pending<()> {
        let renewed = self.store.lease(&self.name(), &self.server, self.notice().encoded(), LEASE);
        Box::pin(async move { renewed.await.map(drop) })
    }

    /// Ends it, so that others need not wait for its end.
    pub(super) fn release(&self) -> Pending<()> {
        let name = self.name();
        self.is_over.store(true, Ordering::Release);
        self.store.release(&name, &self.server)
    }

    /// The leases of all servers.
    pub(super) async fn of_servers(&self) -> Result<Vec<Lease>, StoreError> {
        server_leases(&*self.store).await
    }
}

/// The leases of all servers of a store.
pub(crate) async fn server_leases(store: &dyn Store) -> Result<Vec<Lease>, StoreError> {
    let mut leases = store.leases().await?;
    leases.retain(|lease| lease.name.starts_with(SERVER_LEASES));
    Ok(leases)
}

/// What is hinted at when a server comes or goes.
pub(super) fn servers_log() -> LogId {
    LogId::parse("servers").expect("a short name")
}
