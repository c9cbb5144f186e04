//! How a command ends.

use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::{ClientError, TlsConfigError};
use boxoffice_load::{Ended, LoadError};
use std::io;
use std::process::ExitCode;
use thiserror::Error;

/// What the shell that called is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was done.
    Done = 0,
    /// The server said no.
    Refused = 1,
    /// It was asked for in a way that cannot be understood.
    Usage = 2,
    /// There was no server.
    NotReached = 3,
    /// The server does not allow it.
    NotAllowed = 4,
    /// It may have been done or not.
    OutcomeUnknown = 5,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The server said no, or could not be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A load run could not go on.
    #[error(transparent)]
    Load(LoadError),
    /// What was typed, or is in a file, cannot be meant.
    #[error("{0}")]
    Usage(String),
    /// Whoever reads the output does not want it.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl From<TlsConfigError> for Failure {
    fn from(error: TlsConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<InvalidField> for Failure {
    fn from(error: InvalidField) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Client(error) => Self::Client(error),
            LoadError::Invalid(error) => Self::Usage(error.to_string()),
            LoadError::Output(error) => Self::Output(error),
            other => Self::Load(other),
        }
    }
}

impl From<Ended> for Exit {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Self::Done,
            Ended::Wrong => Self::Refused,
            Ended::Interrupted => Self::Interrupted,
        }
    }
}

impl Failure {
    /// How the program ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Client(ClientError::Refused { refusal: Refusal::NotAllowed { .. }, .. }) => {
                Exit::NotAllowed
            }
            Self::Client(ClientError::Refused { .. }) => Exit::Refused,
            Self::Client(
                ClientError::Unreachable { .. } | ClientError::Tls { .. } | ClientError::Closed,
            ) => Exit::NotReached,
            Self::Client(ClientError::OutcomeUnknown | ClientError::Protocol(_)) => {
                Exit::OutcomeUnknown
            }
            Self::Load(error) => exit_of_load(error),
            Self::Usage(_) => Exit::Usage,
            // `boxoffice events | head` is well when head has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Output(_) => Exit::Usage,
        }
    }
}

fn exit_of_load(error: &LoadError) -> Exit {
    match error {
        LoadError::Refused { .. } | LoadError::NoRate { .. } => Exit::Refused,
        LoadError::GivenUp => Exit::Interrupted,
        LoadError::Connect { .. }
        | LoadError::Broken { .. }
        | LoadError::Malformed { .. }
        | LoadError::Silent { .. }
        | LoadError::Poll(_) => Exit::NotReached,
        LoadError::Pipeline { .. }
        | LoadError::Hold { .. }
        | LoadError::Report { .. }
        | LoadError::Compare(_)
        | LoadError::Invalid(_)
        | LoadError::Client(_)
        | LoadError::Output(_) => Exit::Usage,
    }
}
