//! The exit codes of the program.

use std::process::ExitCode;

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandExit {
    Done = 0,
    Refused = 1,
    /// The arguments or a file make no sense.
    Usage = 2,
    /// No server was reached.
    NotReached = 3,
    /// The principal lacks the role.
    NotAllowed = 4,
    /// The request may have been applied or not.
    OutcomeUnknown = 5,
    Interrupted = 130,
}

impl CommandExit {
    /// The name in the JSON of an error.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Usage => "usage",
            Self::NotReached => "not_reached",
            Self::NotAllowed => "not_allowed",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<CommandExit> for ExitCode {
    fn from(exit: CommandExit) -> Self {
        Self::from(exit as u8)
    }
}
