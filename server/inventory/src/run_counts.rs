//! How many runs of free seats of each length the long rows have, so that a seat that is taken
//! costs a look at its neighbours instead of one at the whole row.

use crate::rows::{self, LONGEST, Lengths};

/// Longer rows are counted; a look at all of a shorter one is as fast.
pub(crate) const SHORT_ROW: u16 = 128;

const LENGTHS: usize = LONGEST as usize + 1;

/// The runs of the long rows, numbered from 0 in their order: 256 bytes a row.
///
/// A row's [`Lengths`] have a bit for every length whose count is not zero.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RunCounts {
    counts: Box<[[u16; LENGTHS]]>,
}

/// What happens to a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flip {
    Taken,
    Freed,
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

    /// Counts anew when a seat is taken or freed that has so many free seats directly before and
    /// behind it. Returns the row's lengths after it.
    pub(crate) fn flip(
        &mut self,
        row: u32,
        lengths: Lengths,
        (before, behind): (u32, u32),
        flip: Flip,
    ) -> Lengths {
        let whole = (before + 1 + behind).min(LONGEST);
        let (counts, mut lengths) = (&mut self.counts[row as usize], lengths);
        let parts = [before, behind].into_iter().filter(|run| *run > 0);
        match flip {
            Flip::Taken => {
                parts.for_each(|run| add(counts, run, &mut lengths));
                remove(counts, whole, &mut lengths);
            }
            Flip::Freed => {
                add(counts, whole, &mut lengths);
                parts.for_each(|run| remove(counts, run, &mut lengths));
            }
        }
        lengths
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
