//! Names of sections, categories and floors, and texts on the drawing: what people write.

use crate::label::is_blank;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Joiners and the emoji selector, which scripts and emoji need between or behind their letters.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE0F}')
}

/// Whether a character shows something and leaves its neighbours where they are.
fn is_shown(c: char) -> bool {
    if is_blank(c) {
        return false;
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Number
        | GeneralCategoryGroup::Punctuation
        | GeneralCategoryGroup::Symbol => true,
        _ => c.general_category() == GeneralCategory::SpaceSeparator,
    }
}

/// The text in normal form C.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn check_text(text: &str, max: usize) -> Result<String, String> {
    let text: String = text.nfc().collect();
    if text.trim().is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.len() > max {
        return Err(format!("must be at most {max} bytes, this is {}", text.len()));
    }
    if text.trim() != text || text.starts_with(is_joiner) {
        return Err("must not begin or end with white space or a joiner".to_owned());
    }
    match text.chars().find(|&c| !is_shown(c) && !is_joiner(c)) {
        None => Ok(text),
        Some(c) => Err(format!("must not have the invisible character U+{:04X}", u32::from(c))),
    }
}

/// Whether a section's name may have this character, which separates no seats from each other.
fn is_of_section_name(c: char) -> bool {
    let is_mark = || c.general_category_group() == GeneralCategoryGroup::Mark;
    matches!(c, ' ' | '-' | '_' | '.' | '\'' | '\u{2019}' | '\u{200C}' | '\u{200D}')
        || c.is_alphanumeric()
        || !c.is_ascii() && is_mark() && c != '\u{FE0F}'
}

/// The name of a section, which may stand before a seat: the same rule as for sections of events.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn check_section_name(text: &str, max: usize) -> Result<String, String> {
    let name = check_text(text, max)?;
    if let Some(c) = name.chars().find(|&c| !is_of_section_name(c)) {
        return Err(format!(
            "has letters, digits, and between them spaces, hyphens, underscores, dots and \
             apostrophes; not `{c}`"
        ));
    }
    if name.contains("  ") {
        return Err("must have single spaces".to_owned());
    }
    Ok(name)
}

/// A section's name like `text` that passes, of at most `max` bytes; empty if nothing can stay.
pub(crate) fn mend_section_name(text: &str, max: usize) -> String {
    mend(text, max, is_of_section_name)
}

/// The same for a name that stands before no seat.
pub(crate) fn mend_text(text: &str, max: usize) -> String {
    mend(text, max, |_| true)
}

fn mend(text: &str, max: usize, is_allowed: fn(char) -> bool) -> String {
    let mut name = String::new();
    for c in text.nfc() {
        let stays = (is_shown(c) || is_joiner(c)) && is_allowed(c) && !c.is_whitespace();
        let c = if stays { c } else { ' ' };
        let wanted = match c {
            ' ' => !name.is_empty() && !name.ends_with(' '),
            c => !(name.is_empty() && is_joiner(c)),
        };
        if wanted && name.len() + c.len_utf8() <= max {
            name.push(c);
        }
    }
    // What was cut off may have held its neighbours together, so normal form may change once more.
    let mut name: String = name.trim().nfc().collect();
    while name.len() > max {
        name.pop();
    }
    name.trim().to_owned()
}

/// A colour: `#` and three to eight hexadecimal digits, or a word.
///
/// # Errors
/// What a colour looks like.
pub(crate) fn check_color(text: &str) -> Result<(), String> {
    let hexadecimal = text.strip_prefix('#').is_some_and(|digits| {
        [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    });
    let word = (1..=crate::limits::MAX_COLOR_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphabetic());
    if hexadecimal || word {
        return Ok(());
    }
    Err("a colour looks like #88aa00, or is a word like teal".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_real_halls_have() {
        for name in ["Block D", "ชั้นล่าง", "बाल्कनी", "می\u{200C}خواهم", "1er étage", "O’Hara-Loge"]
        {
            assert_eq!(check_section_name(name, 64).as_deref(), Ok(name));
        }
        for name in ["Swan Lake ❤️", "Family day 👨‍👩‍👧", "Category (A): 1, 2"] {
            assert_eq!(check_text(name, 64).as_deref(), Ok(name));
            assert!(check_section_name(name, 64).is_err(), "{name:?} was taken");
        }
        for wrong in ["", " ", " A", "A\u{202E}B", "A\u{7}", "\u{200D}A", "\u{3164}", "12345678901"]
        {
            assert!(check_text(wrong, 10).is_err(), "{wrong:?} was taken");
        }
        for wrong in ["A:B", "A,B", "A;B", "A|B", "A  B"] {
            assert!(check_section_name(wrong, 10).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn mended_names_pass() {
        let texts = [
            "A:B",
            "  x ",
            "\u{202E}abc",
            "a,b; c|d",
            "\u{200D}",
            "0123456789abc",
            "e\u{301}",
            "❤️ a",
        ];
        for text in texts {
            let name = mend_section_name(text, 10);
            let passed = check_section_name(&name, 10);
            assert!(name.is_empty() || passed == Ok(name.clone()), "{text:?} became {name:?}");
            let name = mend_text(text, 10);
            let passed = check_text(&name, 10);
            assert!(name.is_empty() || passed == Ok(name.clone()), "{text:?} became {name:?}");
        }
        assert_eq!(mend_text("Category (A)", 20), "Category (A)");
        assert_eq!(mend_section_name("Category (A): left", 20), "Category A left");
    }

    #[test]
    fn colours_are_hexadecimal_or_words() {
        for good in ["#88aa00", "#abc", "#11223344", "teal"] {
            assert_eq!(check_color(good), Ok(()));
        }
        for wrong in ["", "#12", "rgb(1,2,3)", "url(x)", "#gggggg", "\"><script>"] {
            assert!(check_color(wrong).is_err(), "{wrong:?}");
        }
    }
}
