//! Names and places, parsed once and valid for ever after. The places are in `seat`.

mod seat;

pub use seat::{RowLabel, Seat, SeatLabel};

use crate::limits::{
    MAX_BACKUP_NAME_BYTES, MAX_CLIENT_NAME_BYTES, MAX_CUSTOMER_ID_BYTES, MAX_EVENT_ID_BYTES,
    MAX_EVENT_NAME_BYTES, MAX_SECTION_NAME_BYTES, MAX_TOKEN_BYTES,
};
use crate::text::InvalidField;
use crate::text::{check_file_name, check_slug, check_visible, check_word, text_type};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

text_type!(
    /// An event's slug, chosen by who creates it: `dune-2`.
    EventId, "event", MAX_EVENT_ID_BYTES, check_slug
);
text_type!(
    /// Whom a reservation is for, in the shop's own words: a number, a name, an e-mail address.
    CustomerId, "customer", MAX_CUSTOMER_ID_BYTES, check_visible
);
text_type!(
    /// A section's name: `stalls`.
    SectionName, "section", MAX_SECTION_NAME_BYTES, check_word
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

/// A reservation's id: a UUID of version 7 (RFC 9562), chosen by the client before it sends, unique
/// within its event. 16 bytes, big endian, on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ReservationId([u8; 16]);

impl ReservationId {
    /// Takes a UUID of version 7.
    ///
    /// # Errors
    /// [`InvalidField`] for any other version or variant.
    pub fn from_uuid(id: uuid::Uuid) -> Result<Self, InvalidField> {
        let version_7 = id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122;
        if version_7 {
            Ok(Self(id.into_bytes()))
        } else {
            Err(InvalidField::new("id", "must be a UUID of version 7 (RFC 9562)"))
        }
    }

    /// An id made at `time` from 74 random bits, of which the first 74 of `random` are taken.
    pub fn new(time: Timestamp, random: [u8; 10]) -> Self {
        Self(
            uuid::Builder::from_unix_timestamp_millis(time.as_ms(), &random)
                .into_uuid()
                .into_bytes(),
        )
    }

    /// The sixteen bytes, big endian.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The time in the id, as its maker's clock had it.
    pub fn time(self) -> Timestamp {
        let mut ms = [0; 8];
        ms[2..].copy_from_slice(&self.0[..6]);
        Timestamp::from_ms(u64::from_be_bytes(ms))
    }
}

impl FromStr for ReservationId {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        let id = uuid::Uuid::try_parse(text).map_err(|_| {
            InvalidField::new(
                "id",
                "must be a UUID of version 7, like 0192d3a0-7b1c-7def-8a12-3456789abcde",
            )
        })?;
        Self::from_uuid(id)
    }
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(uuid::Uuid::from_bytes(self.0).hyphenated().encode_lower(&mut [0; 36]))
    }
}

impl fmt::Debug for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<'de> Deserialize<'de> for ReservationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = crate::wire::sixteen_bytes(deserializer)?;
        Self::from_uuid(uuid::Uuid::from_bytes(bytes)).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn only_version_7_makes_a_reservation_id() {
        assert!(ReservationId::from_str("0192d3a0-7b1c-7def-8a12-3456789abcde").is_ok());
        assert!(ReservationId::from_str("0192d3a0-7b1c-4def-8a12-3456789abcde").is_err());
        assert!(ReservationId::from_str("0192d3a0-7b1c-7def-0a12-3456789abcde").is_err());
    }

    proptest! {
        #[test]
        fn an_id_keeps_its_time(ms in 0..(1u64 << 48), random: [u8; 10]) {
            prop_assert_eq!(ReservationId::new(Timestamp::from_ms(ms), random).time().as_ms(), ms);
        }
    }
}
