//! Errors of an input as a whole.

use super::row::{MAX_COLUMNS, MAX_ROW_BYTES};
use std::io;
use thiserror::Error;

/// The input as a whole cannot be used.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("is not a regular file; what comes through a pipe is read by `boxoffice batch -`")]
    NotAFile,
    #[error(
        "must be called something.csv or something.jsonl, which says how to read it; \
         save a spreadsheet as CSV (also .tsv and .txt)"
    )]
    UnknownFormat,
    #[error("is empty; a CSV file begins with a header like event,customer,seats")]
    Empty,
    #[error("line {line}: {fault}")]
    Header { line: u64, fault: HeaderFault },
    /// The encoding is the file's, so it is no mistake of one row.
    #[error(
        "line {line}: {column}: must be text in UTF-8. Nothing was sent in this run. Name the \
         encoding of the file, like --encoding windows-1252, or save it as UTF-8"
    )]
    NotText { line: u64, column: &'static str },
}

/// A header that does not say what the columns mean.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum HeaderFault {
    #[error(
        "the header must be text in UTF-8; name the encoding of the file, like --encoding \
         windows-1252, or save it as UTF-8 CSV"
    )]
    NotText,
    #[error(
        "the header has bytes of value 0; if the file is UTF-16 without a byte-order mark, add \
         --encoding utf-16le"
    )]
    Unmarked16,
    #[error("the header is longer than {MAX_ROW_BYTES} bytes; is it a CSV file?")]
    TooLong,
    #[error("the header has more than {MAX_COLUMNS} columns; leave out what is not used")]
    TooManyColumns,
    #[error("sep= names a separator that is none; it can be a comma, a semicolon or a tab")]
    UnknownSeparator,
    #[error("the column {0} is there twice; leave one out")]
    DuplicateColumn(&'static str),
    #[error(
        "there is no column {what} in the header {found:?}; it has event, customer, and seats, \
         best or standing, separated by commas, semicolons or tabs"
    )]
    MissingColumn {
        what: &'static str,
        /// The beginning of the names that are there.
        found: String,
    },
}

impl HeaderFault {
    /// The error of a header in this line.
    pub(super) const fn at(self, line: u64) -> InputError {
        InputError::Header { line, fault: self }
    }
}
