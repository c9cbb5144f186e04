//! Failures of commands, with hints.

use crate::connection::TokenFileError;
use crate::console::Console;
use crate::exit::CommandExit;
use crate::hint;
use crate::output::RefusalLine;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::{ClientError, TlsConfigError};
use boxoffice_load::LoadError;
use std::borrow::Cow;
use std::io;
use thiserror::Error;

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A request was refused, or had no answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An update of an event was refused, or had no answer.
    #[error(transparent)]
    Update(ClientError),
    /// A load run failed.
    #[error(transparent)]
    Load(LoadError),
    /// The files of authorities cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsConfigError),
    /// The file with the token cannot be used.
    #[error(transparent)]
    TokenFile(#[from] TokenFileError),
    /// The arguments or a file make no sense.
    #[error("{0}")]
    Usage(String),
    /// A file makes no sense. The message may have lines: the faulty one, and a caret.
    #[error("{0}")]
    File(String),
    /// Stdout does not take more.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
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
            LoadError::Invalid(error) => error.into(),
            other => Self::Load(other),
        }
    }
}

impl Failure {
    /// The exit code that the failure means.
    pub(crate) fn exit(&self) -> CommandExit {
        match self {
            Self::Client(error) | Self::Update(error) => exit_of(error),
            Self::Load(
                LoadError::Refused { .. } | LoadError::NoRate { .. } | LoadError::NothingMeasured,
            ) => CommandExit::Refused,
            Self::Load(
                LoadError::Connect { .. }
                | LoadError::Broken { .. }
                | LoadError::Malformed { .. }
                | LoadError::Silent { .. }
                | LoadError::Poll(_),
            ) => CommandExit::NotReached,
            Self::Load(LoadError::GivenUp) => CommandExit::Interrupted,
            Self::Load(_) | Self::Tls(_) | Self::TokenFile(_) | Self::Usage(_) | Self::File(_) => {
                CommandExit::Usage
            }
            // `boxoffice events | head` succeeds when head has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => CommandExit::Done,
            Self::Output(_) => CommandExit::Usage,
        }
    }

    /// Prints the failure with its hint, and returns the exit code.
    pub(crate) fn tell(&self, console: &Console) -> CommandExit {
        let exit = self.exit();
        match self {
            Self::Client(ClientError::Refused { refusal, version })
            | Self::Update(ClientError::Refused { refusal, version })
                if console.is_json() =>
            {
                console.json(&RefusalLine::new(refusal, *version)).ok();
                return exit;
            }
            Self::Client(ClientError::Refused { refusal, .. })
            | Self::Update(ClientError::Refused { refusal, .. }) => {
                console.note(&format!("refused: {refusal}"));
                if let Some(hint) = self.hint() {
                    console.note(&format!("hint: {hint}"));
                }
            }
            Self::Output(_) if exit == CommandExit::Done => {}
            other => console.error(exit, &other.to_string(), self.hint().as_deref()),
        }
        exit
    }

    fn hint(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Client(error) => hint::of_client(error),
            Self::Update(error) => hint::of_update(error),
            Self::Load(error) => hint::of_load(error),
            Self::Tls(error) => hint::of_tls_config(error).map(Cow::from),
            Self::TokenFile(_) | Self::Usage(_) | Self::File(_) | Self::Output(_) => None,
        }
    }
}

const fn exit_of(error: &ClientError) -> CommandExit {
    match error {
        ClientError::Refused { refusal: Refusal::NotAllowed { .. }, .. } => CommandExit::NotAllowed,
        ClientError::Refused { .. } => CommandExit::Refused,
        ClientError::Unreachable { .. }
        | ClientError::Tls { .. }
        | ClientError::SpeaksHttp { .. }
        | ClientError::TimeIsUp
        | ClientError::Closed => CommandExit::NotReached,
        ClientError::OutcomeUnknown | ClientError::Protocol(_) => CommandExit::OutcomeUnknown,
    }
}
