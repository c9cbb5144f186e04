//! The rules that texts from outside obey. Each says what would be right.

use crate::text::InvalidField;
use crate::written::{deceptive, is_mark, is_normal};

/// A text that people read: not empty, at most `max` bytes, in its one spelling, with no white space
/// at its ends, and no character that hides itself or reorders its neighbours on a terminal or a page.
#[inline]
pub(crate) fn check_visible(
    field: &'static str,
    text: &str,
    max: usize,
) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    if is_plain(text) { Ok(()) } else { check_characters(field, text) }
}

#[cold]
fn check_characters(field: &'static str, text: &str) -> Result<(), InvalidField> {
    check_ends(field, text)?;
    check_spelling(field, text)?;
    check_hides_nothing(field, text)
}

/// Lines of visible text, of which some may be empty: not the first and not the last.
pub(crate) fn check_lines(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    check_ends(field, text)?;
    check_spelling(field, text)?;
    text.split('\n').try_for_each(|line| check_hides_nothing(field, line))
}

fn check_ends(field: &'static str, text: &str) -> Result<(), InvalidField> {
    if text.trim() == text {
        return Ok(());
    }
    Err(InvalidField::new(field, "must not begin or end with white space"))
}

fn check_hides_nothing(field: &'static str, text: &str) -> Result<(), InvalidField> {
    match deceptive(text).next() {
        None => Ok(()),
        Some((_, c)) => Err(InvalidField::new(
            field,
            format!("must not contain the invisible or control character U+{:04X}", c as u32),
        )),
    }
}

fn check_spelling(field: &'static str, text: &str) -> Result<(), InvalidField> {
    if is_normal(text) {
        return Ok(());
    }
    let why =
        "must be in Unicode's normal form C (NFC), with plain spaces: then it has one spelling";
    Err(InvalidField::new(field, why))
}

/// Whether a text is what most are: printable ASCII with no space at its ends. Looking at characters
/// takes twenty times as long as this.
fn is_plain(text: &str) -> bool {
    let is_printable = all_bytes(text.as_bytes(), |byte| matches!(byte, b' '..=b'~'));
    is_printable && !text.starts_with(' ') && !text.ends_with(' ')
}

/// An address of the web (RFC 3986), which a page makes a link of: of no other scheme, so that it runs no
/// script, and without a name before its host, which would pass for another host (RFC 3986, 7.6).
pub(crate) fn check_link(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    let may_be =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let has_host = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    if has_host && !host.contains('@') && text.bytes().all(may_be) {
        return Ok(());
    }
    Err(InvalidField::new(
        field,
        "must be an address like https://example.org/opera: https:// or http://, a host, and ASCII \
         characters without spaces, quotes and brackets",
    ))
}

/// A name as IANA's database of time zones has them.
pub(crate) fn check_zone(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    let may_be = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
    match (1..=max).contains(&text.len()) && text.bytes().all(may_be) {
        true => Ok(()),
        false => Err(InvalidField::new(field, "must be a time zone's name, like Europe/Berlin")),
    }
}

/// A slug: lower-case letters, digits and hyphens, beginning with a letter or digit.
#[inline]
pub(crate) fn check_slug(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    let may_be = |byte: u8| byte.is_ascii_lowercase() | byte.is_ascii_digit() | (byte == b'-');
    if !text.starts_with('-') && all_bytes(text.as_bytes(), may_be) {
        Ok(())
    } else {
        Err(no_slug(field))
    }
}

#[cold]
fn no_slug(field: &'static str) -> InvalidField {
    InvalidField::new(
        field,
        "must be lower-case letters, digits and hyphens, like dune-2, and begin with a letter or digit",
    )
}

/// A name that can stand in a seat's label: letters, digits and marks of any script, and between them
/// spaces, hyphens, underscores, dots and apostrophes.
#[inline]
pub(crate) fn check_label_name(
    field: &'static str,
    text: &str,
    max: usize,
) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    if is_ascii_word(text.as_bytes()) { Ok(()) } else { check_label_characters(field, text, max) }
}

#[cold]
fn check_label_characters(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    check_visible(field, text, max)?;
    let is_allowed = |c: char| {
        c.is_alphanumeric() || is_mark(c) || matches!(c, ' ' | '-' | '_' | '.' | '\'' | '’')
    };
    let is_joiner = |c: char| matches!(c, '\u{200C}' | '\u{200D}');
    if text.chars().all(|c| is_allowed(c) || is_joiner(c)) && !text.contains("  ") {
        Ok(())
    } else {
        Err(InvalidField::new(
            field,
            "must be letters, digits, and between them single spaces, hyphens, underscores, dots and \
             apostrophes",
        ))
    }
}

/// Whether a text is a word as most are, of ASCII.
#[inline]
fn is_ascii_word(text: &[u8]) -> bool {
    all_bytes(text, |byte| byte.is_ascii_alphanumeric() | (byte == b'-') | (byte == b'_'))
}

/// Whether all bytes of a text may be, and a digit. It takes sixteen at a time, without a way out between
/// them: then the processor looks at all of them at once.
#[inline(always)]
fn all_bytes(text: &[u8], may_be: impl Fn(u8) -> bool) -> bool {
    let may_all_be = |bytes: &[u8; 16]| bytes.iter().fold(true, |all, &byte| all & may_be(byte));
    match text.last_chunk() {
        Some(last) => {
            let (whole, rest) = text.as_chunks();
            whole.iter().all(may_all_be) && (rest.is_empty() || may_all_be(last))
        }
        None => {
            let mut padded = [b'0'; 16];
            padded[..text.len()].copy_from_slice(text);
            may_all_be(&padded)
        }
    }
}

/// A file name that is nothing else on any system and in any shell: ASCII letters, digits, hyphens,
/// underscores and dots, with a letter or digit at both ends.
pub(crate) fn check_file_name(
    field: &'static str,
    text: &str,
    max: usize,
) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    let has_good_ends = [text.bytes().next(), text.bytes().next_back()]
        .into_iter()
        .all(|end| end.is_some_and(|b| b.is_ascii_alphanumeric()));
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if has_good_ends && text.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(InvalidField::new(
            field,
            "must be letters, digits, hyphens, underscores and dots, like 2026-12-24.evening, and \
             begin and end with a letter or digit",
        ))
    }
}

#[inline]
fn check_length(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    if (1..=max).contains(&text.len()) { Ok(()) } else { Err(wrong_length(field, text, max)) }
}

#[cold]
fn wrong_length(field: &'static str, text: &str, max: usize) -> InvalidField {
    if text.is_empty() {
        return InvalidField::new(field, "must not be empty");
    }
    InvalidField::new(field, format!("must be at most {max} bytes, this is {}", text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_looked_at_in_texts_of_every_length() {
        let may_be = |byte: u8| byte.is_ascii_digit() | (byte == b'-');
        for length in 0..40 {
            assert!(all_bytes(&vec![b'-'; length], may_be));
            for (place, byte) in
                (0..length).flat_map(|place| (0..=255).map(move |byte| (place, byte)))
            {
                let mut text = vec![b'7'; length];
                text[place] = byte;
                assert_eq!(all_bytes(&text, may_be), may_be(byte), "{text:?}");
            }
        }
    }
}
