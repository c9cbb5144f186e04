//! The names of things and people. Each has a rule, and exists only if its text obeys it.

use crate::inline_text::InlineText;
use crate::limits::{
    MAX_BACKUP_NAME_BYTES, MAX_CLIENT_NAME_BYTES, MAX_CUSTOMER_ID_BYTES, MAX_EVENT_ID_BYTES,
    MAX_EVENT_NAME_BYTES, MAX_ORDER_NUMBER_BYTES, MAX_PRINCIPAL_BYTES, MAX_SECTION_NAME_BYTES,
    MAX_TOKEN_BYTES,
};
use crate::text::text_type;
use crate::text_rules::{check_file_name, check_label_name, check_slug, check_visible};

text_type!(
    /// An event's slug, chosen by who creates it: `dune-2`.
    EventId, "event", MAX_EVENT_ID_BYTES, check_slug
);
text_type!(
    /// Whom a reservation is for, in the shop's own words: a number, a name, an e-mail address.
    CustomerId, "customer", MAX_CUSTOMER_ID_BYTES, check_visible
);
text_type!(
    /// The shop's own number of a sale: `2026-000123`.
    OrderNumber, "order", MAX_ORDER_NUMBER_BYTES, check_visible
);
text_type!(
    /// A section's name: `stalls`, `Block D`. A reservation can have a hundred labels with one, so it lies in
    /// them, however long it is.
    SectionName, "section", MAX_SECTION_NAME_BYTES, check_label_name, InlineText<MAX_SECTION_NAME_BYTES>
);
text_type!(
    /// What a kind of tickets is called: `adult`, `child`.
    TicketType, "type", MAX_SECTION_NAME_BYTES, check_label_name, InlineText<MAX_SECTION_NAME_BYTES>
);
text_type!(
    /// What an event is called: `Dune: Part Two`.
    EventName, "name", MAX_EVENT_NAME_BYTES, check_visible
);
text_type!(
    /// What a client calls itself, for the server's log.
    ClientName, "client", MAX_CLIENT_NAME_BYTES, check_visible
);
text_type!(
    /// Who asked for a change, as the server knows it by a token.
    Principal, "principal", MAX_PRINCIPAL_BYTES, check_visible
);
text_type!(
    /// A secret that says who is asking.
    secret Token, "token", MAX_TOKEN_BYTES, check_visible
);
text_type!(
    /// What a backup is called: `2026-12-24.evening`. It is the name of a folder, and can be no
    /// path, no hidden file and no option of a command.
    BackupName, "backup", MAX_BACKUP_NAME_BYTES, check_file_name
);

impl SectionName {
    /// The name that these bytes are, in its one spelling.
    #[inline]
    pub(crate) fn of_bytes(text: &[u8]) -> Option<Self> {
        let name = Self(InlineText::of_bytes(text)?);
        check_label_name("section", name.as_str(), MAX_SECTION_NAME_BYTES).is_ok().then_some(name)
    }

    /// A number that is the same for equal names and seldom for others, made in a few instructions.
    /// Others can look for names that have the same one.
    #[inline]
    pub fn digest(&self) -> u64 {
        Self::digest_of(self.as_str())
    }

    /// The digest of the name that a text is, if it is one.
    #[inline]
    pub fn digest_of(text: &str) -> u64 {
        let bytes = text.as_bytes();
        let mixed = |digest: u64, word: u64| {
            (digest.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        };
        let (words, rest) = bytes.as_chunks();
        let digest =
            words.iter().map(|word| u64::from_le_bytes(*word)).fold(bytes.len() as u64, mixed);
        let last = match bytes.last_chunk() {
            Some(last) => u64::from_le_bytes(*last),
            None => rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
        };
        let digest = mixed(digest, last);
        digest ^ digest >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde::de::IntoDeserializer;
    use serde::de::value::StrDeserializer;

    #[test]
    fn names_that_differ_in_one_letter_have_other_digests() {
        let name = |number: u32| format!("section-{number:03}-of-the-open-air-hall");
        let names = (0..1_000).flat_map(|number| [name(number), number.to_string()]);
        let digest = |name: String| SectionName::parse(&name).expect("a word").digest();
        let digests: std::collections::BTreeSet<u64> = names.map(digest).collect();
        assert_eq!(digests.len(), 2_000);
    }

    #[test]
    fn names_that_deceive_are_refused() {
        for wrong in ["", " a", "a\0", "a\nb", "\u{202E}evil", "a\u{200B}b", &"x".repeat(129)] {
            assert!(CustomerId::parse(wrong).is_err(), "{wrong:?} was taken");
        }
        assert!(CustomerId::parse("Zoë Ångström 山田").is_ok());
    }

    #[test]
    fn names_are_what_people_write() {
        for name in [
            "Swan Lake ❤\u{FE0F}",
            "Family day 👨\u{200D}👩\u{200D}👧",
            "می\u{200C}خواهم زنده بمانم",
            "สวัสดี",
            "क्षत्रिय",
        ] {
            assert!(EventName::parse(name).is_ok(), "{name:?} was refused");
        }
        for name in ["Block D", "ชั้นล่าง", "बाल्कनी", "1st floor", "St. Mary's", "père-lachaise"]
        {
            assert!(SectionName::parse(name).is_ok(), "{name:?} was refused");
        }
        for name in ["a:b", "a,b", " a", "a ", "a  b", "a/b", "❤"] {
            assert!(SectionName::parse(name).is_err(), "{name:?} was taken");
        }
    }

    #[test]
    fn two_spellings_of_a_customer_are_one() {
        let (composed, decomposed) = ("Jos\u{E9} Diaz", "Jose\u{301}\u{A0}Diaz");
        let parse = |text| CustomerId::parse(text).expect("a customer");
        assert_eq!(parse(composed), parse(decomposed));
        let read: StrDeserializer<'_, serde::de::value::Error> = decomposed.into_deserializer();
        assert_eq!(CustomerId::deserialize(read), Ok(parse(composed)));
    }

    #[test]
    fn a_token_has_the_bytes_that_were_written() {
        let token = Token::parse("s\u{E9}cret").expect("visible text");
        assert_eq!(token.as_str(), "s\u{E9}cret");
    }

    #[test]
    fn a_token_is_not_shown_where_it_could_be_logged() {
        let token = Token::parse("s3cret").expect("visible text");
        assert_eq!(format!("{token:?}"), "Token(..)");
        assert_eq!(token.to_string(), "s3cret");
    }

    #[test]
    fn a_backup_has_the_name_of_one_folder() {
        for wrong in [
            "",
            ".",
            "..",
            "../up",
            "a/b",
            "a\\b",
            "/",
            ".hidden",
            "ends.",
            "-rf",
            "a\0b",
            "a b",
            "a~",
            "a\n",
            "C:",
            "ä",
            "\u{202E}gpj.exe",
            "a\u{200B}",
            &"x".repeat(65),
        ] {
            assert!(BackupName::parse(wrong).is_err(), "{wrong:?} was taken");
        }
        for right in ["1", "friday", "2026-12-24T18_00.before-sale", &"x".repeat(64)] {
            assert!(BackupName::parse(right).is_ok(), "{right:?} was refused");
        }
    }
}
