//! Errors in the settings.

use std::path::PathBuf;
use thiserror::Error;

/// A setting that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    /// The file is not what it should be.
    #[error("{path}: {source}")]
    Parse {
        path: PathBuf,
        /// What is wrong, with the line.
        source: Box<toml::de::Error>,
    },
    /// The part of the server that a setting is for cannot use its value.
    #[error("{setting}: {why}")]
    Value { setting: &'static str, why: String },
    /// Two settings contradict each other.
    #[error("{0}")]
    Contradiction(String),
}
