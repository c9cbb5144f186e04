//! Text that is safe to print.

use boxoffice_client::protocol::is_deceptive;
use std::borrow::Cow;
use std::fmt::Write;

/// Shows what would move the cursor, hide itself or reorder its neighbours as `\u{1b}`; a line end
/// too. Other text stays as it is.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_deceptive(c) {
            escaped.extend(c.escape_unicode());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// The same for a line of JSON, in its own escapes. The control characters of ASCII are escaped
/// already, and nothing outside a JSON string is deceptive.
pub(super) fn escape_json(line: &str) -> Cow<'_, str> {
    if !line.contains(is_deceptive) {
        return Cow::Borrowed(line);
    }
    let mut escaped = String::with_capacity(line.len() + 16);
    for c in line.chars() {
        if is_deceptive(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04x}").ok();
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// An argument as a POSIX shell takes it back.
pub fn shell_quote(argument: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        Cow::Borrowed(argument)
    } else {
        Cow::Owned(format!("'{}'", argument.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceptive_text_is_shown() {
        assert_eq!(escape("Zoë's 夜 🎭"), "Zoë's 夜 🎭");
        assert_eq!(escape("a\x1b[2Jb\u{9b}c\u{202e}d\n"), "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\u{a}");
    }

    #[test]
    fn deceptive_json_stays_the_same_json() {
        let text = "a\x1b[2J\u{9b}\u{202e}\u{e0001}ë";
        let line = serde_json::to_string(text).expect("a string");
        let escaped = escape_json(&line);
        assert!(!escaped.contains(is_deceptive));
        assert_eq!(serde_json::from_str::<String>(&escaped).expect("JSON"), text);
    }

    #[test]
    fn arguments_come_back_as_they_were() {
        assert_eq!(shell_quote("ann@example.org"), "ann@example.org");
        assert_eq!(shell_quote("Zoë O'Hara"), r"'Zoë O'\''Hara'");
        assert_eq!(shell_quote("$(id)"), "'$(id)'");
        assert_eq!(shell_quote(""), "''");
    }
}
