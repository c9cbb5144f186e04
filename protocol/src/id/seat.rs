//! Seats, and what they are called.

use super::names::SectionName;
use crate::limits::{MAX_ROW_SEATS, MAX_ROWS, MAX_SECTION_NAME_BYTES};
use crate::text::{InvalidField, deserialize_text, invalid};
use crate::varint::{decode_bytes, encode_bytes};
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
        Self::parse_bytes(text.as_bytes())
    }

    #[inline]
    fn parse_bytes(text: &[u8]) -> Result<Self, InvalidField> {
        Self::read(text)?.ok_or_else(|| fault(text))
    }

    /// The label that these bytes are, if they are one.
    #[inline]
    fn read(text: &[u8]) -> Result<Option<Self>, InvalidField> {
        let Some((before, row, number)) = split_place(text) else { return Ok(None) };
        let section = match before {
            [] => None,
            [section @ .., b':'] => match SectionName::of_ascii(section) {
                Some(section) => Some(section),
                None => match std::str::from_utf8(section) {
                    Ok(section) => Some(SectionName::parse(section)?),
                    Err(_) => return Ok(None),
                },
            },
            _ => return Ok(None),
        };
        Ok(Some(Self { section, row, number }))
    }
}

/// Why a text is no label.
#[cold]
fn fault(text: &[u8]) -> InvalidField {
    let Ok(text) = std::str::from_utf8(text) else {
        return InvalidField::new("seats", "must be UTF-8");
    };
    if let Some((section, _)) = text.rsplit_once(':')
        && let Err(fault) = SectionName::parse(section)
    {
        return fault;
    }
    let why = format!("{:?} is not a seat; one looks like A12, or balcony:C4", clip(text));
    InvalidField::new("seats", why)
}

/// The row and the number at the end of a label, and what is before them.
fn split_place(text: &[u8]) -> Option<(&[u8], u16, u16)> {
    let (text, number) = split_number(text)?;
    let (text, row) = split_row(text)?;
    Some((text, row, number))
}

/// A number from 1, without leading zeros, so that a seat has one name only.
fn split_number(mut text: &[u8]) -> Option<(&[u8], u16)> {
    let (mut number, mut unit, mut first) = (0, 1, b'0');
    while let [rest @ .., digit @ b'0'..=b'9'] = text {
        if unit > 1_000 {
            return None;
        }
        first = *digit;
        number += unit * u16::from(digit - b'0');
        unit *= 10;
        text = rest;
    }
    (first != b'0' && number <= MAX_ROW_SEATS).then(|| (text, number - 1))
}

/// Bijective base 26: A is 0, Z is 25, AA is 26.
fn split_row(mut text: &[u8]) -> Option<(&[u8], u16)> {
    let (mut row, mut unit) = (0, 1);
    while let [rest @ .., letter @ b'A'..=b'Z'] = text {
        if unit > 26 * 26 {
            return None;
        }
        row += unit * u16::from(letter - b'A' + 1);
        unit *= 26;
        text = rest;
    }
    let row = row.checked_sub(1)?;
    (usize::from(row) < MAX_ROWS).then_some((text, row))
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
        f.write_str(LabelText::new(self).as_str())
    }
}

/// The bytes of the longest label: a section, a colon, at most four letters and five digits,
/// whatever the numbers are.
const MAX_LABEL_BYTES: usize = MAX_SECTION_NAME_BYTES + 10;

/// The text of a label, written from its end.
struct LabelText {
    text: [u8; MAX_LABEL_BYTES],
    start: usize,
}

impl LabelText {
    const EMPTY: Self = Self { text: [0; MAX_LABEL_BYTES], start: MAX_LABEL_BYTES };

    #[inline]
    fn new(label: &SeatLabel) -> Self {
        let mut text = Self::EMPTY;
        text.prepend_digits(u32::from(label.number) + 1);
        text.prepend_row(label.row);
        if let Some(section) = &label.section {
            text.prepend(b':');
            text.prepend_all(section.as_str().as_bytes());
        }
        text
    }

    #[inline]
    fn prepend_digits(&mut self, mut number: u32) {
        while number > 9 {
            self.prepend(b'0' + (number % 10) as u8);
            number /= 10;
        }
        self.prepend(b'0' + (number % 10) as u8);
    }

    #[inline]
    fn prepend_row(&mut self, row: u16) {
        let mut rest = u32::from(row);
        while rest >= 26 {
            self.prepend(b'A' + (rest % 26) as u8);
            rest = rest / 26 - 1;
        }
        self.prepend(b'A' + (rest % 26) as u8);
    }

    #[inline]
    fn prepend(&mut self, byte: u8) {
        self.start -= 1;
        self.text[self.start] = byte;
    }

    #[inline]
    fn prepend_all(&mut self, bytes: &[u8]) {
        let end = self.start;
        self.start -= bytes.len();
        self.text[self.start..end].copy_from_slice(bytes);
    }

    fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Debug for SeatLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Encode for SeatLabel {
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        encode_bytes(LabelText::new(self).as_bytes(), encoder)
    }
}

impl<'de, C> BorrowDecode<'de, C> for SeatLabel {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::parse_bytes(decode_bytes(decoder)?).map_err(invalid)
    }
}

impl Serialize for SeatLabel {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(LabelText::new(self).as_str())
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
        let mut letters = LabelText::EMPTY;
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
            assert_eq!(split_row(letters.as_bytes()), Some((&[][..], row)));
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
