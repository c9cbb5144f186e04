//! What people read about an event: where it takes place, what it is, and where there is more. Reached
//! through [`event`](crate::event).

use crate::limits::{MAX_DESCRIPTION_BYTES, MAX_LINK_BYTES, MAX_VENUE_BYTES};
use crate::text::text_type;
use crate::text_rules::{check_lines, check_link, check_visible};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

text_type!(
    /// What the place of an event is called: `Staatsoper`.
    VenueName, "venue", MAX_VENUE_BYTES, check_visible
);
text_type!(
    /// What an event is, in lines of text: line breaks are U+000A.
    lines Description, "description", MAX_DESCRIPTION_BYTES, check_lines
);
text_type!(
    /// Where people find more about an event: an address that begins with `https://` or `http://`.
    Link, "link", MAX_LINK_BYTES, check_link
);

/// What people read about an event beside its name and its times. Nothing is decided by it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct Presentation {
    pub venue: Option<VenueName>,
    pub description: Option<Description>,
    pub link: Option<Link>,
}

/// Another value of a field that may have none.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Edit<T> {
    /// The field has none from now on.
    Clear,
    Set(T),
}

impl<T> Edit<T> {
    /// What the field has afterwards.
    pub const fn as_value(&self) -> Option<&T> {
        match self {
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Edit<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_lines_and_hides_nothing() {
        let parse = |text: &str| Description::parse(text);
        let lines = parse("An evening.\r\n\r\nDoors at 19:00.\rNo breaks\n").expect("lines");
        assert_eq!(lines.as_str(), "An evening.\n\nDoors at 19:00.\nNo breaks");
        for text in ["👨\u{200D}👩\nمی\u{200C}خواهم", "  ", &"x".repeat(2_048)] {
            assert_eq!(parse(text).is_ok(), !text.trim().is_empty(), "{text:?}");
        }
        for wrong in ["", "\n", "a\tb", "a\u{202E}b", "a\u{2028}b", "a\n\u{200D}b", "\u{1b}[2J"] {
            assert!(parse(wrong).is_err(), "{wrong:?} was taken");
        }
        assert!(parse(&"x".repeat(2_049)).is_err());
    }

    #[test]
    fn a_link_leads_to_a_page() {
        for link in [
            "https://example.org",
            "http://example.org:8080/a?b=c#d",
            "https://[::1]/",
            "https://xn--bhne-0ra.example/%C3%BC",
        ] {
            assert!(Link::parse(link).is_ok(), "{link} was refused");
        }
        let long = format!("https://example.org/{}", "x".repeat(512));
        for wrong in [
            "",
            "example.org",
            "//example.org",
            "javascript:alert(1)",
            "JavaScript://example.org/%0aalert(1)",
            "data:text/html,x",
            "ftp://example.org",
            "HTTPS://example.org",
            "https://",
            "https:///path",
            "https://?q",
            "https://bank.example@evil.example/",
            "https://a.example/\"onclick=\"x",
            "https://a.example/<b>",
            "https://a.example/a b",
            "https://a.example\\@b.example",
            "https://bühne.example",
            " https://example.org",
            &long,
        ] {
            assert!(Link::parse(wrong).is_err(), "{wrong} was taken");
        }
    }
}
