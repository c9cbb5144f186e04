//! The work that a reader may do: what people write can be read in many ways, and each costs a look.

use std::cell::Cell;

/// Looks at the names of rows and seats that are left.
#[derive(Debug, Clone)]
pub(super) struct Lookups(Cell<u32>);

impl Lookups {
    pub(super) const fn new(most: u32) -> Self {
        Self(Cell::new(most))
    }

    /// Takes one, if there is one left.
    pub(super) fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }

    /// Whether one was refused, or the next one will be.
    pub(super) fn are_used_up(&self) -> bool {
        self.0.get() == 0
    }
}
