//! Why a server cannot start.

use crate::auth::{TokensError, Unprotected, VisitorKeysError};
use crate::config::ConfigError;
use crate::engines::EngineError;
use crate::ledger::FolderError;
use crate::reports::ReportsError;
use crate::tls::TlsError;
use std::io;
use std::net::SocketAddr;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum StartError {
    /// A setting has a value that the part of the server that it is for cannot use.
    #[error(transparent)]
    Setting(#[from] ConfigError),
    #[error(
        "cannot listen on {address}: {source}; is another server there already? \
         --{setting} says where else"
    )]
    Listen {
        address: SocketAddr,
        /// The setting that the address comes from.
        setting: &'static str,
        source: io::Error,
    },
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Reports(#[from] ReportsError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The wall clock is far ahead of the last recorded change.
    #[error(
        "the wall clock says {now}, {days} days after the last recorded change at {last}: every \
         hold would expire. Set the clock, or start with --accept-clock if it is right"
    )]
    ClockAhead {
        /// The time of the wall clock.
        now: String,
        /// The time of the last recorded change.
        last: String,
        days: u64,
    },
    #[error(transparent)]
    Tokens(#[from] TokensError),
    #[error(transparent)]
    VisitorKeys(#[from] VisitorKeysError),
    #[error(transparent)]
    Unprotected(#[from] Unprotected),
    /// Its message is on stderr.
    #[error("the server panicked while it started; its message is above")]
    Panicked,
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

impl StartError {
    /// Whether starting again is of no use before a person has looked.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Folder(error) => error.needs_a_person(),
            Self::ClockAhead { .. } | Self::Tls(_) | Self::Reports(_) => true,
            Self::Tokens(_) | Self::VisitorKeys(_) | Self::Unprotected(_) => true,
            Self::Engine(error) => error.needs_a_person(),
            Self::Setting(_)
            | Self::Listen { .. }
            | Self::Random(_)
            | Self::Panicked
            | Self::Thread(_) => false,
        }
    }
}
