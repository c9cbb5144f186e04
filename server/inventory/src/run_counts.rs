//! How many runs of free seats of each length every row has, so that a seat that is taken or freed
//! costs a look at the run it is in, and none at the rest of its row.

use crate::rows::{self, LONGEST, Lengths};
use std::ops::{AddAssign, SubAssign};

/// Rows with more positions can have more runs of one length than a byte counts.
const MOST_FOR_BYTES: u16 = 509;

/// How many lengths are counted in a row with so many positions, from 1 on. In a row without runs beyond
/// [`LONGEST`], a run that is longer than half of it is the only one of its length.
const fn counted(width: u16) -> usize {
    if width as u32 > LONGEST { LONGEST as usize } else { (width as usize).saturating_sub(1) / 2 }
}

/// The runs of all rows: a byte for two seats of a short row, 127 or 254 bytes for a long one.
///
/// A row's [`Lengths`] have a bit for every length whose count is not zero. A length that is not
/// counted has its bit alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunCounts {
    bytes: Box<[u8]>,
    words: Box<[u16]>,
}

/// Where rows with so many positions one after the other have their counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct CountPlaces {
    bytes: u32,
    words: u32,
}

impl CountPlaces {
    /// The first count of the next row.
    pub(crate) fn next(&mut self, width: u16) -> u32 {
        let end = if width > MOST_FOR_BYTES { &mut self.words } else { &mut self.bytes };
        let first = *end;
        *end += u32::try_from(counted(width)).expect("few");
        first
    }
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

/// The lengths that a row has now and had not before, and the other way round.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LengthChange {
    come: Lengths,
    gone: Lengths,
}

impl RunCounts {
    /// The runs of rows with so many positions and these free bits.
    pub(crate) fn new<'a>(rows: impl Iterator<Item = (u16, &'a [u64])>) -> Self {
        let (mut bytes, mut words) = (Vec::new(), Vec::new());
        for (width, free) in rows {
            if width > MOST_FOR_BYTES {
                count(&mut words, width, free);
            } else {
                count(&mut bytes, width, free);
            }
        }
        Self { bytes: bytes.into(), words: words.into() }
    }

    /// Counts anew when a block of seats is taken or freed, in a row with so many positions whose
    /// counts begin at `first`. Tells how the row's lengths change, if they do.
    #[inline]
    pub(crate) fn flip(&mut self, first: u32, width: u16, block: &Block) -> Option<LengthChange> {
        let range = first as usize..first as usize + counted(width);
        if width > MOST_FOR_BYTES {
            block.count(&mut self.words[range])
        } else {
            block.count(&mut self.bytes[range])
        }
    }
}

fn count<N: Copy + From<u8> + AddAssign>(counts: &mut Vec<N>, width: u16, free: &[u64]) {
    let first = counts.len();
    counts.resize(first + counted(width), N::from(0));
    let of_row = &mut counts[first..];
    rows::runs(free, |run| {
        if let Some(count) = of_row.get_mut(run.min(LONGEST) as usize - 1) {
            *count += N::from(1);
        }
    });
}

impl Block {
    /// The run that there is of the block and the free seats beside it, while it is free.
    fn whole(&self) -> u32 {
        (self.before + self.seats + self.behind).min(LONGEST)
    }

    #[inline]
    fn count<N>(&self, counts: &mut [N]) -> Option<LengthChange>
    where
        N: Copy + PartialEq + From<u8> + AddAssign + SubAssign,
    {
        let mut change = None;
        match self.flip {
            Flip::Taken => {
                self.parts().for_each(|run| add(counts, run, &mut change));
                remove(counts, self.whole(), &mut change);
            }
            Flip::Freed => {
                add(counts, self.whole(), &mut change);
                self.parts().for_each(|run| remove(counts, run, &mut change));
            }
        }
        change
    }

    /// The runs that there are while it is taken.
    fn parts(&self) -> impl Iterator<Item = u32> {
        [self.before, self.behind].into_iter().filter(|run| *run > 0)
    }
}

impl LengthChange {
    /// The lengths that there are after it.
    pub(crate) const fn of(self, before: Lengths) -> Lengths {
        before & !self.gone | self.come
    }
}

#[inline]
fn add<N>(counts: &mut [N], length: u32, change: &mut Option<LengthChange>)
where
    N: Copy + PartialEq + From<u8> + AddAssign,
{
    if let Some(count) = counts.get_mut(length as usize - 1) {
        *count += N::from(1);
        if *count != N::from(1) {
            return;
        }
    }
    let change = change.get_or_insert_default();
    change.come |= 1 << length;
    change.gone &= !(1 << length);
}

#[inline]
fn remove<N>(counts: &mut [N], length: u32, change: &mut Option<LengthChange>)
where
    N: Copy + PartialEq + From<u8> + SubAssign,
{
    if let Some(count) = counts.get_mut(length as usize - 1) {
        *count -= N::from(1);
        if *count != N::from(0) {
            return;
        }
    }
    let change = change.get_or_insert_default();
    change.gone |= 1 << length;
    change.come &= !(1 << length);
}
