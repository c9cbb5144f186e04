//! Seats of a hall without a plan: rows are lettered, seats are numbered.

use crate::limits::{MAX_ROW_SEATS, MAX_ROWS, MAX_SECTION_NAME_BYTES};
use std::fmt;

/// A seat of a hall without a plan: the rows are lettered A to Z, AA to AZ, … from the front, the seats
/// of a row are numbered from 1. Written as `A12`, or `balcony:C4` with a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetteredSeat<'a> {
    /// The section, where the label names one.
    pub section: Option<&'a str>,
    /// The row, from 0.
    pub row: u16,
    /// The seat's place in its row, from 0.
    pub number: u16,
}

impl<'a> LetteredSeat<'a> {
    /// A seat without its section.
    pub const fn new(row: u16, number: u16) -> Self {
        Self { section: None, row, number }
    }

    /// The seat that is written so, exactly.
    #[inline]
    pub fn read(text: &'a str) -> Option<Self> {
        let (before, row, number) = split_place(text.as_bytes())?;
        let section = match before {
            [] => None,
            [section @ .., b':'] => Some(text.get(..section.len())?),
            _ => return None,
        };
        Some(Self { section, row, number })
    }

    /// The same in a section.
    #[must_use]
    pub const fn of(self, section: &'a str) -> Self {
        Self { section: Some(section), ..self }
    }
}

impl fmt::Display for LetteredSeat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(LetteredText::new(*self).as_str())
    }
}

/// The row and the number at the end of a label, and what is before them.
pub(super) fn split_place(text: &[u8]) -> Option<(&[u8], u16, u16)> {
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

/// The bytes of the longest place: a colon, at most four letters and five digits, whatever the numbers are.
const LONGEST_PLACE: usize = 10;

/// The bytes of the longest label: a section and a place.
const LONGEST_LETTERED: usize = MAX_SECTION_NAME_BYTES + LONGEST_PLACE;

/// The end of a label, behind its section: a colon if it names one, the row, the number. Written backwards.
#[derive(Debug)]
pub(super) struct PlaceText {
    text: [u8; LONGEST_PLACE],
    start: usize,
}

impl PlaceText {
    const EMPTY: Self = Self { text: [0; LONGEST_PLACE], start: LONGEST_PLACE };

    #[inline]
    pub(super) fn new(seat: LetteredSeat<'_>) -> Self {
        let mut text = Self::EMPTY;
        text.prepend_digits(u32::from(seat.number) + 1);
        text.prepend_row(seat.row);
        if seat.section.is_some() {
            text.prepend(b':');
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

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }
}

/// The text of a label.
#[derive(Debug)]
pub(super) struct LetteredText {
    text: [u8; LONGEST_LETTERED],
    length: usize,
}

impl LetteredText {
    #[inline]
    pub(super) fn new(seat: LetteredSeat<'_>) -> Self {
        let (section, place) = (seat.section.unwrap_or_default().as_bytes(), PlaceText::new(seat));
        let (place, mut text) = (place.as_bytes(), [0; LONGEST_LETTERED]);
        let length = section.len() + place.len();
        text[..section.len()].copy_from_slice(section);
        text[section.len()..length].copy_from_slice(place);
        Self { text, length }
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..self.length]).unwrap_or_default()
    }
}

/// A row's letters: A for 0, Z for 25, AA for 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLabel(pub u16);

impl fmt::Display for RowLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = PlaceText::EMPTY;
        letters.prepend_row(self.0);
        f.pad(std::str::from_utf8(letters.as_bytes()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lettered_like_columns_of_a_spreadsheet() {
        for (row, letters) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(RowLabel(row).to_string(), letters);
            assert_eq!(split_row(letters.as_bytes()), Some((&[][..], row)));
        }
        assert_eq!(LetteredSeat::new(u16::MAX, u16::MAX).to_string(), "CRXP65536");
    }

    #[test]
    fn a_seat_is_written_in_one_way() {
        for wrong in
            ["", "A", "12", "A0", "A01", "a1", "A1 ", "A-1", "A+1", "A4097", "ZZZ1", "x:", "Ä1"]
        {
            assert_eq!(LetteredSeat::read(wrong), None, "{wrong:?}");
        }
    }
}
