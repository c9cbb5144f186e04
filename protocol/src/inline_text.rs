//! Short texts that lie in what has them, so that they cost no allocation.

use arrayvec::ArrayString;
use std::fmt;

/// A text of at most `MAX` bytes, kept inline.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InlineText<const MAX: usize>(ArrayString<MAX>);

impl<const MAX: usize> InlineText<MAX> {
    /// The text that these bytes are, if they are one and fit. Checked as `MAX` bytes, whatever their
    /// number is: UTF-8 in long pieces takes half the instructions of short ones.
    #[inline]
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let mut padded = [0; MAX];
        padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mut text = ArrayString::from_byte_string(&padded).ok()?;
        text.truncate(bytes.len());
        Some(Self(text))
    }
}

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
