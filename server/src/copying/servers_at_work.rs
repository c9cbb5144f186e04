//! Whether servers are at work over a store: each has a lease, which it renews.

use super::error::CopyingError;
use crate::cluster::server_leases;
use boxoffice_store::{Lease, Store};
use std::time::Duration;
use tokio::time::interval;

/// How often it is looked at whether the lease of a server is renewed.
const LOOK: Duration = Duration::from_millis(100);

/// Sees that no server is at work. A server that was stopped is waited for until its lease has
/// ended, some seconds.
///
/// # Errors
/// [`CopyingError::AtWork`] names a server that renewed its lease.
pub(super) async fn refuse(store: &dyn Store, place: &'static str) -> Result<(), CopyingError> {
    let failed = |source| CopyingError::Store { place, source };
    let before = server_leases(store).await.map_err(failed)?;
    let mut looks = interval(LOOK);
    let mut now = before.clone();
    while !now.is_empty() {
        let renewed = |lease: &&Lease| {
            let known = before.iter().find(|known| known.name == lease.name);
            known.is_none_or(|known| known.until_ms < lease.until_ms)
        };
        if let Some(lease) = now.iter().find(renewed) {
            return Err(CopyingError::AtWork { place, server: lease.name.clone() });
        }
        looks.tick().await;
        now = server_leases(store).await.map_err(failed)?;
    }
    Ok(())
}
