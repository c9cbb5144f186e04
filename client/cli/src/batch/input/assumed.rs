//! How an input is read, where it differs from CSV with commas in UTF-8.

use super::header::Delimiter;
use crate::values::clip;
use encoding_rs::Encoding;
use std::fmt;

/// Ignored columns that are named one by one.
const NAMED: usize = 20;

/// The choices that a person may want to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assumed {
    pub(super) encoding: &'static Encoding,
    /// None in a JSONL file.
    pub(super) delimiter: Option<Delimiter>,
    /// The columns that a batch does not use, as the header has them.
    pub(super) ignored: Vec<String>,
}

impl Assumed {
    /// Whether there is nothing to say.
    pub(super) fn is_plain(&self) -> bool {
        let commas = self.delimiter.is_none_or(|delimiter| delimiter == Delimiter::Comma);
        commas && self.encoding == encoding_rs::UTF_8 && self.ignored.is_empty()
    }
}

impl fmt::Display for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read as {}", self.encoding.name())?;
        if let Some(delimiter) = self.delimiter {
            write!(f, " with {} between the cells", delimiter.name())?;
        }
        let Some((first, more)) = self.ignored.split_first() else { return Ok(()) };
        write!(f, "; ignored columns: {}", clip(first))?;
        more.iter().take(NAMED - 1).try_for_each(|name| write!(f, ", {}", clip(name)))?;
        match self.ignored.len().saturating_sub(NAMED) {
            0 => Ok(()),
            rest => write!(f, " and {rest} more"),
        }
    }
}
