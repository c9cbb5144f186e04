//! Exit codes of the process. Scripts and service managers rely on the numbers.

use boxoffice_server::StartError;
use boxoffice_server::config::ConfigError;
use std::process::ExitCode;
use tokio::signal::unix::SignalKind;

/// The codes of [`Exit`], for `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes of a server:
  0    it was stopped, and everything is in order
  1    it could not start, or stop in order, for a reason that may pass
  2    an argument or setting makes no sense
  3    it could not start, and a person has to look: its message says at what
  4    its disk failed while it served; nothing that was acknowledged is lost,
       and a new start goes on from there
  130, 143  a second SIGINT or SIGTERM ended it before it had stopped";

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The server was stopped, and everything is in order.
    Stopped,
    /// It could not start or stop, for a reason that may pass.
    Failed,
    /// An argument or setting makes no sense.
    Usage,
    /// It cannot start before a person has looked.
    NeedsAPerson,
    /// The ledger failed while it served.
    LedgerFailed,
    /// A second signal ended it before it had stopped.
    Cut(SignalKind),
}

impl Exit {
    /// The exit of an error.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if error.is::<ConfigError>() {
            return Self::Usage;
        }
        match error.downcast_ref::<StartError>() {
            Some(StartError::Setting(_)) => Self::Usage,
            Some(error) if error.needs_a_person() => Self::NeedsAPerson,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Stopped => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NeedsAPerson => 3,
            Exit::LedgerFailed => 4,
            // Shells report a program that a signal ended in this way.
            Exit::Cut(signal) => u8::try_from(signal.as_raw_value()).map_or(1, |raw| 128 | raw),
        })
    }
}
