//! Which parties see an event. Reached through [`event`](crate::event).

use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether an event is seen, and in which lists.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize,
)]
pub enum Publication {
    /// In the lists of all parties.
    #[default]
    Listed,
    /// Found by its id, and in no list but those of admins and agents.
    Unlisted,
    /// Not published yet: for all but admins and agents there is no such event.
    Draft,
}

impl Publication {
    pub const ALL: [Self; 3] = [Self::Listed, Self::Unlisted, Self::Draft];

    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Unlisted => "unlisted",
            Self::Draft => "draft",
        }
    }
}

impl fmt::Display for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Publication {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let named = Self::ALL.into_iter().find(|it| it.as_str() == text);
        named.ok_or("must be listed, unlisted or draft")
    }
}
