//! How a data folder is used.

use crate::config::SyncPolicy;
use boxoffice_journal::JournalOptions;

/// How a data folder is used, in what its parts need.
#[derive(Debug, Clone, Copy)]
pub struct FolderLayout {
    /// How the journal is laid out.
    pub journal: JournalOptions,
    /// Bytes at which a batch is closed; a change can make it a few megabytes longer.
    pub batch_bytes: usize,
    /// How far the rows may be behind, in bytes of the journal.
    pub backlog_bytes: u64,
    /// When a change counts as durable.
    pub sync: SyncPolicy,
}
