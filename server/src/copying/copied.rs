//! How much was copied.

use boxoffice_store::CopyFigures;

/// What was copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Logs: one for each event there is or was, one for each plan, and two of all.
    pub logs: u64,
    /// Batches of changes, and states of events as a whole.
    pub batches: u64,
    pub snapshots: u64,
}

impl From<&CopyFigures> for Copied {
    fn from(figures: &CopyFigures) -> Self {
        let CopyFigures { logs, batches, snapshots, .. } = *figures;
        Self { logs, batches, snapshots }
    }
}
