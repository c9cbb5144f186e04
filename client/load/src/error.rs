//! Why a run cannot go on.

use crate::compare::CompareError;
use boxoffice_client::ClientError;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::refusal::Refusal;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// Why a run was not begun, or ended before its time.
#[derive(Debug, Error)]
pub enum LoadError {
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
    /// Ctrl-C was pressed twice.
    #[error("given up; what was sent may have been done")]
    GivenUp,
    /// Holds as long as that are not allowed.
    #[error("--hold must be {min_ms}ms to {max_ms}ms here")]
    Hold {
        /// The shortest.
        min_ms: u32,
        /// The longest.
        max_ms: u32,
    },
    /// The report has no place.
    #[error("cannot write the report to {}: {error}", path.display())]
    Report {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Results that cannot be compared.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// An event cannot be made as it was asked for.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The server cannot be asked before or after the run.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The output does not take what was found.
    #[error("cannot write the output: {0}")]
    Output(#[source] io::Error),
}
