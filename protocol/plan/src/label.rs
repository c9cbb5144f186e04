//! Labels of rows and seats: which are allowed, and how the two are printed together.

use crate::limits::{MAX_LABEL_BYTES, MAX_LABEL_CHARS};
use compact_str::CompactString;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Letters and marks that show nothing.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c,
        '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}')
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Letter
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && c.general_category() == GeneralCategory::DecimalNumber
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Whether a label may have this character somewhere.
pub(crate) fn is_of_label(c: char) -> bool {
    (is_letter(c) || is_digit(c) || is_mark(c) || c == '.' || c == '\'') && !is_blank(c)
}

/// Whether a label may begin with this character.
pub(crate) fn begins_label(c: char) -> bool {
    (is_letter(c) || is_digit(c)) && !is_blank(c)
}

/// The label in Unicode's normal form C.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn check_label(text: &str) -> Result<CompactString, String> {
    let label: CompactString = if is_nfc(text) { text.into() } else { text.nfc().collect() };
    if label.len() > MAX_LABEL_BYTES || label.chars().count() > MAX_LABEL_CHARS {
        return Err(format!(
            "a label has at most {MAX_LABEL_CHARS} characters and {MAX_LABEL_BYTES} bytes"
        ));
    }
    if let Some(c) = label.chars().find(|&c| !is_of_label(c)) {
        let c = if c.is_control() || is_blank(c) { String::new() } else { format!(" ({c})") };
        let code = label.chars().find(|&c| !is_of_label(c)).map_or(0, u32::from);
        return Err(format!(
            "a label has letters, digits, marks, `.` and `'`, and not U+{code:04X}{c}"
        ));
    }
    if !label.chars().next().is_some_and(begins_label) {
        return Err("a label begins with a letter or digit".to_owned());
    }
    if label.contains("..") || label.ends_with('.') {
        return Err("a label neither ends with a dot nor has two in a row: `..` is a range".into());
    }
    Ok(label)
}

/// Whether nothing stands between the two: the row is letters, the seat is digits.
fn joins(row: &str, seat: &str) -> bool {
    row.chars().all(|c| is_letter(c) || is_mark(c)) && seat.chars().all(is_digit)
}

/// The row and the seat of what [`print`] makes of them.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    if let Some(parts) = text.split_once('-') {
        return Some(parts);
    }
    let seat = text.find(is_digit)?;
    Some(text.split_at(seat))
}

/// What a seat is called within its section.
pub(crate) fn print(row: &str, seat: &str) -> CompactString {
    let mut text = CompactString::from(row);
    if !joins(row, seat) {
        text.push('-');
    }
    text.push_str(seat);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_letters_digits_marks_dots_and_apostrophes() {
        for good in ["A", "12", "A.2", "O'B", "\u{E9}", "\u{928}\u{93F}", "\u{E19}\u{E31}", "1bis"]
        {
            assert!(check_label(good).is_ok(), "{good:?}");
        }
        for (wrong, why) in [
            ("", "begins with"),
            ("A-1", "U+002D (-)"),
            ("A 1", "U+0020"),
            ("A\u{200B}", "U+200B"),
            ("\u{3164}", "U+3164"),
            ("A\u{202E}1", "U+202E"),
            (".A", "begins with"),
            ("\u{301}", "begins with"),
            ("A.", "ends with a dot"),
            ("A..B", "two in a row"),
            ("12345678901234567", "at most 16 characters"),
            ("\u{1F3AD}", "U+1F3AD"),
        ] {
            let error = check_label(wrong).expect_err(wrong);
            assert!(error.contains(why), "{wrong:?}: {error}");
        }
        assert_eq!(check_label("e\u{301}").as_deref(), Ok("\u{E9}"));
    }

    #[test]
    fn letters_and_digits_need_nothing_between_them() {
        for (row, seat, printed) in [
            ("A", "12", "A12"),
            ("12", "7", "12-7"),
            ("A", "B", "A-B"),
            ("A.2", "5", "A.2-5"),
            ("A1", "5", "A1-5"),
            ("A", "5a", "A-5a"),
            ("\u{E01}", "5", "\u{E01}5"),
        ] {
            assert_eq!(print(row, seat), printed);
        }
    }
}
