//! Fail-stop: after the first failed write or barrier nothing becomes durable any more.

use crate::error::JournalError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a write or a barrier has failed, ever: shared with the work that was given away.
#[derive(Debug, Clone, Default)]
pub(crate) struct Poison(Arc<AtomicBool>);

impl Poison {
    pub(crate) fn check(&self) -> Result<(), JournalError> {
        if self.0.load(Ordering::Acquire) { Err(JournalError::Poisoned) } else { Ok(()) }
    }

    /// Poisons on an error.
    pub(crate) fn on_error<T>(&self, result: Result<T, JournalError>) -> Result<T, JournalError> {
        if result.is_err() {
            self.0.store(true, Ordering::Release);
        }
        result
    }
}
