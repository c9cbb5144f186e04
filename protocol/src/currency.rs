//! What prices are in. Reached through [`event`](crate::event).

use crate::text::{InvalidField, decode_text, deserialize_text, encode_text};
use bincode::de::BorrowDecoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency code: `EUR`. Three capital letters; whether such a currency exists is the
/// shop's business. Amounts are whole minor units (cents).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// Currencies by the decimals of their minor unit where these are not two, as ISO 4217 lists them.
/// The page has the same lines in `server/web/shared/currency.js`, and a test compares them.
pub const DECIMALS: [(usize, &str); 3] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    /// Parses three capital letters.
    ///
    /// # Errors
    /// [`InvalidField`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(InvalidField::new("currency", "must be an ISO 4217 code, like EUR")),
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The decimals of a minor unit: an amount of 4500 is 45.00 EUR, and 4500 JPY.
    pub fn decimals(self) -> usize {
        let has = |codes: &str| codes.split(' ').any(|code| code == self.as_str());
        DECIMALS.iter().find(|(_, codes)| has(codes)).map_or(2, |(decimals, _)| *decimals)
    }
}

impl FromStr for Currency {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        Self::parse(text)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Encode for Currency {
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        encode_text(self.as_str(), encoder)
    }
}

impl<'de, C> BorrowDecode<'de, C> for Currency {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        decode_text(decoder, "currency", Self::parse)
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, Self::parse)
    }
}
