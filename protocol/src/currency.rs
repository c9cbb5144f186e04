//! What prices are in. Reached through [`event`](crate::event).

use crate::text::{InvalidField, decode_text, deserialize_text, invalid};
use crate::varint::encode_bytes;
use bincode::de::BorrowDecoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The currencies of ISO 4217 (list one, 1 January 2026) by the digits of their minor unit. Metals,
/// units of account and codes for tests have no minor unit, and no price is in them.
const ISO_4217: [(u8, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
         CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
         GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD \
         LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB \
         PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP \
         SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW \
         ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// The most digits of a minor unit.
const MAX_DIGITS: u8 = 4;

/// A currency, and what its amounts are counted in: 4500 is 45.00 EUR, and 4500 JPY.
///
/// It is parsed by the list of ISO 4217. On the wire its digits go with it, so that a reader of
/// amounts needs no list, and shows an event whose currency is newer than its program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Serialize, Deserialize)]
#[serde(try_from = "(CurrencyCode, u8)", into = "(CurrencyCode, u8)")]
pub struct Currency {
    code: CurrencyCode,
    digits: u8,
}

impl Currency {
    pub const EUR: Self = Self { code: CurrencyCode(*b"EUR"), digits: 2 };

    /// Parses a code of ISO 4217.
    ///
    /// # Errors
    /// [`InvalidField`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        Self::of(CurrencyCode::parse(text)?)
    }

    /// The currency of this code.
    ///
    /// # Errors
    /// [`InvalidField`] if ISO 4217 has none.
    pub fn of(code: CurrencyCode) -> Result<Self, InvalidField> {
        let has = |codes: &str| codes.split(' ').any(|known| known == code.as_str());
        match ISO_4217.iter().find(|(_, codes)| has(codes)) {
            Some(&(digits, _)) => Ok(Self { code, digits }),
            None => Err(wrong(&format!(
                "{code} is no currency of ISO 4217; write the code that prices are in, like EUR, and \
                 the current one where it was replaced"
            ))),
        }
    }

    /// A currency as it was told or recorded.
    ///
    /// # Errors
    /// [`InvalidField`] if no currency has as many digits.
    pub fn told(code: CurrencyCode, digits: u8) -> Result<Self, InvalidField> {
        match digits <= MAX_DIGITS {
            true => Ok(Self { code, digits }),
            false => Err(wrong("a minor unit has at most 4 digits")),
        }
    }

    /// Checks that it is one of this program's list, with the same digits: a new event's has to be.
    ///
    /// # Errors
    /// [`InvalidField`] says which digits it has, or that it is unknown.
    pub fn check(self) -> Result<(), InvalidField> {
        let Self { code, digits } = self;
        match Self::of(code)?.digits {
            known if known == digits => Ok(()),
            known => {
                Err(wrong(&format!("{code} has {known} digits behind the point, not {digits}")))
            }
        }
    }

    pub const fn code(self) -> CurrencyCode {
        self.code
    }

    /// The digits of its minor unit.
    pub const fn digits(self) -> u8 {
        self.digits
    }
}

fn wrong(why: &str) -> InvalidField {
    InvalidField::new("currency", why)
}

impl<'de, C> BorrowDecode<'de, C> for Currency {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let (code, digits) = BorrowDecode::borrow_decode(decoder)?;
        Self::told(code, digits).map_err(invalid)
    }
}

impl TryFrom<(CurrencyCode, u8)> for Currency {
    type Error = InvalidField;

    fn try_from((code, digits): (CurrencyCode, u8)) -> Result<Self, InvalidField> {
        Self::told(code, digits)
    }
}

impl From<Currency> for (CurrencyCode, u8) {
    fn from(currency: Currency) -> Self {
        (currency.code, currency.digits)
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
        self.code.fmt(f)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.code, self.digits)
    }
}

/// Three capital letters: `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// Parses three capital letters.
    ///
    /// # Errors
    /// [`InvalidField`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(wrong("must be an ISO 4217 code, like EUR")),
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CurrencyCode {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        Self::parse(text)
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Encode for CurrencyCode {
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        encode_bytes(&self.0, encoder)
    }
}

impl<'de, C> BorrowDecode<'de, C> for CurrencyCode {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        decode_text(decoder, "currency", Self::parse)
    }
}

impl Serialize for CurrencyCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_parsed_once_with_its_digits() {
        let mut codes: Vec<_> = ISO_4217.iter().flat_map(|(_, codes)| codes.split(' ')).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!((codes.len(), count), (165, 165));
        for (digits, code) in [(2, "EUR"), (0, "JPY"), (3, "KWD"), (2, "HUF"), (4, "CLF")] {
            let currency = Currency::parse(code).expect(code);
            assert_eq!((currency.digits(), currency.to_string()), (digits, code.to_owned()));
            assert_eq!(currency.check(), Ok(()));
        }
    }

    #[test]
    fn an_unknown_code_and_other_digits_are_refused_with_what_to_do() {
        for (text, why) in [
            ("eur", "must be an ISO 4217 code, like EUR"),
            ("XXX", "XXX is no currency of ISO 4217; write the code that prices are in"),
            ("DEM", "DEM is no currency"),
            ("XAU", "XAU is no currency"),
        ] {
            let fault = Currency::parse(text).expect_err(text).why;
            assert!(fault.starts_with(why), "{fault}");
        }
        let told = |text, digits| Currency::told(CurrencyCode::parse(text).expect(text), digits);
        let yen = told("JPY", 2).expect("digits of some currency");
        assert_eq!(yen.check().expect_err("other").why, "JPY has 0 digits behind the point, not 2");
        assert!(told("QQQ", 3).is_ok_and(|currency| currency.check().is_err()));
        assert!(told("EUR", 5).is_err());
    }
}
