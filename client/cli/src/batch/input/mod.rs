//! The input of a batch: a CSV or JSONL file.
//!
//! [`reader`] yields rows from either format, [`mod@csv`] or [`json`]. Both give the texts of the
//! columns; [`row`] makes requests of them. [`fingerprint`] recognizes a row in a later run.

mod csv;
mod error;
mod fingerprint;
mod json;
mod reader;
mod row;
#[cfg(test)]
mod tests;

pub(super) use error::InputError;
pub(super) use fingerprint::RowFingerprint;
pub(super) use reader::{Input, InputRow};
pub(crate) use row::BadRow;
pub(super) use row::RowRequest;
