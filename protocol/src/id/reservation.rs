//! The id of a reservation.

use crate::text::{InvalidField, invalid};
use crate::time::Timestamp;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A reservation's id: a UUID of version 7 (RFC 9562), chosen by the client before it sends, unique
/// within its event. 16 bytes, big endian, on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Serialize)]
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

impl PartialOrd for ReservationId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By bytes; as numbers, they are compared in a few instructions.
impl Ord for ReservationId {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
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

impl<'de, C> BorrowDecode<'de, C> for ReservationId {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::from_uuid(uuid::Uuid::from_bytes(<[u8; 16]>::borrow_decode(decoder)?))
            .map_err(invalid)
    }
}

impl<'de> Deserialize<'de> for ReservationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Deserialize::deserialize(deserializer)?;
        Self::from_uuid(uuid::Uuid::from_bytes(bytes)).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
