//! The changes since the last correct read: they show that the next one is wrong.

use super::merged_history::ExchangePosition;

/// A longer history is cut; a person could not follow it.
pub(super) const LONGEST: usize = 20;

/// The last correct read and the first [`LONGEST`] changes since.
#[derive(Debug, Default)]
pub(super) struct RecentChanges {
    read: Option<ExchangePosition>,
    changes: Vec<ExchangePosition>,
    changed: usize,
}

impl RecentChanges {
    /// A read was correct.
    pub(super) fn read(&mut self, position: ExchangePosition) {
        self.read = Some(position);
        self.changes.clear();
        self.changed = 0;
    }

    /// A change took effect.
    pub(super) fn change(&mut self, position: ExchangePosition) {
        if self.changes.len() < LONGEST {
            self.changes.push(position);
        }
        self.changed += 1;
    }

    /// The exchanges that lead to `position`, and the number of changes that are left out.
    pub(super) fn leading_to(&self, position: ExchangePosition) -> (Vec<ExchangePosition>, usize) {
        let shown = self.read.into_iter().chain(self.changes.iter().copied()).chain([position]);
        (shown.collect(), self.changed - self.changes.len())
    }

    /// Whether there was no correct read yet.
    pub(super) fn is_from_the_beginning(&self) -> bool {
        self.read.is_none()
    }
}
