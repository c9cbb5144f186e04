//! The exit codes of the program.

use std::process::ExitCode;

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandExit {
    Done,
    Refused,
    /// The arguments or a file make no sense.
    Usage,
    /// No server was reached.
    NotReached,
    /// A row of a batch that was booked is different now, or gone. It stays as it is.
    Differs,
    /// The principal lacks the role.
    NotAllowed,
    /// The request may have been applied or not.
    OutcomeUnknown,
    Interrupted,
}

impl CommandExit {
    /// The name in the JSON of an error.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Usage => "usage",
            Self::NotReached => "not_reached",
            Self::Differs => "differs",
            Self::NotAllowed => "not_allowed",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<CommandExit> for ExitCode {
    fn from(exit: CommandExit) -> Self {
        Self::from(match exit {
            CommandExit::Done => 0,
            CommandExit::Refused => 1,
            CommandExit::Usage => 2,
            CommandExit::NotReached | CommandExit::Differs => 3,
            CommandExit::NotAllowed => 4,
            CommandExit::OutcomeUnknown => 5,
            CommandExit::Interrupted => 130,
        })
    }
}
