//! What the copy has and nothing outside the actor has seen.

use crate::copy::EventCopy;
use crate::store_call::Shown;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_store::Divergence;
use std::collections::VecDeque;

/// Changes of the copy that are not shown yet, and what is ready to be shown.
#[derive(Debug)]
pub(crate) struct Unshown {
    /// The changes since what was shown; none if a snapshot is shown next.
    changes: Option<Vec<Recorded>>,
    /// Whether the copy is without them now.
    is_lifted: bool,
    ready: VecDeque<Shown>,
}

impl Unshown {
    /// An event of which nothing was shown.
    pub(crate) const fn loading() -> Self {
        Self { changes: None, is_lifted: false, ready: VecDeque::new() }
    }

    pub(crate) const fn is_loading(&self) -> bool {
        self.changes.is_none()
    }

    /// Whether everything that is ready was taken.
    pub(crate) fn is_told(&self) -> bool {
        self.ready.is_empty()
    }

    /// Takes the changes off the copy, which is as it was shown then. Returns whether it could: a
    /// creation is not taken back.
    pub(crate) fn lift(&mut self, copy: &mut EventCopy) -> bool {
        let Some(changes) = &self.changes else { return false };
        let is_creation = |it: &Recorded| matches!(it.change, Change::Created(_));
        if self.is_lifted || changes.iter().any(is_creation) {
            return self.is_lifted;
        }
        changes.iter().rev().for_each(|change| copy.revert(change));
        self.is_lifted = true;
        true
    }

    /// Puts the changes back that were taken off.
    pub(crate) fn put_back(&mut self, copy: &mut EventCopy) {
        if std::mem::take(&mut self.is_lifted) {
            self.changes.iter().flatten().for_each(|change| copy.apply(change));
        }
    }

    pub(crate) fn add(&mut self, changes: Vec<Recorded>) {
        if let Some(unshown) = &mut self.changes {
            unshown.extend(changes);
        }
    }

    /// All of it is durable, up to this copy, on which no draft lies.
    pub(crate) fn show(&mut self, copy: &mut EventCopy) {
        copy.seal();
        match self.changes.replace(Vec::new()) {
            None => {
                let event = copy.inventory().cloned().map(Box::new);
                self.ready.push_back(Shown::Snapshot { version: copy.version(), event });
            }
            Some(changes) if changes.is_empty() => {}
            Some(changes) => self.ready.push_back(Shown::Changes(changes)),
        }
    }

    /// The log is another one than what was shown.
    pub(crate) fn diverged(&mut self, why: Divergence) {
        self.is_lifted = false;
        if why == Divergence::Trimmed && mutants::on(Mutant::TrimNotTold) {
            self.changes.iter_mut().for_each(Vec::clear);
            return;
        }
        self.changes = None;
        self.ready.push_back(Shown::Gap(why));
    }

    pub(crate) fn next(&mut self) -> Option<Shown> {
        self.ready.pop_front()
    }
}
