//! Errors of a run.

use boxoffice_client::ClientError;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::refusal::Refusal;
use std::io;
use std::time::Duration;
use thiserror::Error;

/// Why a run did not begin, or failed. A connection has a number, counted over all threads.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum LoadError {
    #[error("connection {connection} to {server} failed: {error}; is the server running there?")]
    Connect { connection: usize, server: String, error: io::Error },
    /// The server did not welcome a connection.
    #[error("connection {connection} was refused: {refusal}")]
    Refused { connection: usize, refusal: Refusal },
    #[error("the server allows {allowed} requests in flight a connection")]
    Pipeline { allowed: u32 },
    #[error("connection {connection} broke: {error}; the run is void")]
    Broken { connection: usize, error: io::Error },
    /// The server sent bytes that are not of the protocol.
    #[error("connection {connection}: {error}; the run is void")]
    Malformed { connection: usize, error: FrameError },
    #[error("the server owes {owed} replies and sent none for {timeout:?}; the run is void")]
    Silent { owed: usize, timeout: Duration },
    /// The system refused a poll or a timer.
    #[error("cannot wait for connections: {0}; is a limit of descriptors reached?")]
    Poll(io::Error),
    /// The measured time had no request, so there are no figures.
    #[error("nothing was answered in the measured time")]
    NothingMeasured,
    /// Even the lowest rate misses the objective.
    #[error("no rate has 99 % answered within {slo:?}")]
    NoRate { slo: Duration },
    /// The run was interrupted twice.
    #[error("given up; what was sent may have been done")]
    GivenUp,
    /// The server does not allow holds of this length.
    #[error("--hold must be {min_ms}ms to {max_ms}ms here")]
    Hold { min_ms: u64, max_ms: u64 },
    /// An event of the run would break a bound of the protocol.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// A request before or after the run failed.
    #[error(transparent)]
    Client(#[from] ClientError),
}
