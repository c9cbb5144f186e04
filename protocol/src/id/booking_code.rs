//! The short word by which people find a reservation.

use crate::text::InvalidField;
use bincode::{BorrowDecode, Encode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The digits of [Crockford's base 32](https://www.crockford.com/base32.html): no `I`, `L`, `O`, `U`.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many digits a code has, of 5 bits each.
const LENGTH: u32 = 8;

/// A booking code: 40 bits, which people read as 8 characters of Crockford's base 32. The server
/// computes it of event and id. Two reservations may have the same one, and it is no right: it finds
/// a reservation for those that may see it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, BorrowDecode)]
pub struct BookingCode([u8; 5]);

impl BookingCode {
    /// The code of a hash, of which it has the highest bits.
    #[inline]
    pub const fn of_hash(hash: u64) -> Self {
        let [a, b, c, d, e, ..] = hash.to_be_bytes();
        Self([a, b, c, d, e])
    }

    const fn bits(self) -> u64 {
        let [a, b, c, d, e] = self.0;
        u64::from_be_bytes([0, 0, 0, a, b, c, d, e])
    }
}

impl fmt::Display for BookingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.bits();
        let digit = |place: u32| {
            let value = u8::try_from(bits >> (5 * place) & 31).unwrap_or_default();
            char::from(DIGITS[usize::from(value)])
        };
        f.pad(&(0..LENGTH).rev().map(digit).collect::<compact_str::CompactString>())
    }
}

impl fmt::Debug for BookingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As people write it: in either case, with hyphens or spaces between, `I` and `L` for `1`, `O` for
/// `0`.
impl FromStr for BookingCode {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        let why = "8 letters and digits, like 7K3M9QPA, without U";
        bits_of(text)
            .map(|bits| Self::of_hash(bits << (64 - 5 * LENGTH)))
            .ok_or_else(|| InvalidField::new("code", why))
    }
}

fn bits_of(text: &str) -> Option<u64> {
    let (mut bits, mut length) = (0, 0);
    for byte in text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')) {
        let digit = match byte.to_ascii_uppercase() {
            b'I' | b'L' => b'1',
            b'O' => b'0',
            other => other,
        };
        let value = DIGITS.iter().position(|known| *known == digit)?;
        length += 1;
        if length > LENGTH {
            return None;
        }
        bits = bits << 5 | value as u64;
    }
    (length == LENGTH).then_some(bits)
}

impl Serialize for BookingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for BookingCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 5]>::deserialize(deserializer).map(Self);
        }
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|error: InvalidField| D::Error::custom(error.why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_as_people_write_it() {
        let code = BookingCode::of_hash(0x0120_1f00_fd00_0000);
        assert_eq!(code.to_string(), "04G1Y07X");
        for written in ["04G1Y07X", "04g1y07x", "o4GL-Y07X", "O4gI-yo7-x", " 04g1 y07x"] {
            assert_eq!(written.parse(), Ok(code), "{written}");
        }
    }

    #[test]
    fn codes_of_all_bits_read_back() {
        let mut hash: u64 = 1;
        for _ in 0..1_000 {
            hash = hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let code = BookingCode::of_hash(hash);
            assert_eq!(code.to_string().parse(), Ok(code));
            assert_eq!(code.bits(), hash >> 24);
        }
    }

    #[test]
    fn other_words_are_none() {
        for wrong in ["", "-", "04G1Y07", "04G1Y07XX", "04G1Y07U", "04G1Y07*", "04G1Y07é"] {
            assert!(wrong.parse::<BookingCode>().is_err(), "{wrong:?}");
        }
    }
}
