//! Work that several requests wait for, and that is done once, on a thread of its own.

use boxoffice_protocol::id::PlanDigest;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use tokio::sync::oneshot;

/// An answer that comes later. Dropping it takes nothing back.
pub(crate) type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Plans that are worked on at once; each takes up to some hundred megabytes meanwhile.
const AT_ONCE: usize = 4;

/// The requests that wait for the work on each plan.
type Waiting<T> = HashMap<PlanDigest, Vec<oneshot::Sender<T>>>;

/// Work on plans, and the requests that wait for it.
#[derive(Debug)]
pub(super) struct SharedWork<T>(Arc<Mutex<Waiting<T>>>);

impl<T> Default for SharedWork<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone + Send + 'static> SharedWork<T> {
    /// Waits for the work on a plan, and begins it unless it is under way. It comes to `lost` if it
    /// panics, and to nothing if there is no thread for it. None if there is too much of it.
    pub(super) fn join(
        &self,
        digest: PlanDigest,
        lost: T,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<oneshot::Receiver<T>> {
        let (say, hear) = oneshot::channel();
        let mut waiting = self.0.lock();
        if let Some(others) = waiting.get_mut(&digest) {
            others.push(say);
            return Some(hear);
        }
        if waiting.len() >= AT_ONCE {
            return None;
        }
        waiting.insert(digest, vec![say]);
        drop(waiting);
        let all = Arc::clone(&self.0);
        let worked = thread::Builder::new().name("plan".to_owned()).spawn(move || {
            let came = catch_unwind(AssertUnwindSafe(work)).unwrap_or(lost);
            for say in all.lock().remove(&digest).unwrap_or_default() {
                // The client may be gone.
                let _ = say.send(came.clone());
            }
        });
        if let Err(error) = worked {
            tracing::warn!(%error, "no thread for a plan");
            self.0.lock().remove(&digest);
        }
        Some(hear)
    }

    /// Waits for the work on a plan if there is any.
    pub(super) fn join_if_begun(&self, digest: PlanDigest) -> Option<oneshot::Receiver<T>> {
        let (say, hear) = oneshot::channel();
        self.0.lock().get_mut(&digest)?.push(say);
        Some(hear)
    }
}
