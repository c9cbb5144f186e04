//! The seats of one section: the state and the holder of each, and the free ones as bits.

use crate::breaks::SectionBreaks;
use crate::record::NO_SLOT;
use crate::row_tree::RowTree;
use crate::rows;
use crate::rows_by_free::RowsByFree;
use crate::run_counts::{Block, CountPlaces, Flip, RunCounts};
use crate::special_seats::SpecialSeats;
use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::Seat;
use std::ops::Range;

/// Rows of seats.
///
/// Everything is derived from `breaks`, `special`, `states` and `holders`: the bit of a seat's position in
/// `free` is set while its state is free and it is not `special`, `tree` has the lengths of the runs of
/// those bits, `runs` how many there are of each, and `by_free` the rows by the number of those bits.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) rows: Box<[GridRow]>,
    pub(crate) breaks: SectionBreaks,
    /// None where best ones are of all seats.
    pub(crate) special: Option<Box<SpecialSeats>>,
    pub(crate) free: Box<[u64]>,
    /// Two bits a seat, as in a seat map.
    pub(crate) states: Vec<u8>,
    /// The slot of the reservation that has the seat.
    pub(crate) holders: Box<[u32]>,
    pub(crate) tree: RowTree,
    pub(crate) runs: RunCounts,
    pub(crate) by_free: RowsByFree,
}

/// Where a row lies in the arrays of its [`Grid`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct GridRow {
    first: u32,
    /// Its first word of free bits.
    words: u32,
    pub(crate) seats: u16,
    /// How many positions it has: one for each seat and each break.
    pub(crate) width: u16,
    /// How many of its seats are not special.
    pub(crate) given: u16,
    /// How many of these are free.
    pub(crate) free: u16,
    /// Its first count in [`RunCounts`].
    runs: u32,
}

impl GridRow {
    /// The place of one of its seats in the arrays.
    fn index(&self, seat: Seat) -> usize {
        debug_assert!(seat.number() < self.seats, "{seat:?} is beyond its row");
        self.first as usize + usize::from(seat.number())
    }

    /// Its words of free bits.
    const fn free_words(&self) -> Range<usize> {
        let first = self.words as usize;
        first..first + rows::words_for(self.width)
    }
}

impl Grid {
    /// All seats are free; those in `special` are given by row and number.
    pub(crate) fn new(lengths: &[u16], breaks: SectionBreaks, special: &[(u16, u16)]) -> Self {
        let mut grid = Self::without_indexes(lengths, breaks);
        grid.set_apart(special);
        grid.settle();
        grid
    }

    fn without_indexes(lengths: &[u16], breaks: SectionBreaks) -> Self {
        let mut rows = Vec::with_capacity(lengths.len());
        let mut free = Vec::new();
        let (mut first, mut runs) = (0, CountPlaces::default());
        for (row, &seats) in lengths.iter().enumerate() {
            let words = u32::try_from(free.len()).expect("an event has a million seats at most");
            let width = breaks.of(row).width(seats);
            let runs = runs.next(width);
            rows.push(GridRow { first, words, seats, width, given: seats, free: seats, runs });
            first += u32::from(seats);
            rows::push_free(&mut free, breaks.of(row), seats);
        }
        let seats = first as usize;
        Self {
            rows: rows.into(),
            breaks,
            special: None,
            free: free.into(),
            states: vec![0; seats.div_ceil(4)],
            holders: vec![NO_SLOT; seats].into(),
            tree: RowTree::new(std::iter::empty()),
            runs: RunCounts::new(std::iter::empty()),
            by_free: RowsByFree::new(std::iter::empty(), 0),
        }
    }

    /// Makes free seats special.
    fn set_apart(&mut self, seats: &[(u16, u16)]) {
        if seats.is_empty() {
            return;
        }
        let mut special = SpecialSeats::none_of(self.free.len());
        for &(row, number) in seats {
            let position = self.breaks.of(row.into()).position(number);
            let of_row = &mut self.rows[usize::from(row)];
            special.add(of_row.words, position);
            self.free[of_row.words as usize + usize::from(position / 64)] &=
                !(1 << (position % 64));
            of_row.given -= 1;
            of_row.free -= 1;
        }
        self.special = Some(Box::new(special));
    }

    /// Whether a seat is never a best one.
    pub(crate) fn is_special(&self, seat: Seat) -> bool {
        let row = usize::from(seat.row());
        let position = self.breaks.of(row).position(seat.number());
        self.special.as_ref().is_some_and(|special| special.has(self.rows[row].words, position))
    }

    /// How many special seats are free.
    pub(crate) fn special_free(&self) -> u64 {
        self.special.as_ref().map_or(0, |special| special.free.into())
    }

    /// Whether there is such a seat; its section is not looked at.
    pub(crate) fn has(&self, seat: Seat) -> bool {
        self.rows.get(usize::from(seat.row())).is_some_and(|row| seat.number() < row.seats)
    }

    /// The free bits of a row, by positions.
    pub(crate) fn free_in(&self, row: usize) -> &[u64] {
        &self.free[self.rows[row].free_words()]
    }

    /// The seats of a row that are not free, ascending, from number `first` on.
    pub(crate) fn not_free(
        &self,
        section: u8,
        row: usize,
        first: u16,
    ) -> impl Iterator<Item = Seat> {
        debug_assert!(self.special.is_none(), "rows of plans stay");
        let GridRow { seats, width, free, .. } = self.rows[row];
        let words = if free < seats { self.free_in(row) } else { &[] };
        let number = u16::try_from(row).expect("a section has 4,096 rows at most");
        let breaks = self.breaks.of(row);
        rows::ones(words.iter().map(|word| !word))
            .take_while(move |position| *position < width)
            .filter_map(move |position| breaks.number(position))
            .skip_while(move |seat| *seat < first)
            .map(move |seat| Seat::new(section, number, seat))
    }

    fn index(&self, seat: Seat) -> usize {
        self.rows[usize::from(seat.row())].index(seat)
    }

    /// The state of a seat.
    pub(crate) fn state(&self, seat: Seat) -> PlaceState {
        let index = self.index(seat);
        match self.states[index / 4] >> (index % 4 * 2) & 3 {
            0 => PlaceState::Free,
            1 => PlaceState::Held,
            2 => PlaceState::Sold,
            _ => PlaceState::Blocked,
        }
    }

    /// The slot of the reservation that has the seat.
    pub(crate) fn holder(&self, seat: Seat) -> Option<u32> {
        Some(self.holders[self.index(seat)]).filter(|&slot| slot != NO_SLOT)
    }

    /// Puts seats of this section, ascending and all in one state, into another; `holder` has them
    /// where it is held or sold.
    pub(crate) fn put(&mut self, seats: &[Seat], state: PlaceState, holder: u32) {
        let beside = |a: &Seat, b: &Seat| a.number() + 1 == b.number() && a.row() == b.row();
        for block in seats.chunk_by(beside) {
            let [first, ..] = block else { continue };
            let breaks = self.breaks.of(usize::from(first.row()));
            if breaks.is_empty() && self.special.is_none() {
                self.put_block(block, first.number(), state, holder);
                continue;
            }
            for (position, part) in breaks.parts(first.number(), block.len()) {
                self.put_given(&block[part], position, state, holder);
            }
        }
    }

    /// Puts seats beside each other into a state, of which some may be special.
    fn put_given(&mut self, block: &[Seat], first: u16, state: PlaceState, holder: u32) {
        let (Some(special), [seat, ..]) = (&self.special, block) else {
            return self.put_block(block, first, state, holder);
        };
        let of_row = self.rows[usize::from(seat.row())];
        let mut position = first;
        for (is_special, seats) in special.parts(of_row.words, first, block.len()) {
            let from = usize::from(position - first);
            let part = &block[from..from + usize::from(seats)];
            if is_special {
                self.put_special(part, state, holder);
            } else {
                self.put_block(part, position, state, holder);
            }
            position += seats;
        }
    }

    fn put_special(&mut self, seats: &[Seat], state: PlaceState, holder: u32) {
        for &seat in seats {
            let before = self.state(seat);
            self.set_state(self.index(seat), state, holder);
            if let Some(special) = &mut self.special {
                special.free -= u32::from(before == PlaceState::Free);
                special.free += u32::from(state == PlaceState::Free);
            }
        }
    }

    /// Puts seats beside each other, with no break between them, into a state; the first one has this
    /// position.
    fn put_block(&mut self, block: &[Seat], first: u16, state: PlaceState, holder: u32) {
        let [seat, ..] = block else { return };
        let row = usize::from(seat.row());
        let of_row = self.rows[row];
        let GridRow { words, runs, width, free: before, .. } = of_row;
        let index = of_row.index(*seat);
        let mut flipped = 0;
        for (index, position) in (index..index + block.len()).zip(first..) {
            flipped += u16::from(self.put_one(index, words, position, state, holder));
        }
        if flipped == 0 {
            return;
        }
        let (flip, after) = match state {
            PlaceState::Free => (Flip::Freed, before + flipped),
            _ => (Flip::Taken, before - flipped),
        };
        self.rows[row].free = after;
        let free = &self.free[of_row.free_words()];
        let block = Block {
            flip,
            seats: flipped.into(),
            before: rows::run_before(free, first),
            behind: rows::run_after(free, first + flipped - 1),
        };
        if let Some(change) = self.runs.flip(runs, width, &block) {
            self.tree.set(row, change.of(self.tree.of(row)));
        }
        self.by_free.set(row, before, after);
    }

    /// Puts the seat with this index and position into a state; its row's words begin at `words`. Says
    /// whether the seat was taken or freed by it, which its row has to count.
    fn put_one(
        &mut self,
        index: usize,
        words: u32,
        position: u16,
        state: PlaceState,
        holder: u32,
    ) -> bool {
        self.set_state(index, state, holder);
        let word = &mut self.free[words as usize + usize::from(position / 64)];
        let (before, bit) = (*word, 1 << (position % 64));
        *word = if state == PlaceState::Free { before | bit } else { before & !bit };
        *word != before
    }

    #[inline]
    fn set_state(&mut self, index: usize, state: PlaceState, holder: u32) {
        let place = index % 4 * 2;
        let states = &mut self.states[index / 4];
        *states = *states & !(3 << place) | (state as u8) << place;
        self.holders[index] = holder;
    }

    /// Gives the hall other rows. Seats that are there before and after stay as they are.
    pub(crate) fn relayout(&mut self, section: u8, lengths: &[u16], breaks: SectionBreaks) {
        let mut after = Self::without_indexes(lengths, breaks);
        for row in 0..self.rows.len() {
            let taken = self.not_free(section, row, 0).filter(|&seat| after.has(seat));
            for seat in taken.collect::<Vec<_>>() {
                let position = after.breaks.of(row).position(seat.number());
                let (index, words) = (after.index(seat), after.rows[row].words);
                let (state, holder) = (self.state(seat), self.holders[self.index(seat)]);
                let is_taken = after.put_one(index, words, position, state, holder);
                after.rows[row].free -= u16::from(is_taken);
            }
        }
        after.settle();
        *self = after;
    }

    /// Derives the indexes of all rows from the free bits.
    fn settle(&mut self) {
        (self.tree, self.runs, self.by_free) = self.indexes();
    }

    /// The indexes of all rows, made anew.
    pub(crate) fn indexes(&self) -> (RowTree, RunCounts, RowsByFree) {
        let all = || 0..self.rows.len();
        let tree = RowTree::new(all().map(|row| rows::lengths(self.free_in(row))));
        let runs = RunCounts::new(all().map(|row| (self.rows[row].width, self.free_in(row))));
        let longest = self.rows.iter().map(|row| row.given).max().unwrap_or(0);
        (tree, runs, RowsByFree::new(self.rows.iter().map(|row| row.free), longest))
    }

    /// All the seats, ascending.
    pub(crate) fn seats(&self, section: u8) -> impl Iterator<Item = Seat> {
        (0u16..).zip(&self.rows).flat_map(move |(row, of)| {
            (0..of.seats).map(move |number| Seat::new(section, row, number))
        })
    }
}
