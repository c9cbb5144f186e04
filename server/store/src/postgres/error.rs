//! Why a database cannot be the store.

use super::failure::{Failure, Fate};
use crate::tls::UnusableAuthorities;
use crate::unsafe_setting::UnsafeSetting;
use thiserror::Error;

/// Why a database cannot be the store.
#[derive(Debug, Error)]
pub enum PostgresError {
    #[error("this is no address of a PostgreSQL database for a store: {0}")]
    Address(&'static str),
    #[error("cannot read the authorities of {file}: {why}")]
    Authorities { file: String, why: String },
    #[error("cannot start a thread for the store: {0}")]
    Thread(std::io::Error),
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    #[error("PostgreSQL refuses: {0}")]
    Refused(String),
    #[error("PostgreSQL {found} is too old; a store needs 15 or later")]
    Version { found: String },
    /// Acknowledged changes would get lost.
    #[error(
        "PostgreSQL's {} is {}, which loses acknowledged changes in a crash; set it to {}",
        .0.setting, .0.value, .0.needed
    )]
    Unsafe(UnsafeSetting),
    #[error("the database has no tables of a store; migrate it first")]
    SchemaMissing,
    #[error("the tables have version {found}, and this program needs {known}; migrate them first")]
    SchemaOlder { found: u64, known: u64 },
    #[error("the tables have version {found}, and this program knows {known}; use a newer program")]
    SchemaNewer { found: u64, known: u64 },
}

impl From<Failure> for PostgresError {
    fn from(failure: Failure) -> Self {
        match failure.fate {
            Fate::Refused => Self::Refused(failure.why),
            _ => Self::Unavailable(failure.why),
        }
    }
}

impl From<UnusableAuthorities> for PostgresError {
    fn from(UnusableAuthorities { file, why }: UnusableAuthorities) -> Self {
        Self::Authorities { file, why }
    }
}
