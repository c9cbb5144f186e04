//! Seats by their numbers.

use super::lettered_seat::RowLabel;
use crate::limits::{MAX_ROW_SEATS, MAX_ROWS};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn seats_unpack(section: u8, row in 0..4096u16, number in 0..4096u16) {
            let seat = Seat::new(section, row, number);
            prop_assert_eq!((seat.section(), seat.row(), seat.number()), (section, row, number));
        }
    }
}
