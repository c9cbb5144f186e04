//! Characters that spreadsheets and web pages put where a person means a space or a hyphen.

use std::borrow::Cow;

/// Whether `c` is a space of any kind, no-break and zero-width ones included.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether `c` looks like a hyphen: a hyphen, a dash or a minus sign.
pub(crate) const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// `text` without spaces of any kind around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `text` with plain hyphens.
pub(crate) fn with_hyphens(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { text.replace(is_hyphen, "-").into() }
}
