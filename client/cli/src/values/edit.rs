//! Texts that an update sets or takes away, as arguments.

use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::Edit;
use std::str::FromStr;

/// A field's new text as typed, or `none`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EditArg<T>(pub(crate) Edit<T>);

impl<T: FromStr<Err = InvalidField>> FromStr for EditArg<T> {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        match text {
            "none" => Ok(Self(Edit::Clear)),
            text => Ok(Self(Edit::Set(text.parse()?))),
        }
    }
}
