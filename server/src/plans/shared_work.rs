//! Work that several requests wait for, and that is done once.

use boxoffice_protocol::id::PlanDigest;
use parking_lot::Mutex;
use std::collections::HashMap;
use tokio::sync::oneshot;

/// Plans that are worked on at once; each takes up to some hundred megabytes meanwhile.
const AT_ONCE: usize = 4;

/// Work on plans, and the requests that wait for it.
#[derive(Debug)]
pub(super) struct SharedWork<T>(Mutex<HashMap<PlanDigest, Vec<oneshot::Sender<T>>>>);

/// How a request takes part.
#[derive(Debug)]
pub(super) enum Part<T> {
    /// It has to see to the work, and to [`end`](SharedWork::end) it.
    Begins(oneshot::Receiver<T>),
    Waits(oneshot::Receiver<T>),
    /// There is too much of it.
    Refused,
}

impl<T> Default for SharedWork<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> SharedWork<T> {
    /// Waits for the work on a plan.
    pub(super) fn join(&self, digest: PlanDigest) -> Part<T> {
        let (say, hear) = oneshot::channel();
        let mut work = self.0.lock();
        if let Some(waiting) = work.get_mut(&digest) {
            waiting.push(say);
            return Part::Waits(hear);
        }
        if work.len() >= AT_ONCE {
            return Part::Refused;
        }
        work.insert(digest, vec![say]);
        Part::Begins(hear)
    }

    /// Waits for the work on a plan if there is any.
    pub(super) fn join_if_begun(&self, digest: PlanDigest) -> Option<oneshot::Receiver<T>> {
        let (say, hear) = oneshot::channel();
        self.0.lock().get_mut(&digest)?.push(say);
        Some(hear)
    }

    /// Tells what came of it.
    pub(super) fn end(&self, digest: PlanDigest, came: &T) {
        let waiting = self.0.lock().remove(&digest).unwrap_or_default();
        for say in waiting {
            // The client may be gone.
            let _ = say.send(came.clone());
        }
    }
}
