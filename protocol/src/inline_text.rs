//! Short texts that lie in what has them, so that they cost no allocation.

use arrayvec::ArrayString;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

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

/// A text of any length, kept inline up to `MAX` bytes.
#[derive(Clone)]
pub enum MostlyInline<const MAX: usize> {
    Inline(ArrayString<MAX>),
    Long(Box<str>),
}

impl<const MAX: usize> From<&str> for MostlyInline<MAX> {
    #[inline]
    fn from(text: &str) -> Self {
        ArrayString::from(text).map_or_else(|_| Self::Long(text.into()), Self::Inline)
    }
}

impl<const MAX: usize> AsRef<str> for MostlyInline<MAX> {
    #[inline]
    fn as_ref(&self) -> &str {
        match self {
            Self::Inline(text) => text,
            Self::Long(text) => text,
        }
    }
}

impl<const MAX: usize> PartialEq for MostlyInline<MAX> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl<const MAX: usize> Eq for MostlyInline<MAX> {}

impl<const MAX: usize> PartialOrd for MostlyInline<MAX> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const MAX: usize> Ord for MostlyInline<MAX> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_ref().cmp(other.as_ref())
    }
}

impl<const MAX: usize> Hash for MostlyInline<MAX> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl<const MAX: usize> fmt::Debug for MostlyInline<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_ref(), f)
    }
}

impl<const MAX: usize> fmt::Debug for InlineText<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
