//! Text as people write it, in any script: its one spelling, and the characters that deceive.
//!
//! The spelling is the profile `OpaqueString` of PRECIS (RFC 8265, 4.2): Unicode's normal form C,
//! with every space an ASCII space. Characters that hide or reorder text are those that UTS 39
//! keeps out of identifiers. Scripts and emoji need a few of them: joiners stand where RFC 5892
//! (appendix A) and UTS 51 have them, and nowhere else.

use std::borrow::Cow;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc, is_nfc_quick};
use unicode_properties::{
    GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory,
};

/// A text in its one spelling.
pub(crate) fn normalized(text: &str) -> Cow<'_, str> {
    if is_normal(text) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_space(c) { ' ' } else { c }).nfc().collect::<String>().into()
}

/// Lines of text in their one spelling: line breaks are U+000A, and around the text there is no white
/// space, like the line break at the end of a file.
pub(crate) fn normalized_lines(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains('\r') {
        return normalized(&text.replace("\r\n", "\n").replace('\r', "\n")).into_owned().into();
    }
    normalized(text)
}

/// Whether a text is in its one spelling.
pub(crate) fn is_normal(text: &str) -> bool {
    if text.is_ascii() {
        return true;
    }
    let is_composed = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => is_nfc(text),
    };
    is_composed && !text.contains(|c| c != ' ' && is_space(c))
}

/// A mark that belongs to the letter before it.
pub(crate) fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Replaces characters that hide or reorder text, move the cursor or end a line by their escapes,
/// like `\u{1b}`. Other text stays as it is.
pub fn escape_deceptive(text: &str) -> Cow<'_, str> {
    replace_deceptive(text, |c, into| into.extend(c.escape_unicode()))
}

/// Replaces each deceptive character by what `write` makes of it.
pub fn replace_deceptive(text: &str, mut write: impl FnMut(char, &mut String)) -> Cow<'_, str> {
    let mut replaced = String::new();
    let mut copied = 0;
    for (at, c) in deceptive(text) {
        replaced.push_str(&text[copied..at]);
        write(c, &mut replaced);
        copied = at + c.len_utf8();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    replaced.push_str(&text[copied..]);
    Cow::Owned(replaced)
}

/// The characters of a text that hide themselves or reorder their neighbours, and where they are.
pub(crate) fn deceptive(text: &str) -> impl Iterator<Item = (usize, char)> {
    let candidates = text.char_indices().filter(|&(_, c)| is_suspect(c));
    candidates.filter(|&(at, c)| {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        !is_needed(c, before, after)
    })
}

/// Whether a character hides itself or reorders its neighbours: control characters, bidirectional
/// overrides, and characters without width.
fn is_suspect(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a suspect character does at its place what it is for.
fn is_needed(c: char, before: &str, after: &str) -> bool {
    let (previous, next) = (before.chars().next_back(), after.chars().next());
    match c {
        // The emoji presentation, or the text presentation, of a character that has both.
        '\u{FE0E}' | '\u{FE0F}' => {
            previous.is_some_and(|c| is_emoji(c) || is_keycap(c) && next == Some('\u{20E3}'))
        }
        // A joiner: between emoji, and after a virama.
        '\u{200D}' => {
            let is_joined = |c| is_emoji(c) || c == '\u{FE0F}';
            previous.is_some_and(is_virama)
                || previous.is_some_and(is_joined) && next.is_some_and(is_emoji)
        }
        // A non-joiner: after a virama, and between letters that would join.
        '\u{200C}' => {
            let letter = before.chars().rev().find(|&c| !is_mark(c));
            previous.is_some_and(is_virama)
                || letter.is_some_and(is_cursive) && next.is_some_and(is_cursive)
        }
        _ => false,
    }
}

fn is_space(c: char) -> bool {
    c.general_category() == GeneralCategory::SpaceSeparator
}

fn is_virama(c: char) -> bool {
    canonical_combining_class(c) == 9
}

fn is_emoji(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char()
}

fn is_keycap(c: char) -> bool {
    c.is_ascii_digit() || c == '#' || c == '*'
}

/// A letter of a script whose letters join: Arabic, Syriac, N'Ko, Mandaic, Mongolian.
fn is_cursive(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c,
            '\u{0620}'..='\u{077F}' | '\u{07CA}'..='\u{07EA}' | '\u{0840}'..='\u{0858}'
            | '\u{0860}'..='\u{08FF}' | '\u{1820}'..='\u{18AA}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn deceives(text: &str) -> bool {
        deceptive(text).next().is_some()
    }

    #[test]
    fn joiners_stand_where_scripts_and_emoji_need_them() {
        for text in [
            "Swan Lake ❤\u{FE0F}",
            "👨\u{200D}👩\u{200D}👧",
            "🏳\u{FE0F}\u{200D}🌈",
            "stage 1\u{FE0F}\u{20E3}",
            "می\u{200C}خواهم",
            "श्री\u{200D}".trim_end_matches('\u{200D}'),
            "क\u{94D}\u{200D}ष",
            "क\u{94D}\u{200C}ष",
        ] {
            assert!(!deceives(text), "{text:?} was refused");
        }
        for text in [
            "a\u{200D}b",
            "a\u{200C}b",
            "\u{200D}",
            "\u{FE0F}",
            "a\u{FE0F}",
            "1\u{FE0F}",
            "👨\u{200D}",
            "👨\u{200D}x",
            "می\u{200C}",
            "ا\u{200B}ا",
            "❤\u{FE0F}\u{FE0F}",
        ] {
            assert!(deceives(text), "{text:?} was taken");
        }
    }

    #[test]
    fn deceptive_text_is_shown_by_its_escapes() {
        assert_eq!(escape_deceptive("Zoë's 夜 🎭 👨\u{200D}👩"), "Zoë's 夜 🎭 👨\u{200D}👩");
        let escaped = escape_deceptive("a\x1b[2Jb\u{9b}c\u{202e}d\n\u{200D}");
        assert_eq!(escaped, "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\u{a}\\u{200d}");
    }

    #[test]
    fn two_spellings_are_one() {
        assert_eq!(normalized("Jose\u{301}"), "José");
        assert_eq!(normalized("Ann\u{A0}Lee"), "Ann Lee");
        assert!(matches!(normalized("José"), Cow::Borrowed(_)));
        assert!(is_normal("José") && !is_normal("Jose\u{301}") && !is_normal("Ann\u{2003}Lee"));
    }

    proptest! {
        #[test]
        fn a_normalized_text_is_normal_and_escaped_text_deceives_no_more(text in "\\PC{0,20}|.{0,20}") {
            prop_assert!(is_normal(&normalized(&text)));
            prop_assert!(!deceives(&escape_deceptive(&text)));
        }
    }
}
