//! The name of a log.

use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// The name of a log: 1 to 200 bytes. Logs are listed in the order of these bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(Arc<str>);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a log's name has 1 to {} bytes and no control character", LogId::MAX_BYTES)]
pub struct LogIdError;

impl LogId {
    pub const MAX_BYTES: usize = 200;

    /// # Errors
    /// The name is empty, too long, or has a control character.
    pub fn parse(name: &str) -> Result<Self, LogIdError> {
        let is_long = name.is_empty() || name.len() > Self::MAX_BYTES;
        if is_long || name.contains(char::is_control) {
            return Err(LogIdError);
        }
        Ok(Self(name.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
