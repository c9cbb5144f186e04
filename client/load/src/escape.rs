//! Escaping: text that is safe to print, in each format.

pub use boxoffice_client::protocol::escape_deceptive as escape;
use boxoffice_client::protocol::replace_deceptive;
use std::borrow::Cow;
use std::fmt::Write;

/// A line of JSON without characters that deceive, in JSON's escapes. ASCII control characters are
/// escaped in it already, and nothing outside its strings is deceptive.
pub fn escape_json(line: &str) -> Cow<'_, str> {
    replace_deceptive(line, |c, into| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(into, "\\u{unit:04x}").ok();
        }
    })
}

/// An argument, quoted for a POSIX shell.
pub fn shell_quote(argument: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        Cow::Borrowed(argument)
    } else {
        Cow::Owned(format!("'{}'", argument.replace('\'', r"'\''")))
    }
}

/// Text in a page: no markup, and nothing deceptive.
pub(crate) fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in escape(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deceptive_json_stays_the_same_json() {
        let text = "a\x1b[2J\u{9b}\u{202e}\u{e0001}ë";
        let line = serde_json::to_string(text).expect("a string");
        let escaped = escape_json(&line);
        assert_eq!(escape(&escaped), escaped, "nothing in it deceives");
        assert_eq!(serde_json::from_str::<String>(&escaped).expect("JSON"), text);
    }

    #[test]
    fn arguments_come_back_as_they_were() {
        assert_eq!(shell_quote("ann@example.org"), "ann@example.org");
        assert_eq!(shell_quote("Zoë O'Hara"), r"'Zoë O'\''Hara'");
        assert_eq!(shell_quote("$(id)"), "'$(id)'");
        assert_eq!(shell_quote(""), "''");
    }

    #[test]
    fn text_in_a_page_is_no_markup() {
        assert_eq!(
            escape_html("<b a='1'>\"&\u{202e}\x1b"),
            "&lt;b a=&#39;1&#39;&gt;&quot;&amp;\\u{202e}\\u{1b}"
        );
    }
}
