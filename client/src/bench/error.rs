//! Why a run cannot go on.

use crate::failure::Exit;
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::refusal::Refusal;
use std::io;
use std::time::Duration;
use thiserror::Error;

/// Why a run was not begun, or ended before its time.
#[derive(Debug, Error)]
pub(crate) enum BenchError {
    /// A connection could not be made.
    #[error("connection {connection} to {server} failed: {error}; is the server running there?")]
    Connect {
        /// Which of the run's.
        connection: usize,
        /// Host and port.
        server: String,
        /// In what way.
        error: io::Error,
    },
    /// The server does not want a connection.
    #[error("connection {connection} was refused: {refusal}")]
    Refused {
        /// Which of the run's.
        connection: usize,
        /// Why.
        refusal: Refusal,
    },
    /// The server lets less in flight than the run wants.
    #[error(
        "the server allows {allowed} requests in flight a connection; give --pipeline {allowed} or less"
    )]
    Pipeline {
        /// What it allows.
        allowed: u32,
    },
    /// A connection ended while the run was on.
    #[error("connection {connection} broke: {error}; the run is void")]
    Broken {
        /// Which of the run's.
        connection: usize,
        /// In what way.
        error: io::Error,
    },
    /// A connection says what is not of the protocol.
    #[error("connection {connection}: {error}; the run is void")]
    Malformed {
        /// Which of the run's.
        connection: usize,
        /// In what way.
        error: FrameError,
    },
    /// No reply came, and some are owed.
    #[error("the server owes {owed} replies and sent none for {patience:?}; the run is void")]
    Silent {
        /// How many replies are owed.
        owed: usize,
        /// How long was waited.
        patience: Duration,
    },
    /// The machine does not give what a thread needs to wait for its connections.
    #[error("cannot wait for connections: {0}; is a limit of descriptors reached?")]
    Poll(io::Error),
    /// No rate is low enough for the bound that was asked for.
    #[error("no rate has 99 % answered within {slo:?}; is --slo below what one request takes?")]
    NoRate {
        /// The bound.
        slo: Duration,
    },
    /// Somebody pressed Ctrl-C twice.
    #[error("given up; what was sent may have been done")]
    GivenUp,
}

impl BenchError {
    /// How the program ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } | Self::NoRate { .. } => Exit::Refused,
            Self::Pipeline { .. } => Exit::Usage,
            Self::GivenUp => Exit::Interrupted,
            Self::Connect { .. }
            | Self::Broken { .. }
            | Self::Malformed { .. }
            | Self::Silent { .. }
            | Self::Poll(_) => Exit::NotReached,
        }
    }
}
