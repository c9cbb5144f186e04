//! Why an engine gives no answer.

use crate::log_id::LogId;
use thiserror::Error;

/// Why an engine gives no answer. From an append it always means that this call applied nothing; an
/// earlier one of the same batch may have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// Too many requests wait for the engine.
    #[error("the store has too much to do")]
    Busy,
    #[error("damage in the store: {log} at version {version} does not have its checksum")]
    Damaged { log: LogId, version: u64 },
    #[error("the store refuses: {0}")]
    Refused(String),
}
