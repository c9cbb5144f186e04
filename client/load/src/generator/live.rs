//! What the running threads show of themselves, and the flag that stops them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Shared by all threads of a run. The counts are only displayed, and the flag only ends earlier
/// what would end anyway: no order between them matters.
#[derive(Debug, Default)]
pub struct LiveStatus {
    stopped: AtomicBool,
    answers: AtomicU64,
    refusals: AtomicU64,
}

/// Replies that have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LiveCounts {
    /// All of them, refusals included.
    pub answers: u64,
    /// The refusals among them.
    pub refusals: u64,
}

impl LiveStatus {
    /// Asks every thread to send nothing more.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    pub(crate) fn add(&self, counts: LiveCounts) {
        self.answers.fetch_add(counts.answers, Relaxed);
        self.refusals.fetch_add(counts.refusals, Relaxed);
    }

    /// The replies so far.
    pub fn counts(&self) -> LiveCounts {
        LiveCounts { answers: self.answers.load(Relaxed), refusals: self.refusals.load(Relaxed) }
    }
}
