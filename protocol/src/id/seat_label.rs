//! What seats are called.

use super::lettered_seat::{LetteredSeat, LetteredText, PlaceText, split_place};
use super::names::SectionName;
use crate::limits::MAX_SEAT_LABEL_BYTES;
use crate::text::{InvalidField, deserialize_text, invalid};
use crate::text_rules::check_visible;
use crate::varint::{decode_bytes, encode_bytes, encode_length};
use crate::written::normalized;
use bincode::de::BorrowDecoder;
use bincode::enc::Encoder;
use bincode::enc::write::Writer;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// What a seat is called: `A12`, `12-7`, or `balcony:C4` where an event has several seated sections.
/// As an event's hall prints it; from a client, also as people write it: `a 12`, `Row A seat 12`,
/// and as a range or a list (`A4..A6`). The hall alone knows which seats are meant.
///
/// Most are as a hall without a plan prints them. These are kept as numbers, so that a hundred of them
/// cost little.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatLabel(LabelForm);

/// Invariant: what reads as [`LetteredSeat`] is kept as such, so a label has one form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum LabelForm {
    Lettered { section: Option<SectionName>, row: u16, number: u16 },
    Text(Box<str>),
}

impl SeatLabel {
    /// The label of a seat in a hall without a plan, with its section where it needs that.
    #[inline]
    pub fn new(section: Option<&SectionName>, row: u16, number: u16) -> Self {
        Self(LabelForm::Lettered { section: section.cloned(), row, number })
    }

    /// Parses the text.
    ///
    /// # Errors
    /// [`InvalidField`] says what would be right.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        Self::read(normalized(text).as_bytes())
    }

    #[inline]
    fn read(text: &[u8]) -> Result<Self, InvalidField> {
        match Self::of_numbers(text) {
            Some(label) => Ok(label),
            None => Self::of_text(text),
        }
    }

    /// The label that these bytes are exactly, if it is a lettered one.
    #[inline]
    fn of_numbers(text: &[u8]) -> Option<Self> {
        let (before, row, number) = split_place(text)?;
        let section = match before {
            [] => None,
            [section @ .., b':'] => Some(SectionName::of_bytes(section)?),
            _ => return None,
        };
        Some(Self(LabelForm::Lettered { section, row, number }))
    }

    #[cold]
    fn of_text(text: &[u8]) -> Result<Self, InvalidField> {
        let Ok(text) = std::str::from_utf8(text) else {
            return Err(InvalidField::new("seats", "must be UTF-8"));
        };
        check_visible("seats", text, MAX_SEAT_LABEL_BYTES)?;
        Ok(Self(LabelForm::Text(text.into())))
    }

    /// The seat of a hall without a plan that is written exactly so, if this can be one.
    #[inline]
    pub fn lettered(&self) -> Option<LetteredSeat<'_>> {
        match &self.0 {
            LabelForm::Lettered { section, row, number } => {
                Some(seat(section.as_ref(), *row, *number))
            }
            LabelForm::Text(_) => None,
        }
    }

    pub fn text(&self) -> LabelText<'_> {
        LabelText(match &self.0 {
            LabelForm::Text(text) => TextForm::Kept(text),
            LabelForm::Lettered { section, row, number } => {
                TextForm::Written(LetteredText::new(seat(section.as_ref(), *row, *number)))
            }
        })
    }
}

#[inline]
fn seat(section: Option<&SectionName>, row: u16, number: u16) -> LetteredSeat<'_> {
    LetteredSeat { section: section.map(SectionName::as_str), row, number }
}

impl FromStr for SeatLabel {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        Self::parse(text)
    }
}

impl fmt::Display for SeatLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

impl fmt::Debug for SeatLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text(), f)
    }
}

impl Encode for SeatLabel {
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        match &self.0 {
            LabelForm::Lettered { section, row, number } => {
                let seat = seat(section.as_ref(), *row, *number);
                let place = PlaceText::new(seat);
                let (section, place) = (seat.section.unwrap_or_default(), place.as_bytes());
                encode_length(section.len() + place.len(), encoder)?;
                encoder.writer().write(section.as_bytes())?;
                encoder.writer().write(place)
            }
            LabelForm::Text(text) => encode_bytes(text.as_bytes(), encoder),
        }
    }
}

impl<'de, C> BorrowDecode<'de, C> for SeatLabel {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::read(decode_bytes(decoder)?).map_err(invalid)
    }
}

impl Serialize for SeatLabel {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for SeatLabel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, Self::parse)
    }
}

/// The text of a label while it is looked at.
#[derive(Debug)]
pub struct LabelText<'a>(TextForm<'a>);

#[derive(Debug)]
enum TextForm<'a> {
    Kept(&'a str),
    Written(LetteredText),
}

impl Deref for LabelText<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match &self.0 {
            TextForm::Kept(text) => text,
            TextForm::Written(text) => text.as_str(),
        }
    }
}

impl From<LetteredSeat<'_>> for SeatLabel {
    /// # Panics
    /// If the section has a name that is none.
    #[inline]
    fn from(seat: LetteredSeat<'_>) -> Self {
        let LetteredSeat { section, row, number } = seat;
        let name = |text: &str| SectionName::of_bytes(text.as_bytes()).expect("a section's name");
        Self(LabelForm::Lettered { section: section.map(name), row, number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_is_any_text_that_people_see() {
        for text in ["A12", "Row A seat 7", "12-7", "\u{1F3AD}", "a:b:C4", &"x".repeat(300)] {
            assert_eq!(SeatLabel::parse(text).map(|label| label.to_string()), Ok(text.into()));
        }
        for wrong in ["", " A1", "A\u{202E}1", "A\n1", &"x".repeat(301)] {
            assert!(SeatLabel::parse(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn labels_read_back(
            row in 0..4096u16,
            number in 0..4096u16,
            section in proptest::option::of("[a-z]{1,8}|Ö 1"),
        ) {
            let seat = LetteredSeat { section: section.as_deref(), row, number };
            let text = seat.to_string();
            prop_assert_eq!(LetteredSeat::read(&text), Some(seat));
            let label = SeatLabel::from(seat);
            prop_assert_eq!(label.lettered(), Some(seat));
            prop_assert_eq!(&*label.text(), &*text);
            prop_assert_eq!(SeatLabel::parse(&text), Ok(label));
        }
    }
}
