//! Places in the ledger.

/// A place in the ledger: how many changes were recorded up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position(pub(super) u64);

impl Position {
    /// The place after so many changes.
    pub const fn new(changes: u64) -> Self {
        Self(changes)
    }

    /// The number of changes up to here.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}
