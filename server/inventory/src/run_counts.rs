//! How many runs of free seats of each length the long rows have, so that a seat that is taken
//! costs a look at its neighbours instead of one at the whole row. Of a short row, the bits tell at
//! once whether it has another run of some length.

use crate::rows::{self, LONGEST, Lengths};

/// Longer rows are counted; the bits of a shorter one fit into one number.
pub(crate) const SHORT_ROW: u16 = 128;

const LENGTHS: usize = LONGEST as usize + 1;

/// The runs of the long rows, numbered from 0 in their order: 256 bytes a row.
///
/// A row's [`Lengths`] have a bit for every length whose count is not zero.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RunCounts {
    counts: Box<[[u16; LENGTHS]]>,
}

/// What happens to seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flip {
    Taken,
    Freed,
}

/// Seats beside each other that are taken or freed at once.
pub(crate) struct Block {
    pub(crate) flip: Flip,
    pub(crate) seats: u32,
    /// How many free seats are directly before and behind them, up to [`LONGEST`].
    pub(crate) before: u32,
    pub(crate) behind: u32,
}

impl RunCounts {
    /// The runs of long rows with these free bits.
    pub(crate) fn new<'a>(rows: impl Iterator<Item = &'a [u64]>) -> Self {
        let counted = |row: &[u64]| {
            let mut counts = [0; LENGTHS];
            rows::runs(row, |run| counts[run.min(LONGEST) as usize] += 1);
            counts
        };
        Self { counts: rows.map(counted).collect() }
    }

    /// Counts anew when a block of seats is taken or freed. Returns the row's lengths after it.
    pub(crate) fn flip(&mut self, row: u32, lengths: Lengths, block: &Block) -> Lengths {
        let (counts, mut lengths) = (&mut self.counts[row as usize], lengths);
        match block.flip {
            Flip::Taken => {
                block.parts().for_each(|run| add(counts, run, &mut lengths));
                remove(counts, block.whole(), &mut lengths);
            }
            Flip::Freed => {
                add(counts, block.whole(), &mut lengths);
                block.parts().for_each(|run| remove(counts, run, &mut lengths));
            }
        }
        lengths
    }
}

impl Block {
    /// The run that there is of the block and the free seats beside it, while it is free.
    fn whole(&self) -> u32 {
        (self.before + self.seats + self.behind).min(LONGEST)
    }

    /// The runs that there are while it is taken.
    fn parts(&self) -> impl Iterator<Item = u32> {
        [self.before, self.behind].into_iter().filter(|run| *run > 0)
    }

    /// The lengths of a short row after it, whose free bits these are then, so many of them.
    pub(crate) fn lengths_of_short(&self, bits: &[u64], free: u16, lengths: Lengths) -> Lengths {
        let own = match self.flip {
            Flip::Taken => self.before + self.behind,
            Flip::Freed => self.before + self.seats + self.behind,
        };
        let elsewhere = u32::from(free) - own;
        let without = |lengths: Lengths, run: u32| {
            if elsewhere >= run && rows::has_run(rows::short(bits), run) {
                lengths
            } else {
                lengths & !(1 << run)
            }
        };
        match self.flip {
            Flip::Taken => {
                let gone = without(lengths, self.whole());
                self.parts().fold(gone, |all, run| all | 1 << run)
            }
            Flip::Freed => self.parts().fold(lengths, without) | 1 << self.whole(),
        }
    }
}

fn add(counts: &mut [u16; LENGTHS], length: u32, lengths: &mut Lengths) {
    counts[length as usize] += 1;
    *lengths |= 1 << length;
}

fn remove(counts: &mut [u16; LENGTHS], length: u32, lengths: &mut Lengths) {
    let count = &mut counts[length as usize];
    *count -= 1;
    if *count == 0 {
        *lengths &= !(1 << length);
    }
}
