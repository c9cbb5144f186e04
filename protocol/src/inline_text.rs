//! Short texts that lie in what has them, so that they cost no allocation.

use crate::text_rules::is_ascii_word;
use arrayvec::ArrayString;
use std::fmt;

/// A text of at most `MAX` bytes, kept inline.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InlineText<const MAX: usize>(ArrayString<MAX>);

/// Bytes that begin where words do: whether they are UTF-8 is found out many at a time.
#[repr(align(8))]
struct Aligned<const MAX: usize>([u8; MAX]);

impl<const MAX: usize> InlineText<MAX> {
    /// The word that these bytes are, if they are one of ASCII, as most are. It takes a quarter of the
    /// time that the rule for all words does: filled up with hyphens, all have the same length.
    #[inline]
    pub(crate) fn ascii_word(bytes: &[u8]) -> Option<Self> {
        let mut filled = Aligned([b'-'; MAX]);
        filled.0.get_mut(..bytes.len())?.copy_from_slice(bytes);
        if bytes.is_empty() || !is_ascii_word(&filled.0) {
            return None;
        }
        let mut text = ArrayString::from_byte_string(&filled.0).ok()?;
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
