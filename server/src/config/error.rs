//! Why settings cannot be used.

use crate::auth::TokensError;
use std::path::PathBuf;
use thiserror::Error;

/// A setting that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {source}")]
    Parse {
        /// Which.
        path: PathBuf,
        /// What is wrong, with the line.
        source: Box<toml::de::Error>,
    },
    /// The environment's tokens cannot be used.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// Two settings contradict each other.
    #[error("{0}")]
    Contradiction(String),
}
