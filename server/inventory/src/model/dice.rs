//! Numbers that look like chance and come again with the same seed (SplitMix64, Steele 2014).

use std::ops::Range;

#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    pub fn of(&mut self, range: Range<u32>) -> u32 {
        let span = u64::from(range.end - range.start);
        range.start + u32::try_from(self.below(span)).expect("below a u32")
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(from.len() as u64)).expect("an index");
        &from[index]
    }
}

/// The seeds to run: the one in `BOXOFFICE_SEED`, or the first so many.
pub fn seeds(count: u64) -> Range<u64> {
    match std::env::var("BOXOFFICE_SEED") {
        Ok(seed) => {
            let seed: u64 = seed.parse().expect("BOXOFFICE_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..count,
    }
}
