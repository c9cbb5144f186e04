//! Why a database cannot be the store.

use thiserror::Error;

/// Why a database cannot be the store.
#[derive(Debug, Error)]
pub enum PostgresError {
    #[error("this is no address of a PostgreSQL database: {0}")]
    Address(tokio_postgres::Error),
    #[error("cannot start a thread for the store: {0}")]
    Thread(std::io::Error),
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// Acknowledged changes would get lost.
    #[error("PostgreSQL's {setting} is {value}; the store needs {needed}")]
    Setting { setting: &'static str, value: String, needed: &'static str },
}
