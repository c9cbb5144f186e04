//! Short texts that lie in what has them, so that they cost no allocation.

use arrayvec::ArrayString;
use std::fmt;

/// A text of at most `MAX` bytes, kept inline.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InlineText<const MAX: usize>(ArrayString<MAX>);

impl<const MAX: usize> From<&str> for InlineText<MAX> {
    /// # Panics
    /// If the text is longer than `MAX` bytes.
    #[inline]
    fn from(text: &str) -> Self {
        Self(ArrayString::from(text).expect("the rule of its type has the same bound"))
    }
}

impl<const MAX: usize> AsRef<str> for InlineText<MAX> {
    #[inline]
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for InlineText<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
