//! Randomness that can be replayed.

use std::hash::{BuildHasher, RandomState};

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Random(u64);

impl Random {
    /// Begins at `BOXOFFICE_SEED`, or somewhere new, and says where.
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("BOXOFFICE_SEED").ok();
        let seed = match given {
            Some(seed) => seed.parse().expect("BOXOFFICE_SEED is a number"),
            None => RandomState::new().hash_one("seed"),
        };
        println!("replay with BOXOFFICE_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("less than a usize")
    }

    /// One of the entries.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// A byte; those that mean something to the encoding come often.
    pub(crate) fn byte(&mut self) -> u8 {
        const TELLING: [u8; 12] = [0, 1, 2, 19, 0x7F, 0x80, 250, 251, 252, 253, 254, 255];
        match self.below(3) {
            0 => *self.pick(&TELLING),
            _ => self.next().to_le_bytes()[0],
        }
    }

    /// Up to `most` bytes.
    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.byte()).collect()
    }

    /// Damages bytes in one to four places.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, self.byte()),
                2 => drop(bytes.splice(at..at, self.bytes(12))),
                3 if at < bytes.len() => drop(bytes.remove(at)),
                4 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                _ if at < bytes.len() => bytes[at] = self.byte(),
                _ => {}
            }
        }
    }
}
