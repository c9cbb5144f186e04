//! Renews this server's lease, and follows which other servers are there.

use super::cluster_state::ClusterState;
use super::lease_notice::Digest;
use super::routing::{ClusterSecret, keep_all};
use super::server_lease::{LEASE, servers_log};
use super::ticks::every;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// How often the lease is renewed.
const RENEW: Duration = LEASE.checked_div(4).expect("four parts");

/// Keeps this server's lease while the cluster lasts.
pub(super) struct LeaseKeeper<D> {
    pub(super) cluster: Weak<ClusterState>,
    /// What servers show each other where requests are forwarded.
    pub(super) secret: Option<Arc<ClusterSecret>>,
    /// Of what every server has to be given alike.
    pub(super) digests: D,
    /// What others have that is not the same.
    pub(super) differing: Vec<String>,
}

impl<D: Fn() -> Vec<(String, u64)>> LeaseKeeper<D> {
    /// Renews the lease now and then, and looks at those of others: then, and when one comes or goes.
    pub(super) async fn keep(mut self, servers: Arc<Notify>) {
        let mut ticks = every(RENEW);
        let mut is_known = false;
        loop {
            let is_due = tokio::select! {
                _ = ticks.tick() => true,
                () = servers.notified() => false,
            };
            let Some(cluster) = self.cluster.upgrade() else { return };
            if is_due && !self.renew(&cluster).await {
                continue;
            }
            if !std::mem::replace(&mut is_known, true) {
                cluster.calls.hint(servers_log());
            }
            self.look(&cluster).await;
        }
    }

    async fn renew(&self, cluster: &ClusterState) -> bool {
        let digest = |(name, value)| Digest { name, value };
        cluster.lease.show((self.digests)().into_iter().map(digest).collect());
        let renewed = cluster.lease.renew().await;
        if let Err(error) = &renewed {
            tracing::debug!(%error, "the lease was not renewed");
        }
        renewed.is_ok()
    }

    async fn look(&mut self, cluster: &Arc<ClusterState>) {
        match cluster.lease.of_servers().await {
            Ok(leases) => {
                if cluster.members.update(leases) {
                    let servers = cluster.members.len();
                    tracing::info!(servers, "servers have come or gone, or say something new");
                }
            }
            Err(error) => return tracing::debug!(%error, "the leases were not read"),
        }
        let differing = cluster.differing();
        if differing != self.differing && !differing.is_empty() {
            let what = differing.join(", ");
            tracing::error!(what, "other servers have not the same as this one: give all the same");
        }
        self.differing = differing;
        if let Some(secret) = &self.secret {
            keep_all(cluster, secret);
        }
    }
}
