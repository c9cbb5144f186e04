//! The input of a batch: a CSV or JSONL file.
//!
//! [`reader`] decodes the file and yields rows from either format, [`mod@csv`] or [`json`]. Both give
//! the texts of the columns; [`row`] makes requests of them. [`header`] finds the delimiter and the
//! columns of a CSV file, and [`assumed`] says what was found where the file does not say it.
//! [`identity`] recognizes a row in a later run, also in a corrected file, by [`fingerprint`]s;
//! [`copies`] writes rows as they were read, and [`source`] is where the input is.

mod assumed;
mod copies;
mod csv;
mod error;
mod fingerprint;
mod header;
mod identity;
mod json;
mod reader;
mod row;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use assumed::Assumed;
pub(super) use copies::RowCopies;
pub(super) use error::InputError;
pub(super) use fingerprint::RowFingerprint;
pub(super) use identity::NamedBy;
pub(super) use reader::{Input, InputFormat, InputRow};
pub(crate) use row::BadRow;
pub(crate) use source::InputSource;
