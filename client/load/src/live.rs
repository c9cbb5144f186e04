//! What a running thread tells the others, and they it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Shared by all threads of a run. Every figure is only looked at by people, and the flag only ends
/// what would end anyway: no order between them matters.
#[derive(Debug, Default)]
pub(crate) struct Live {
    stopped: AtomicBool,
    answers: AtomicU64,
    refusals: AtomicU64,
}

impl Live {
    /// Asks every thread to send nothing more.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    /// Whether somebody asked to.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// Adds what came in.
    pub(crate) fn add(&self, answers: u64, refusals: u64) {
        self.answers.fetch_add(answers, Relaxed);
        self.refusals.fetch_add(refusals, Relaxed);
    }

    /// Answers so far, and the refusals among them.
    pub(crate) fn so_far(&self) -> (u64, u64) {
        (self.answers.load(Relaxed), self.refusals.load(Relaxed))
    }
}
