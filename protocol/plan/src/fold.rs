//! What people mean alike: texts that differ only in case, width, spaces, dashes, apostrophes or
//! leading zeros fold to the same text.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether a character separates like a hyphen, whichever keyboard or office program it is from.
pub(crate) fn is_dash(c: char) -> bool {
    match c {
        '-' => true,
        c if c.is_ascii() => false,
        '\u{AD}' | '\u{2043}' | '\u{2212}' => true,
        c => c.general_category() == GeneralCategory::DashPunctuation,
    }
}

/// Whether a character separates like a space, seen or not.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{180E}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// The folded text, without any separator.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase(), &mut folded));
    } else {
        text.nfkc().flat_map(char::to_lowercase).nfkc().for_each(|c| push(c, &mut folded));
    }
    without_leading_zeros(&folded)
}

fn push(c: char, folded: &mut String) {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{2BC}' => folded.push('\''),
        c if is_dash(c) || is_space(c) => {}
        c => folded.push(c),
    }
}

/// Each group of digits as a number is written.
fn without_leading_zeros(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_number = false;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let more_digits = letters.peek().is_some_and(char::is_ascii_digit);
        if c == '0' && !in_number && more_digits {
            continue;
        }
        in_number = c.is_ascii_digit();
        kept.push(c);
    }
    kept
}

/// A place as a person writes it: one kind of space and one kind of dash, none at the ends.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for c in text.nfc() {
        let c = if is_dash(c) { '-' } else { c };
        if !is_space(c) {
            tidied.push(c);
        } else if !tidied.is_empty() && !tidied.ends_with(' ') {
            tidied.push(' ');
        }
    }
    tidied.truncate(tidied.trim_end().len());
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_meant_alike_fold_alike() {
        for (text, folded) in [
            ("A", "a"),
            ("007", "7"),
            ("0", "0"),
            ("00", "0"),
            ("A05", "a5"),
            ("A10", "a10"),
            ("a \u{2013} 5", "a5"),
            ("\u{FF21}\u{FF15}", "a5"),
            ("O\u{2019}B", "o'b"),
            ("e\u{301}", "\u{E9}"),
            ("1.05", "1.5"),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn separators_of_every_kind_become_one() {
        assert_eq!(tidy("\u{FEFF} A\u{A0}\u{202F}5 \u{2212}\u{2014} 7\t"), "A 5 -- 7");
    }
}
