//! What an error of Redis says of the command that got it.

use super::endpoint::Endpoint;
use crate::error::StoreError;
use redis::ServerError;

/// What became of a command without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CommandFate {
    /// Nothing was applied: another node of the cluster has the key, or is getting it.
    Elsewhere { endpoint: Endpoint, is_asking: bool },
    /// Nothing was applied, and sending it again changes nothing.
    Refused,
    /// Nothing was applied: the server cannot now.
    Unavailable,
    /// It may have been applied.
    Unknown,
}

/// A command without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommandFailure {
    pub(super) fate: CommandFate,
    pub(super) why: String,
}

impl CommandFailure {
    /// The failure that a server told. A function writes last, and what can fail of it comes before
    /// that: an error means that nothing was applied.
    pub(super) fn told(error: &ServerError, by: &Endpoint) -> Self {
        let (code, details) = (error.code(), error.details().unwrap_or_default());
        let elsewhere = |is_asking| {
            let place = details.split_ascii_whitespace().nth(1)?;
            let endpoint = Endpoint::of_redirect(place, by)?;
            Some(CommandFate::Elsewhere { endpoint, is_asking })
        };
        let fate = match code {
            "MOVED" => elsewhere(false).unwrap_or(CommandFate::Unavailable),
            "ASK" => elsewhere(true).unwrap_or(CommandFate::Unavailable),
            _ if is_passing(code, details) => CommandFate::Unavailable,
            _ => CommandFate::Refused,
        };
        Self { fate, why: format!("{code} {details}") }
    }

    /// The failure of what was sent to a server that did not answer.
    pub(super) fn unanswered(error: &redis::RedisError) -> Self {
        Self::unknown(error.to_string())
    }

    pub(super) fn unavailable(why: impl Into<String>) -> Self {
        Self { fate: CommandFate::Unavailable, why: why.into() }
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self { fate: CommandFate::Unknown, why: why.into() }
    }

    /// Whether a new connection may help.
    pub(super) fn is_of_connection(&self) -> bool {
        matches!(self.fate, CommandFate::Unavailable | CommandFate::Unknown)
    }
}

/// The error of a request that may be sent again without harm, whatever became of it.
impl From<CommandFailure> for StoreError {
    fn from(failure: CommandFailure) -> Self {
        match failure.fate {
            CommandFate::Refused => Self::Refused(failure.why),
            _ => Self::Unavailable(failure.why),
        }
    }
}

/// Whether an error is of the server's state, which changes.
fn is_passing(code: &str, details: &str) -> bool {
    match code {
        // Starting; a replica by now, or one without its primary; a cluster with holes; too few
        // replicas; a disk that fails; a full memory; a script that runs; a slot on its way.
        "LOADING" | "READONLY" | "MASTERDOWN" | "CLUSTERDOWN" | "NOREPLICAS" | "MISCONF"
        | "OOM" | "BUSY" | "TRYAGAIN" => true,
        // A new connection loads the functions again.
        "ERR" => details.starts_with("Function not found") || details.starts_with("max number"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_the_fate_of_its_command() {
        for code in ["LOADING", "READONLY", "NOREPLICAS", "MISCONF", "OOM", "TRYAGAIN"] {
            assert!(is_passing(code, ""), "{code}");
        }
        assert!(is_passing("ERR", "Function not found"));
        for code in ["WRONGTYPE", "NOPERM", "NOAUTH", "ERR", "CROSSSLOT"] {
            assert!(!is_passing(code, "some words"), "{code}");
        }
    }
}
