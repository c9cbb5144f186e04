//! Seats that are never best ones, though they may be free: a plan marks them as accessible or as the
//! companion of such a seat, or their row is taken entirely or not at all.

use smallvec::SmallVec;

/// The special seats of a section; there are some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpecialSeats {
    /// A bit for each position, as the grid has for free seats.
    bits: Box<[u64]>,
    /// How many of them are free.
    pub(crate) free: u32,
}

impl SpecialSeats {
    /// None of the seats of a section with so many words of bits.
    pub(crate) fn none_of(words: usize) -> Self {
        Self { bits: vec![0; words].into(), free: 0 }
    }

    /// Adds a free seat at a position of the row whose words begin at `words`.
    pub(crate) fn add(&mut self, words: u32, position: u16) {
        self.bits[words as usize + usize::from(position / 64)] |= 1 << (position % 64);
        self.free += 1;
    }

    /// Whether the seat at a position of that row is one.
    pub(crate) fn has(&self, words: u32, position: u16) -> bool {
        self.bits[words as usize + usize::from(position / 64)] >> (position % 64) & 1 == 1
    }

    /// Divides so many seats of that row, one beside the other from a position on, into those that
    /// are special and those that are not: how many there are of each, in turn.
    pub(crate) fn parts(&self, words: u32, first: u16, seats: usize) -> SmallVec<[(bool, u16); 4]> {
        let mut parts: SmallVec<[(bool, u16); 4]> = SmallVec::new();
        for position in (first..).take(seats) {
            let is_special = self.has(words, position);
            match parts.last_mut() {
                Some((last, count)) if *last == is_special => *count += 1,
                _ => parts.push((is_special, 1)),
            }
        }
        parts
    }
}
