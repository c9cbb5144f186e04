//! Why a Redis cannot be the store.

use super::failure::{CommandFailure, CommandFate};
use crate::tls::UnusableAuthorities;
use crate::unsafe_setting::UnsafeSetting;
use thiserror::Error;

/// Why a Redis or Valkey cannot be the store.
#[derive(Debug, Error)]
pub enum RedisError {
    #[error("this is no address of a Redis for a store: {0}")]
    Address(&'static str),
    #[error("cannot read the authorities of {file}: {why}")]
    Authorities { file: String, why: String },
    #[error("cannot start a thread for the store: {0}")]
    Thread(std::io::Error),
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    #[error("Redis refuses: {0}")]
    Refused(String),
    #[error("Redis {found} is too old; a store needs Redis 7.0 or Valkey 7.2, or later")]
    Version { found: String },
    /// Acknowledged changes would get lost.
    #[error(
        "Redis's {} is {}, which loses acknowledged changes in a crash or a failover; set it to {}",
        .0.setting, .0.value, .0.needed
    )]
    Unsafe(UnsafeSetting),
    #[error("each change is to wait for {needed} replicas, and {found} are connected")]
    Replicas { needed: usize, found: usize },
}

impl From<CommandFailure> for RedisError {
    fn from(failure: CommandFailure) -> Self {
        match failure.fate {
            CommandFate::Refused => Self::Refused(failure.why),
            _ => Self::Unavailable(failure.why),
        }
    }
}

impl From<RedisError> for CommandFailure {
    fn from(error: RedisError) -> Self {
        let fate = match error {
            RedisError::Refused(_) => CommandFate::Refused,
            // A setting can be changed, and a server replaced.
            _ => CommandFate::Unavailable,
        };
        Self { fate, why: error.to_string() }
    }
}

impl From<UnusableAuthorities> for RedisError {
    fn from(UnusableAuthorities { file, why }: UnusableAuthorities) -> Self {
        Self::Authorities { file, why }
    }
}
