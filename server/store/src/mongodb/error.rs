//! Why a MongoDB cannot be the store.

use super::failure::{MongoFailure, MongoFate};
use crate::unsafe_setting::UnsafeSetting;
use thiserror::Error;

/// Why a MongoDB cannot be the store.
#[derive(Debug, Error)]
pub enum MongoError {
    #[error("this is no address of a MongoDB for a store: {0}")]
    Address(&'static str),
    #[error("cannot start a thread for the store: {0}")]
    Thread(std::io::Error),
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    #[error("MongoDB refuses: {0}")]
    Refused(String),
    #[error("MongoDB {found} is too old; a store needs 5.0 or later")]
    Version { found: String },
    /// Acknowledged changes would get lost.
    #[error(
        "MongoDB's {} is {}, which loses acknowledged changes in a crash; set it to {}",
        .0.setting, .0.value, .0.needed
    )]
    Unsafe(UnsafeSetting),
}

impl From<MongoFailure> for MongoError {
    fn from(failure: MongoFailure) -> Self {
        match failure.fate {
            MongoFate::Refused => Self::Refused(failure.why),
            _ => Self::Unavailable(failure.why),
        }
    }
}
