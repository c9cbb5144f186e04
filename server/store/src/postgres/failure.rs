//! What an error of PostgreSQL says of the statement that got it.
//!
//! Codes: PostgreSQL's documentation, appendix A, "PostgreSQL Error Codes".

use crate::error::StoreError;
use std::error::Error as _;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// What became of a statement without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing was applied: another statement was in its way. It may be sent again.
    InTheWay,
    /// Nothing was applied, and sending it again changes nothing.
    Refused,
    /// Nothing was applied: the server cannot now.
    Unavailable,
    /// It may have been applied.
    Unknown,
}

/// A statement without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) fate: Fate,
    /// The server's, if it said one.
    pub(super) code: Option<SqlState>,
    pub(super) why: String,
}

impl Failure {
    /// The failure of a statement that was sent.
    pub(super) fn of_sent(error: &tokio_postgres::Error) -> Self {
        // Without a word of the server the connection broke, or it speaks another protocol.
        let fate = error.as_db_error().map_or(Fate::Unknown, fate);
        Self { fate, code: error.code().cloned(), why: said(error) }
    }

    /// The failure of what comes before a statement, such as connecting: nothing was sent.
    pub(super) fn of_unsent(error: &tokio_postgres::Error) -> Self {
        let failure = Self::of_sent(error);
        let is_refused = failure.fate == Fate::Refused;
        Self { fate: if is_refused { Fate::Refused } else { Fate::Unavailable }, ..failure }
    }

    pub(super) fn unavailable(why: impl Into<String>) -> Self {
        Self { fate: Fate::Unavailable, code: None, why: why.into() }
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self { fate: Fate::Unknown, code: None, why: why.into() }
    }
}

/// The error of a request that may be sent again without harm, whatever became of it.
impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure.fate {
            Fate::Refused => Self::Refused(failure.why),
            Fate::InTheWay => Self::Busy,
            Fate::Unavailable | Fate::Unknown => Self::Unavailable(failure.why),
        }
    }
}

/// What the server said, with its code.
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(db), _) => format!("{} ({})", db.message(), db.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

fn fate(error: &DbError) -> Fate {
    match error.parsed_severity() {
        Some(Severity::Error) => fate_of(error.code().code()),
        // The server ended the connection, maybe behind the commit.
        _ => Fate::Unknown,
    }
}

/// The fate of a statement by the code of its error.
fn fate_of(code: &str) -> Fate {
    match (code, code.get(..2).unwrap_or_default()) {
        // Statement completion unknown.
        ("40003", _) => Fate::Unknown,
        // Lock not available; a rollback for the sake of others.
        ("55P03", _) | (_, "40") => Fate::InTheWay,
        // A primary that became a standby; cannot connect now; a plan or a prepared statement that a
        // new schema or a pool between made invalid. A new connection helps.
        ("25006" | "57P03" | "26000" | "0A000", _) => Fate::Unavailable,
        // Disk full, out of memory, too many connections.
        (_, "53") => Fate::Unavailable,
        // Data, constraints, transaction state, authorisation, catalog and schema, syntax, access,
        // limits, object state.
        (_, "0L" | "0P" | "21" | "22" | "23" | "25" | "28" | "2B" | "2F" | "38" | "39") => {
            Fate::Refused
        }
        (_, "3D" | "3F" | "42" | "44" | "54" | "55" | "P0") => Fate::Refused,
        // A cancel or a shutdown can come behind the commit; of others nothing is known.
        _ => Fate::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_the_fate_of_its_statement() {
        let table: [(Fate, &[&str]); 4] = [
            (Fate::InTheWay, &["40001", "40P01", "40002", "55P03"]),
            (Fate::Refused, &["23505", "22P02", "42501", "42P01", "42703", "54000", "28000"]),
            (Fate::Unavailable, &["25006", "53100", "53200", "53300", "57P03", "26000", "0A000"]),
            (Fate::Unknown, &["40003", "57014", "57P01", "57P02", "08006", "58030", "XX000", ""]),
        ];
        for (fate, codes) in table {
            for code in codes {
                assert_eq!(fate_of(code), fate, "{code}");
            }
        }
    }
}
