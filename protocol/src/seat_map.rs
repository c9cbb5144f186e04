//! The state of every seat, two bits each. Reached through [`event`](crate::event).

use crate::id::PlanDigest;
use crate::list::List;
use crate::section::{Counts, SectionSpec};
use crate::varint::decode_bytes;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The state of one place. Its number is its two bits in a packed seat map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
#[repr(u8)]
pub enum PlaceState {
    /// For anybody to take.
    Free = 0,
    /// In a held reservation.
    Held = 1,
    /// In a confirmed reservation.
    Sold = 2,
    Blocked = 3,
}

impl PlaceState {
    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Blocked => "blocked",
        }
    }
}

impl fmt::Display for PlaceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The state of every seat of an event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct SeatMap {
    /// The plan of the event's hall, if it has one.
    pub plan: Option<PlanDigest>,
    /// One for each section of the event.
    pub sections: List<SectionMap>,
}

/// The state of every seat of a section.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct SectionMap {
    /// The section, with its layout.
    pub section: SectionSpec,
    /// How many are in which state.
    pub counts: Counts,
    /// The states, two bits each ([`PlaceState`]), row after row without padding between them, the
    /// first seat in the lowest bits of the first byte. Empty for a standing section.
    pub states: PackedStates,
}

/// States of seats, four a byte.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackedStates(Vec<u8>);

impl PackedStates {
    /// Takes packed bytes as they are.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The state of the seat `index`, counted row after row; none past the last whole byte.
    pub fn state(&self, index: usize) -> Option<PlaceState> {
        let bits = self.0.get(index / 4)? >> (index % 4 * 2) & 3;
        Some(
            [PlaceState::Free, PlaceState::Held, PlaceState::Sold, PlaceState::Blocked]
                [usize::from(bits)],
        )
    }

    /// Puts the seat `index` into another state. Does nothing past the last byte.
    pub fn put(&mut self, index: usize, state: PlaceState) {
        if let Some(byte) = self.0.get_mut(index / 4) {
            let shift = index % 4 * 2;
            *byte = *byte & !(3 << shift) | (state as u8) << shift;
        }
    }

    pub fn pack(states: impl Iterator<Item = PlaceState>) -> Self {
        let mut bytes = Vec::with_capacity(states.size_hint().0.div_ceil(4));
        for (index, state) in states.enumerate() {
            match bytes.last_mut() {
                Some(last) if index % 4 != 0 => *last |= (state as u8) << (index % 4 * 2),
                _ => bytes.push(state as u8),
            }
        }
        Self(bytes)
    }
}

impl<'de, C> BorrowDecode<'de, C> for PackedStates {
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        decode_bytes(decoder).map(|bytes| Self(bytes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_states_read_back() {
        let states = [
            PlaceState::Sold,
            PlaceState::Free,
            PlaceState::Blocked,
            PlaceState::Held,
            PlaceState::Held,
        ];
        let packed = PackedStates::pack(states.into_iter());
        assert_eq!(packed.as_bytes(), [0b0111_0010, 0b01]);
        assert_eq!((0..5).filter_map(|index| packed.state(index)).collect::<Vec<_>>(), states);
    }

    #[test]
    fn a_state_is_put_and_its_neighbours_stay() {
        let mut packed = PackedStates::pack([PlaceState::Sold; 6].into_iter());
        packed.put(4, PlaceState::Held);
        packed.put(1, PlaceState::Free);
        packed.put(8, PlaceState::Blocked);
        assert_eq!(packed.as_bytes(), [0b1010_0010, 0b1001]);
    }
}
