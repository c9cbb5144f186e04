//! Why nothing, or not all, was copied.

use crate::engines::EngineError;
use crate::ledger::FolderError;
use crate::ledger::rows::RowsError;
use boxoffice_journal::disk::LockError;
use boxoffice_protocol::id::{EventId, PlanDigest};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_shared::{Misfit, NotApplied};
use boxoffice_store::{CopyError, StoreError};
use std::io;
use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum CopyingError {
    #[error("source and target are the same")]
    Same,
    #[error("{path} is no data folder: it has no state file")]
    NoFolder { path: PathBuf },
    #[error("the source: {0}")]
    SourceEngine(EngineError),
    #[error("the target: {0}")]
    TargetEngine(EngineError),
    /// A data folder that is copied cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the folder {path} is used by another process: {source}")]
    Lock { path: PathBuf, source: LockError },
    #[error(
        "servers are at work over the {place}, such as {server}: stop all of them first; what they \
         change would be missing, or be there twice"
    )]
    AtWork { place: &'static str, server: String },
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error("the {place} does not answer: {source}")]
    Store { place: &'static str, source: StoreError },
    #[error("the source has nothing: no server was ever started over it")]
    Empty,
    #[error("the target is not empty: {path} has a data folder's files; name a new folder")]
    FolderNotEmpty { path: PathBuf },
    #[error("{path} is of the unfinished copy of another source: finish that, or remove the file")]
    OtherSource { path: PathBuf },
    #[error("cannot use the folder {path}: {source}")]
    Disk { path: PathBuf, source: io::Error },
    #[error("the target: {0}")]
    Rows(#[from] RowsError),
    #[error("the source's log of event {event} cannot be read: {why}")]
    Unreadable { event: EventId, why: String },
    #[error("the source's log of event {event} has changes that cannot follow: {why}")]
    CannotFollow { event: EventId, why: Misfit },
    #[error("the source's plan {digest} cannot be used: {why}")]
    Plan { digest: PlanDigest, why: Refusal },
    #[error("event {event} differs in source and target: {what}; remove the target and try again")]
    Differs { event: EventId, what: String },
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

impl CopyingError {
    /// An event cannot be read for this reason.
    pub(super) fn unreadable(event: &EventId, why: NotApplied) -> Self {
        let why = match why {
            NotApplied::Store(error) => error.to_string(),
            NotApplied::Snapshot(error) => error.to_string(),
            NotApplied::Log(error) => error.to_string(),
            NotApplied::Trimmed => "what comes behind its snapshot was trimmed".to_owned(),
            other => format!("{other:?}"),
        };
        Self::Unreadable { event: event.clone(), why }
    }
}
