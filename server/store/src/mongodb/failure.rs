//! What an error of MongoDB says of the request that got it.
//!
//! Codes: MongoDB's `src/mongo/base/error_codes.yml`.

use crate::error::StoreError;
use mongodb::error::{Error, ErrorKind, WriteFailure};
use std::time::Duration;

/// What became of a request without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MongoFate {
    /// Nothing was applied: another request was in its way. It may be sent again.
    InTheWay,
    /// A document with its key is there already.
    Duplicate,
    /// Nothing was applied, and sending it again changes nothing.
    Refused,
    /// Nothing was applied: there is no primary now.
    Unavailable,
    /// It may have been applied.
    Unknown,
}

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MongoFailure {
    pub(super) fate: MongoFate,
    pub(super) why: String,
}

/// The code of a document whose key is there already.
pub(super) const DUPLICATE_KEY: i32 = 11_000;

/// The code of a collection that is there already.
const NAMESPACE_EXISTS: i32 = 48;

impl MongoFailure {
    pub(super) fn of(error: &Error) -> Self {
        Self { fate: fate(&error.kind), why: said(&error.kind) }
    }

    /// The failure of one of several writes, by the code of its error.
    pub(super) fn of_write(code: i32, message: &str) -> Self {
        Self { fate: fate_of(code), why: format!("{message} ({code})") }
    }

    /// The failure of a write that a majority did not confirm in time.
    pub(super) fn unconfirmed(why: &str) -> Self {
        Self { fate: MongoFate::Unknown, why: format!("no majority has confirmed it: {why}") }
    }

    pub(super) fn late(wait: Duration) -> Self {
        Self { fate: MongoFate::Unknown, why: format!("no answer within {} ms", wait.as_millis()) }
    }

    pub(super) fn unavailable(why: impl Into<String>) -> Self {
        Self { fate: MongoFate::Unavailable, why: why.into() }
    }

    /// Whether it is the request that is wrong.
    pub(super) fn is_of_request(&self) -> bool {
        self.fate == MongoFate::Refused
    }
}

/// The error of a request that may be sent again without harm, whatever became of it.
impl From<MongoFailure> for StoreError {
    fn from(failure: MongoFailure) -> Self {
        match failure.fate {
            MongoFate::Refused => Self::Refused(failure.why),
            MongoFate::InTheWay | MongoFate::Duplicate => Self::Busy,
            MongoFate::Unavailable | MongoFate::Unknown => Self::Unavailable(failure.why),
        }
    }
}

/// Whether an error says that a collection is there already.
pub(super) fn exists_already(error: &Error) -> bool {
    matches!(&*error.kind, ErrorKind::Command(command) if command.code == NAMESPACE_EXISTS)
}

fn fate(kind: &ErrorKind) -> MongoFate {
    match kind {
        // Before anything is sent.
        ErrorKind::ServerSelection { .. } | ErrorKind::ConnectionPoolCleared { .. } => {
            MongoFate::Unavailable
        }
        ErrorKind::DnsResolve { .. } => MongoFate::Unavailable,
        ErrorKind::Authentication { .. }
        | ErrorKind::InvalidArgument { .. }
        | ErrorKind::InvalidTlsConfig { .. }
        | ErrorKind::IncompatibleServer { .. } => MongoFate::Refused,
        ErrorKind::Write(WriteFailure::WriteError(error)) => fate_of(error.code),
        ErrorKind::Command(command) => fate_of(command.code),
        // A broken connection, a majority that was waited for in vain, and what is not known.
        _ => MongoFate::Unknown,
    }
}

/// The fate of a request by the code of its error.
fn fate_of(code: i32) -> MongoFate {
    match code {
        DUPLICATE_KEY => MongoFate::Duplicate,
        // Write conflict, lock timeout.
        112 | 24 => MongoFate::InTheWay,
        // Not the primary, and refused for it; before anything is done.
        10_107 | 13_435 | 13_436 => MongoFate::Unavailable,
        // Bad value, failed to parse, unauthorized, type mismatch, authentication failed, no such
        // command, invalid namespace, too large, not a replica set, document validation.
        2 | 9 | 13 | 14 | 18 | 59 | 73 | 121 | 123 | 10_334 => MongoFate::Refused,
        // A shutdown, a primary that stepped down, a limit of time: it can come behind the write.
        _ => MongoFate::Unknown,
    }
}

/// What the server said, with its code.
fn said(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Command(command) => format!("{} ({})", command.message, command.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => {
            format!("{} ({})", error.message, error.code)
        }
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_the_fate_of_its_request() {
        let table: [(MongoFate, &[i32]); 5] = [
            (MongoFate::Duplicate, &[11_000]),
            (MongoFate::InTheWay, &[112]),
            (MongoFate::Refused, &[13, 18, 10_334]),
            (MongoFate::Unavailable, &[10_107, 13_435]),
            (MongoFate::Unknown, &[11_600, 11_602, 189, 91, 50, 64, 1, 0]),
        ];
        for (fate, codes) in table {
            for code in codes {
                assert_eq!(fate_of(*code), fate, "{code}");
            }
        }
    }
}
