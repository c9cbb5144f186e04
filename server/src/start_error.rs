//! Why a server cannot start.

use crate::auth::{TokensError, Unprotected};
use crate::ledger::FolderError;
use crate::tls::TlsError;
use std::io;
use std::net::SocketAddr;
use thiserror::Error;

/// Why a server cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; is another server there already? \
         --{setting} says where else"
    )]
    Listen {
        address: SocketAddr,
        /// The setting that it comes from.
        setting: &'static str,
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The wall clock is far ahead of what was recorded last.
    #[error(
        "the wall clock says {now}, {days} days after the last recorded change at {last}: every \
         hold would expire. Set the clock, or start with --accept-clock if it is right"
    )]
    ClockAhead {
        /// What the wall clock says.
        now: String,
        /// When something was recorded last.
        last: String,
        /// How far apart they are.
        days: u64,
    },
    /// The tokens cannot be read.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// It would let everybody do everything.
    #[error(transparent)]
    Unprotected(#[from] Unprotected),
    /// A part of the server panicked while it started.
    #[error("the server panicked while it started; its message is above")]
    Panicked,
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

impl StartError {
    /// Whether trying again is of no use before a person has looked.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Folder(error) => error.needs_a_person(),
            Self::ClockAhead { .. } | Self::Tls(_) => true,
            Self::Tokens(_) | Self::Unprotected(_) => true,
            Self::Listen { .. } | Self::Random(_) | Self::Panicked | Self::Thread(_) => false,
        }
    }
}
