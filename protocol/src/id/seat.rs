//! Seats, and what they are called.

use super::names::SectionName;
use crate::limits::{MAX_ROW_SEATS, MAX_ROWS};
use crate::text::{InvalidField, decode_text, deserialize_text, encode_text};
use bincode::de::BorrowDecoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A seat, as an event's sections number it: 8 bits of section, 12 of row, 12 of seat, each from 0,
/// the section in the high bits. What a seat is called follows from the sections: see
/// [`Sections::label`](crate::event::Sections::label).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, BorrowDecode, Serialize, Deserialize,
)]
pub struct Seat(u32);

impl Seat {
    /// The seat `number` of `row` of `section`, all from 0.
    ///
    /// # Panics
    /// If a number is out of its bound: [`MAX_ROWS`], [`MAX_ROW_SEATS`].
    pub fn new(section: u8, row: u16, number: u16) -> Self {
        assert!(usize::from(row) < MAX_ROWS && number < MAX_ROW_SEATS, "a seat out of bounds");
        Self(u32::from(section) << 24 | u32::from(row) << 12 | u32::from(number))
    }

    /// The section's place in the event's list of sections.
    pub const fn section(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// The row, the front one being 0.
    pub const fn row(self) -> u16 {
        (self.0 >> 12 & 0xFFF) as u16
    }

    /// The seat's place in its row, from 0.
    pub const fn number(self) -> u16 {
        (self.0 & 0xFFF) as u16
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.section(), RowLabel(self.row()), self.number() + 1)
    }
}

/// A seat's name: `A12`, or `balcony:C4` where an event has several seated sections. The row is
/// lettered A to Z, AA to AZ, … from the front, the seats of a row are numbered from 1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatLabel {
    /// The section, where the label names one.
    pub section: Option<SectionName>,
    /// The row, from 0.
    pub row: u16,
    /// The seat's place in its row, from 0.
    pub number: u16,
}

impl SeatLabel {
    /// Parses `A12` or `balcony:C4`.
    ///
    /// # Errors
    /// [`InvalidField`] says what a label looks like.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        if let Some((row, number)) = parse_place(text) {
            return Ok(Self { section: None, row, number });
        }
        let (section, place) = text.rsplit_once(':').unzip();
        let section = section.map(SectionName::parse).transpose()?;
        match place.and_then(parse_place) {
            Some((row, number)) => Ok(Self { section, row, number }),
            None => Err(InvalidField::new(
                "seats",
                format!("{:?} is not a seat; one looks like A12, or balcony:C4", clip(text)),
            )),
        }
    }
}

/// `A12`: a row and a number.
fn parse_place(text: &str) -> Option<(u16, u16)> {
    let digits = text.bytes().position(|byte| byte.is_ascii_digit())?;
    let (letters, digits) = text.split_at_checked(digits)?;
    Some((parse_row(letters)?, parse_number(digits)?))
}

/// Bijective base 26: A is 0, Z is 25, AA is 26.
fn parse_row(letters: &str) -> Option<u16> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut row = 0;
    for letter in letters.bytes() {
        if !letter.is_ascii_uppercase() {
            return None;
        }
        row = row * 26 + u16::from(letter - b'A') + 1;
    }
    let row = row - 1;
    (usize::from(row) < MAX_ROWS).then_some(row)
}

/// A number from 1, without leading zeros, so that a seat has one name only.
fn parse_number(digits: &str) -> Option<u16> {
    if digits.starts_with('0') || digits.len() > 4 {
        return None;
    }
    let number = digits.parse::<u16>().ok()?.checked_sub(1)?;
    (number < MAX_ROW_SEATS).then_some(number)
}

/// The beginning of a text from outside, short enough for an error message.
fn clip(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}

impl FromStr for SeatLabel {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        Self::parse(text)
    }
}

impl fmt::Display for SeatLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(section) = &self.section {
            write!(f, "{section}:")?;
        }
        f.write_str(Place::new(self).as_str())
    }
}

/// A label without its section, which is all that most have; written from its end.
struct Place {
    /// At most four letters and five digits, whatever the numbers are.
    text: [u8; 9],
    start: usize,
}

impl Place {
    const EMPTY: Self = Self { text: [0; 9], start: 9 };

    fn new(label: &SeatLabel) -> Self {
        let mut place = Self::EMPTY;
        let mut number = u32::from(label.number) + 1;
        while number > 0 {
            place.prepend(b'0' + (number % 10) as u8);
            number /= 10;
        }
        place.prepend_row(label.row);
        place
    }

    fn prepend_row(&mut self, row: u16) {
        let mut rest = u32::from(row) + 1;
        while rest > 0 {
            rest -= 1;
            self.prepend(b'A' + (rest % 26) as u8);
            rest /= 26;
        }
    }

    fn prepend(&mut self, byte: u8) {
        self.start -= 1;
        self.text[self.start] = byte;
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[self.start..]).unwrap_or_default()
    }
}

impl fmt::Debug for SeatLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl SeatLabel {
    /// Has its text written, without an allocation unless a section has a very long name.
    #[inline]
    fn with_text<T>(&self, write: impl FnOnce(&str) -> T) -> T {
        let place = Place::new(self);
        match &self.section {
            None => write(place.as_str()),
            Some(section) => {
                let mut text = compact_str::CompactString::new(section.as_str());
                text.push(':');
                text.push_str(place.as_str());
                write(&text)
            }
        }
    }
}

impl Encode for SeatLabel {
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.with_text(|text| encode_text(text, encoder))
    }
}

impl<'de, C> BorrowDecode<'de, C> for SeatLabel {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        decode_text(decoder, "seats", Self::parse)
    }
}

impl Serialize for SeatLabel {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for SeatLabel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, Self::parse)
    }
}

/// A row's letters: A for 0, Z for 25, AA for 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLabel(pub u16);

impl fmt::Display for RowLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Place::EMPTY;
        letters.prepend_row(self.0);
        f.pad(letters.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_are_lettered_like_columns_of_a_spreadsheet() {
        for (row, letters) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(RowLabel(row).to_string(), letters);
            assert_eq!(parse_row(letters), Some(row));
        }
        let beyond = SeatLabel { section: None, row: u16::MAX, number: u16::MAX };
        assert_eq!(beyond.to_string(), "CRXP65536");
    }

    #[test]
    fn a_seat_has_one_name_only() {
        for wrong in [
            "", "A", "12", "A0", "A01", "a1", "A1 ", "A-1", "A+1", "A4097", "ZZZ1", "x:", ":A1",
            "Ä1",
        ] {
            assert!(SeatLabel::parse(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn labels_read_back(row in 0..4096u16, number in 0..4096u16, section in proptest::option::of("[a-z]{1,8}")) {
            let section = section.map(|name| SectionName::parse(&name).expect("a word"));
            let label = SeatLabel { section, row, number };
            prop_assert_eq!(SeatLabel::parse(&label.to_string()), Ok(label));
        }

        #[test]
        fn seats_unpack(section: u8, row in 0..4096u16, number in 0..4096u16) {
            let seat = Seat::new(section, row, number);
            prop_assert_eq!((seat.section(), seat.row(), seat.number()), (section, row, number));
        }
    }
}
