//! Why a copy ends early.

use crate::error::StoreError;
use crate::log_id::LogId;
use thiserror::Error;

/// Why a copy ends early. What was copied stays; the same copy again goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CopyError {
    #[error("the source: {0}")]
    Source(StoreError),
    #[error("the target: {0}")]
    Target(StoreError),
    #[error("the target is not empty: it has {0}, and no copy that was begun and not finished")]
    NotEmpty(LogId),
    #[error("the target has all of this copy already: it was finished")]
    Finished,
    #[error("the target has a part of another copy: of {0}")]
    OtherSource(String),
    #[error("another copy writes to the target")]
    Contended,
    #[error("{0} of the source was trimmed, and has no snapshot in its place")]
    Trimmed(LogId),
    #[error("{0} differs in source and target")]
    Differs(LogId),
    #[error("{0} is written to while it is copied; stop the servers of the source first")]
    Growing(LogId),
    #[error("a batch of {0} is of a time that the target's clock has not come to")]
    Ahead(LogId),
}
