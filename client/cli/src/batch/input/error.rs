//! Errors of an input as a whole.

use super::row::MAX_ROW_BYTES;
use std::io;
use thiserror::Error;

/// Why the input as a whole cannot be used.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is a pipe, a folder or a device.
    #[error("is not a regular file; a batch reads its file again when it is run again")]
    NotAFile,
    /// The name says neither CSV nor JSONL.
    #[error("must be called something.csv or something.jsonl, which says how to read it")]
    UnknownFormat,
    /// There is nothing in it.
    #[error("is empty; a CSV file begins with a header like event,customer,seats")]
    Empty,
    /// The header is no text.
    #[error("line 1: the header must be text in UTF-8; save the file as UTF-8 CSV")]
    HeaderNotText,
    /// The header does not end.
    #[error("line 1: the header is longer than {MAX_ROW_BYTES} bytes; is it a CSV file?")]
    HeaderTooLong,
    /// The header has more columns than there are.
    #[error("line 1: too many columns; there are only {known}")]
    TooManyColumns {
        /// All the columns there are.
        known: String,
    },
    /// The header has a column that nobody knows.
    #[error("line 1: unknown column \"{name}\"; the columns are {known}, separated by commas")]
    UnknownColumn {
        /// As it is written, its beginning.
        name: String,
        /// All the columns there are.
        known: String,
    },
    /// The header has a column twice.
    #[error("line 1: the column {0} is there twice")]
    DuplicateColumn(&'static str),
    /// The header lacks a column.
    #[error(
        "line 1: there is no column {0}; a header has event, customer, and seats, best or standing"
    )]
    MissingColumn(&'static str),
}
