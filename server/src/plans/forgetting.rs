//! Forgets plans that no event has named for a day.

use super::plans::Plans;
use crate::clock::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How often plans are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Forgets until it is dropped.
pub(crate) async fn run(plans: Arc<Plans>, clock: Clock) {
    loop {
        clock.reached(clock.now().plus(LOOK)).await;
        let plans = Arc::clone(&plans);
        let forgotten = tokio::task::spawn_blocking(move || plans.forget_unused());
        if forgotten.await.is_err() {
            tracing::error!("plans could not be looked at");
        }
    }
}

impl Plans {
    /// Notes which plans are in use, and forgets those that have not been for a day. Blocks.
    pub fn forget_unused(&self) {
        let now = self.clock.now();
        self.uploads.lock().forget_old(now);
        let unused = self.registry.unused(now);
        // A restart replays changes behind the rows, which may name a plan.
        if unused.is_empty() || !self.ledger.is_all_in_rows() {
            return;
        }
        let _one_at_a_time = self.writing.lock();
        for digest in unused {
            if !self.registry.remove_unused(&digest, now) {
                continue;
            }
            match self.ledger.forget_plan(&digest) {
                Ok(()) => tracing::info!(%digest, "no event has named a plan for a day"),
                // The next start finds it, and keeps it for another day.
                Err(error) => tracing::warn!(%digest, %error, "a plan is not forgotten yet"),
            }
        }
    }
}
