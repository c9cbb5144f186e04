//! The names of things and people. Each has a rule, and exists only if its text obeys it.

use crate::inline_text::InlineText;
use crate::limits::{
    MAX_BACKUP_NAME_BYTES, MAX_CLIENT_NAME_BYTES, MAX_CUSTOMER_ID_BYTES, MAX_EVENT_ID_BYTES,
    MAX_EVENT_NAME_BYTES, MAX_SECTION_NAME_BYTES, MAX_TOKEN_BYTES,
};
use crate::text::text_type;
use crate::text_rules::{check_file_name, check_slug, check_visible, check_word};

text_type!(
    /// An event's slug, chosen by who creates it: `dune-2`.
    EventId, "event", MAX_EVENT_ID_BYTES, check_slug
);
text_type!(
    /// Whom a reservation is for, in the shop's own words: a number, a name, an e-mail address.
    CustomerId, "customer", MAX_CUSTOMER_ID_BYTES, check_visible
);
text_type!(
    /// A section's name: `stalls`. A reservation can have a hundred labels with one, so it lies in
    /// them, however long it is.
    SectionName, "section", MAX_SECTION_NAME_BYTES, check_word, InlineText<MAX_SECTION_NAME_BYTES>
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
    Principal, "principal", MAX_CUSTOMER_ID_BYTES, check_visible
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_deceive_are_refused() {
        for wrong in ["", " a", "a\0", "a\nb", "\u{202E}evil", "a\u{200B}b", &"x".repeat(65)] {
            assert!(CustomerId::parse(wrong).is_err(), "{wrong:?} was taken");
        }
        assert!(CustomerId::parse("Zoë Ångström 山田").is_ok());
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
