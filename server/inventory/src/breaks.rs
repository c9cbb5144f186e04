//! Breaks between the seats of a row: aisles, pillars.
//!
//! A break has a position of its own in its row, between the seats beside it, and is never free.
//! All that is told of free seats by their positions so ends at a break, and an aisle is as wide as a
//! seat. In a row without breaks, a seat's position is its number.

use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::ops::Range;

/// The breaks in the rows of a section. Rows that are alike share theirs, and a section without any
/// has no list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SectionBreaks(Option<Box<Shared>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shared {
    /// Which of the lists holds for a row.
    of_row: Box<[u32]>,
    lists: Box<[Box<[u16]>]>,
}

impl SectionBreaks {
    /// The breaks of rows: the numbers of the seats that follow one, ascending.
    pub(crate) fn new<'a>(rows: impl IntoIterator<Item = &'a [u16]>) -> Self {
        let mut known: BTreeMap<&[u16], u32> = BTreeMap::new();
        let mut lists: Vec<Box<[u16]>> = Vec::new();
        let of_row = rows.into_iter().map(|breaks| {
            *known.entry(breaks).or_insert_with(|| {
                lists.push(breaks.into());
                u32::try_from(lists.len() - 1).expect("a section has 4,096 rows at most")
            })
        });
        let of_row: Box<[u32]> = of_row.collect();
        let any = lists.iter().any(|breaks| !breaks.is_empty());
        Self(any.then(|| Box::new(Shared { of_row, lists: lists.into() })))
    }

    /// Those of a row.
    #[inline]
    pub(crate) fn of(&self, row: usize) -> RowBreaks<'_> {
        match &self.0 {
            None => RowBreaks(&[]),
            Some(shared) => RowBreaks(shared.of(row)),
        }
    }
}

impl Shared {
    fn of(&self, row: usize) -> &[u16] {
        let list = self.of_row.get(row).and_then(|&list| self.lists.get(list as usize));
        list.map_or(&[], |list| list)
    }
}

/// The breaks of a row: the numbers of the seats that follow one, ascending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowBreaks<'a>(&'a [u16]);

impl RowBreaks<'_> {
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// How many positions a row with so many seats has.
    #[inline]
    pub(crate) fn width(self, seats: u16) -> u16 {
        seats + small(self.0.len())
    }

    /// The position of a seat.
    #[inline]
    pub(crate) fn position(self, number: u16) -> u16 {
        number + small(self.0.partition_point(|&next| next <= number))
    }

    /// The seat at a position; none where there is a break.
    #[inline]
    pub(crate) fn number(self, position: u16) -> Option<u16> {
        let number = self.number_of_seat(position);
        (self.position(number) == position).then_some(number)
    }

    /// The seat at a position where there is no break.
    #[inline]
    pub(crate) fn number_of_seat(self, position: u16) -> u16 {
        position - self.before(position)
    }

    /// How many breaks are before a position.
    #[inline]
    fn before(self, position: u16) -> u16 {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            // The break's own position: its seat's number, and a place for each break before it.
            if self.0[middle] + small(middle) < position { low = middle + 1 } else { high = middle }
        }
        small(low)
    }

    /// The parts of a block of seats that have no break between them, as the position of the first one
    /// and the range of indexes into the block; its first seat has this number.
    pub(crate) fn parts(self, first: u16, seats: usize) -> SmallVec<[(u16, Range<usize>); 1]> {
        let inner = self.0.iter().filter(|&&next| next > first);
        let cuts = inner.map(|next| usize::from(next - first)).take_while(|&cut| cut < seats);
        let mut parts = SmallVec::new();
        let mut start = 0;
        for cut in cuts.chain([seats]) {
            parts.push((self.position(first + small(start)), start..cut));
            start = cut;
        }
        parts
    }
}

/// A row has 4,096 seats and fewer breaks.
fn small(count: usize) -> u16 {
    u16::try_from(count).expect("a row has fewer breaks than seats")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_and_positions_follow_from_each_other() {
        for (seats, breaks) in [(5, &[][..]), (5, &[1]), (9, &[3, 4, 8]), (4, &[1, 2, 3])] {
            let all = SectionBreaks::new([breaks]);
            let row = all.of(0);
            // A picture of the row: its seats, and what is between them.
            let mut picture = Vec::new();
            for number in 0..seats {
                if breaks.contains(&number) {
                    picture.push(None);
                }
                picture.push(Some(number));
            }
            assert_eq!(usize::from(row.width(seats)), picture.len());
            for (position, &number) in (0..).zip(&picture) {
                assert_eq!(row.number(position), number, "{breaks:?} {position}");
                if let Some(number) = number {
                    assert_eq!(row.position(number), position, "{breaks:?} {number}");
                }
            }
            for first in 0..seats {
                let block: Vec<u16> = (first..seats).collect();
                let parts = row.parts(first, block.len());
                for (position, part) in &parts {
                    assert_eq!(row.number(*position), Some(block[part.start]), "{breaks:?}");
                }
                let parts: Vec<&[u16]> = parts.into_iter().map(|(_, part)| &block[part]).collect();
                let together = block.chunk_by(|_, next| !breaks.contains(next));
                assert_eq!(parts, together.collect::<Vec<_>>(), "{breaks:?} from {first}");
            }
        }
    }

    #[test]
    fn rows_without_breaks_have_no_list() {
        assert_eq!(SectionBreaks::new([&[][..], &[]]), SectionBreaks::default());
        let some = SectionBreaks::new([&[][..], &[2], &[2]]);
        assert_eq!(some.of(0).width(4), 4);
        assert_eq!((some.of(1).width(4), some.of(2).width(4), some.of(9).width(4)), (5, 5, 4));
    }
}
