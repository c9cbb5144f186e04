//! The changes since the last read that was right: what shows that the next one is wrong.

use super::merged::Position;

/// A longer history is cut: nobody follows more by eye.
pub(super) const LONGEST: usize = 20;

/// The last read that was right, and the changes since, at most [`LONGEST`].
#[derive(Debug, Default)]
pub(super) struct Recent {
    read: Option<Position>,
    changes: Vec<Position>,
    changed: usize,
}

impl Recent {
    /// A read showed what it should.
    pub(super) fn read(&mut self, position: Position) {
        self.read = Some(position);
        self.changes.clear();
        self.changed = 0;
    }

    /// Something changed.
    pub(super) fn change(&mut self, position: Position) {
        if self.changes.len() < LONGEST {
            self.changes.push(position);
        }
        self.changed += 1;
    }

    /// What leads to `position`, and how many changes are left out of it.
    pub(super) fn leading_to(&self, position: Position) -> (Vec<Position>, usize) {
        let shown = self.read.into_iter().chain(self.changes.iter().copied()).chain([position]);
        (shown.collect(), self.changed - self.changes.len())
    }

    /// Whether no read before was right.
    pub(super) fn is_from_the_beginning(&self) -> bool {
        self.read.is_none()
    }
}
