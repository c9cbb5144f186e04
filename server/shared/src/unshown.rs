//! What the copy has and nothing outside the actor has seen.

use crate::store_call::Shown;
use boxoffice_protocol::change::Recorded;
use boxoffice_store::Divergence;
use std::collections::VecDeque;

/// Changes of the copy that are not shown yet, and what is ready to be shown.
#[derive(Debug)]
pub(crate) struct Unshown {
    /// The changes since what was shown; none if a snapshot is shown next.
    changes: Option<Vec<Recorded>>,
    ready: VecDeque<Shown>,
}

impl Unshown {
    /// An event of which nothing was shown.
    pub(crate) const fn loading() -> Self {
        Self { changes: None, ready: VecDeque::new() }
    }

    pub(crate) const fn is_loading(&self) -> bool {
        self.changes.is_none()
    }

    pub(crate) fn add(&mut self, changes: Vec<Recorded>) {
        if let Some(unshown) = &mut self.changes {
            unshown.extend(changes);
        }
    }

    /// All of it is durable, up to this version.
    pub(crate) fn show(&mut self, version: u64) {
        match self.changes.replace(Vec::new()) {
            None => self.ready.push_back(Shown::Snapshot { version }),
            Some(changes) if changes.is_empty() => {}
            Some(changes) => self.ready.push_back(Shown::Changes(changes)),
        }
    }

    /// The log is another one than what was shown.
    pub(crate) fn diverged(&mut self, why: Divergence) {
        self.changes = None;
        self.ready.push_back(Shown::Gap(why));
    }

    pub(crate) fn next(&mut self) -> Option<Shown> {
        self.ready.pop_front()
    }
}
