//! Where rows for reports are written.

use super::error::ReportsError;
#[cfg(feature = "postgres")]
use super::postgres_rows::PostgresRows;
use crate::ledger::REPORTS_FILE;
use crate::ledger::rows::{FollowedRows, Identity, Step};
use boxoffice_inventory::Inventory;
use boxoffice_journal::disk::FolderLock;
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::End;
#[cfg(feature = "postgres")]
use boxoffice_store::PostgresAddress;
use sha2::{Digest, Sha256};
use std::path::Path;
#[cfg(feature = "postgres")]
use tokio::runtime::Handle;

/// Where rows for reports are written.
pub(crate) enum ReportsTarget {
    /// A file of this server's own, which no other writes.
    File { rows: Box<FollowedRows>, _lock: FolderLock },
    /// Tables of the database that has the log.
    #[cfg(feature = "postgres")]
    Postgres(Box<PostgresRows>),
}

impl ReportsTarget {
    /// Opens the file in this folder, or makes it. `secret` is the store's key of fingerprints.
    pub(crate) fn file(
        folder: &Path,
        number: u64,
        secret: &[u8; 16],
    ) -> Result<Self, ReportsError> {
        let lock = FolderLock::take(folder)
            .map_err(|source| ReportsError::Lock { path: folder.to_owned(), source })?;
        let path = folder.join(REPORTS_FILE);
        let identity = Identity { folder: number, fingerprint_key: store_digest(secret) };
        let opened = FollowedRows::open(&path, &identity);
        let rows = opened.map_err(|source| ReportsError::File { path, source })?;
        Ok(Self::File { rows: Box::new(rows), _lock: lock })
    }

    /// Opens tables in a database, or makes them. Blocks, and not on a thread of the runtime.
    #[cfg(feature = "postgres")]
    pub(crate) fn postgres(
        address: PostgresAddress,
        runtime: Handle,
        number: u64,
    ) -> Result<Self, ReportsError> {
        Ok(Self::Postgres(Box::new(PostgresRows::open(address, runtime, number)?)))
    }

    /// Sees that this server is the one that writes them. Returns whether it is.
    pub(super) fn take(&mut self) -> Result<bool, ReportsError> {
        match self {
            Self::File { .. } => Ok(true),
            #[cfg(feature = "postgres")]
            Self::Postgres(rows) => rows.take(),
        }
    }

    /// The batch of its log up to which the rows of an event have come.
    pub(super) fn mark(&self, event: &EventId) -> Option<End> {
        match self {
            Self::File { rows, .. } => rows.mark(event),
            #[cfg(feature = "postgres")]
            Self::Postgres(rows) => rows.mark(event),
        }
    }

    /// Writes changes of an event, and moves its mark.
    pub(super) fn follow(
        &mut self,
        event: &EventId,
        step: Step,
        changes: &[Recorded],
    ) -> Result<(), ReportsError> {
        match self {
            Self::File { rows, .. } => {
                rows.follow(event, step, changes).map_err(ReportsError::Rows)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(rows) => rows.follow(event, step, changes),
        }
    }

    /// Has an event's rows be of this state and nothing else, and moves its mark.
    pub(super) fn begin_anew(
        &mut self,
        event: &EventId,
        step: Step,
        state: Option<(&Inventory, Timestamp)>,
    ) -> Result<(), ReportsError> {
        match self {
            Self::File { rows, .. } => {
                rows.begin_anew(event, step, state).map_err(ReportsError::Rows)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(rows) => rows.begin_anew(event, step, state),
        }
    }
}

/// Tells a store from others. The key itself is for servers only.
fn store_digest(secret: &[u8; 16]) -> [u8; 16] {
    let digest = Sha256::new().chain_update("rows for reports").chain_update(secret).finalize();
    *digest.first_chunk().expect("a hash is longer")
}
