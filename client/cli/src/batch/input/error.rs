//! Errors of an input as a whole.

use super::row::MAX_ROW_BYTES;
use std::io;
use thiserror::Error;

/// The input as a whole cannot be used.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("is not a regular file; a batch reads its file again when it is run again")]
    NotAFile,
    #[error("must be called something.csv or something.jsonl, which says how to read it")]
    UnknownFormat,
    #[error("is empty; a CSV file begins with a header like event,customer,seats")]
    Empty,
    #[error("line 1: the header must be text in UTF-8; save the file as UTF-8 CSV")]
    HeaderNotText,
    #[error("line 1: the header is longer than {MAX_ROW_BYTES} bytes; is it a CSV file?")]
    HeaderTooLong,
    #[error("line 1: too many columns; there are only {known}")]
    TooManyColumns { known: String },
    #[error("line 1: unknown column \"{name}\"; the columns are {known}, separated by commas")]
    UnknownColumn {
        /// The beginning of the name.
        name: String,
        known: String,
    },
    #[error("line 1: the column {0} is there twice")]
    DuplicateColumn(&'static str),
    #[error(
        "line 1: there is no column {0}; a header has event, customer, and seats, best or standing"
    )]
    MissingColumn(&'static str),
}
