//! What tells a row from all others, also in a corrected file.

use super::fingerprint::{RowFingerprint, RowFingerprinter};
use super::row::{InputColumn, RowFields, plain_number};

/// The identity of a row. Its content is what the used columns say: delimiters, encoding, ignored columns
/// and the order of the columns may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowIdentity {
    pub(crate) content: RowFingerprint,
    /// What a row keeps when it is corrected.
    pub(crate) group: RowFingerprint,
    pub(crate) named_by: NamedBy,
}

/// The columns that make a row's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamedBy {
    Id,
    OrderAndLine,
    /// An order may have several rows.
    Order,
    /// A row without a name: its group has all rows of one customer for one event.
    Content,
}

impl NamedBy {
    /// The columns of a group that is one row; none if it may be several.
    pub(crate) const fn unique(self) -> Option<&'static str> {
        match self {
            Self::Id => Some("id"),
            Self::OrderAndLine => Some("order and line"),
            Self::Order | Self::Content => None,
        }
    }
}

impl RowIdentity {
    pub(super) fn of(fields: &RowFields) -> Self {
        let has = |column| fields.text(column).is_some();
        let (named_by, columns): (_, &[_]) = if has(InputColumn::Id) {
            (NamedBy::Id, &[InputColumn::Id])
        } else if has(InputColumn::Order) && has(InputColumn::Line) {
            (NamedBy::OrderAndLine, &[InputColumn::Order, InputColumn::Line])
        } else if has(InputColumn::Order) {
            (NamedBy::Order, &[InputColumn::Order])
        } else {
            (NamedBy::Content, &[InputColumn::Event, InputColumn::Customer])
        };
        let content = fingerprint(fields, &InputColumn::ALL);
        Self { content, group: fingerprint(fields, columns), named_by }
    }

    /// The identity of a row whose columns are not known.
    pub(super) const fn of_unread(hash: RowFingerprint) -> Self {
        Self { content: hash, group: hash, named_by: NamedBy::Content }
    }
}

fn fingerprint(fields: &RowFields, columns: &[InputColumn]) -> RowFingerprint {
    let mut hasher = RowFingerprinter::new(None);
    for &column in columns {
        let Some(text) = fields.text(column) else { continue };
        // A program that writes a whole column anew may write its numbers in another way.
        let text = match column {
            InputColumn::Best | InputColumn::Standing | InputColumn::Line => plain_number(text),
            InputColumn::Order => text.strip_suffix(".0").unwrap_or(text).to_owned(),
            InputColumn::Id | InputColumn::Together | InputColumn::Action => {
                text.to_ascii_lowercase()
            }
            _ => text.to_owned(),
        };
        // No name and no text has a byte of value 0, so the columns cannot be mistaken.
        hasher.write(column.name().as_bytes());
        hasher.write(&[0]);
        hasher.write(text.as_bytes());
        hasher.write(&[0]);
    }
    hasher.finish()
}
