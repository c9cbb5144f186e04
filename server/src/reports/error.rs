//! Why rows for reports cannot be written.

use crate::ledger::rows::RowsError;
use boxoffice_journal::disk::LockError;
use boxoffice_protocol::id::EventId;
use boxoffice_store::StoreError;
use std::path::PathBuf;
use thiserror::Error;

/// Why rows for reports cannot be written.
#[derive(Debug, Error)]
pub enum ReportsError {
    #[error(
        "--rows: {path}: {source}. Once it is removed, it is written anew, as far as the store still \
         has it"
    )]
    File { path: PathBuf, source: RowsError },
    #[error("--rows: the folder {path} is used by another process: {source}")]
    Lock { path: PathBuf, source: LockError },
    /// Everything stops that is built on these rows.
    #[error("{0}")]
    SoldTwice(String),
    #[error(transparent)]
    Rows(RowsError),
    /// Another server has written, or nothing is known of the tables any more.
    #[error("another server has written these rows")]
    Beaten,
    #[error("the rows' database: {0}")]
    Database(String),
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    #[error("the log of event {event} cannot be followed: {why}")]
    Unreadable { event: EventId, why: String },
}

impl ReportsError {
    /// Whether the same is tried again.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Rows(error) => error.is_passing(),
            Self::Store(_) | Self::Beaten | Self::Database(_) => true,
            Self::File { .. } | Self::Lock { .. } => false,
            Self::SoldTwice(_) | Self::Unreadable { .. } => false,
        }
    }
}
