//! The rules that texts from outside obey. Each says what would be right.

use crate::text::InvalidField;
use crate::written::{deceptive, is_mark, is_normal};

/// A text that people read: not empty, at most `max` bytes, in its one spelling, with no white space
/// at its ends, and no character that hides itself or reorders its neighbours on a terminal or a page.
pub(crate) fn check_visible(
    field: &'static str,
    text: &str,
    max: usize,
) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    if is_plain(text) {
        return Ok(());
    }
    if text.trim() != text {
        return Err(InvalidField::new(field, "must not begin or end with white space"));
    }
    check_spelling(field, text)?;
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
    let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    printable && !text.starts_with(' ') && !text.ends_with(' ')
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
pub(crate) fn check_slug(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    check_length(field, text, max)?;
    let well_formed = !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if well_formed {
        Ok(())
    } else {
        Err(InvalidField::new(
            field,
            "must be lower-case letters, digits and hyphens, like dune-2, and begin with a letter or digit",
        ))
    }
}

/// A name that can stand in a seat's label: letters, digits and marks of any script, and between them
/// spaces, hyphens, underscores, dots and apostrophes.
pub(crate) fn check_label_name(
    field: &'static str,
    text: &str,
    max: usize,
) -> Result<(), InvalidField> {
    if is_ascii_word(text.as_bytes()) {
        return check_length(field, text, max);
    }
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

/// Whether a text is a word as most are, of ASCII. It looks at all bytes, without a way out between
/// them, so that the processor takes many at once.
#[inline]
pub(crate) fn is_ascii_word(text: &[u8]) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() | (b == b'-') | (b == b'_');
    text.iter().fold(true, |all, &byte| all & is_allowed(byte))
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

fn check_length(field: &'static str, text: &str, max: usize) -> Result<(), InvalidField> {
    if text.is_empty() {
        return Err(InvalidField::new(field, "must not be empty"));
    }
    if text.len() > max {
        return Err(InvalidField::new(
            field,
            format!("must be at most {max} bytes, this is {}", text.len()),
        ));
    }
    Ok(())
}
