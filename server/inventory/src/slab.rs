//! Numbered slots that hold values, in chunks, so that growing copies nothing but the first chunk.

use std::collections::BTreeSet;
use std::ops::{Index, IndexMut};

/// Few enough that a chunk of records is no mapping of its own for the allocator, with a page to itself.
const CHUNK: usize = 2_048;

/// Values by slot. Vacant slots are used again, those of the first chunk before the others, so that
/// which slot a value gets depends on nothing but what was inserted and removed before.
#[derive(Debug, Clone)]
pub(crate) struct Slab<T> {
    chunks: Vec<Chunk<T>>,
    /// The chunks that values were removed from and that have room since.
    roomy: BTreeSet<usize>,
    len: usize,
}

/// Values by place. A chunk that loses its last value gives its memory back.
#[derive(Debug, Clone)]
struct Chunk<T> {
    cells: Vec<Option<T>>,
    /// Places without a value; the last one is used first.
    vacant: Vec<u16>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), roomy: BTreeSet::new(), len: 0 }
    }
}

impl<T> Slab<T> {
    /// How many values there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Puts `value` into a vacant slot.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        self.len += 1;
        let Some(&index) = self.roomy.first() else { return self.push(value) };
        let chunk = &mut self.chunks[index];
        let place = chunk.insert(value);
        if chunk.vacant.is_empty() && chunk.cells.len() == CHUNK {
            self.roomy.remove(&index);
        }
        slot(index, place)
    }

    fn push(&mut self, value: T) -> u32 {
        let is_full = |chunk: &Chunk<T>| chunk.cells.len() == CHUNK;
        if self.chunks.last().is_none_or(is_full) {
            let capacity = if self.chunks.is_empty() { 1 } else { CHUNK };
            let chunk = Chunk { cells: Vec::with_capacity(capacity), vacant: Vec::new() };
            self.chunks.push(chunk);
        }
        let index = self.chunks.len() - 1;
        slot(index, self.chunks[index].insert(value))
    }

    /// Takes the value out of a slot that has one.
    pub(crate) fn remove(&mut self, slot: u32) -> T {
        let (index, place) = split(slot);
        let chunk = &mut self.chunks[index];
        let value = chunk.cells[place].take().expect("a slot in use");
        if chunk.vacant.is_empty() {
            self.roomy.insert(index);
        }
        chunk.vacant.push(u16::try_from(place).expect("a chunk is small"));
        if chunk.vacant.len() == CHUNK {
            *chunk = Chunk { cells: Vec::new(), vacant: Vec::new() };
        }
        self.len -= 1;
        value
    }

    /// The value in a slot, if there is one.
    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        let (chunk, place) = split(slot);
        self.chunks.get(chunk)?.cells.get(place)?.as_ref()
    }

    /// The slots in use and their values, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.chunks.iter().enumerate().flat_map(|(index, chunk)| {
            let cells = chunk.cells.iter().enumerate();
            cells.filter_map(move |(place, cell)| Some((slot(index, place), cell.as_ref()?)))
        })
    }
}

impl<T> Chunk<T> {
    /// Puts a value into a vacant place, of which there is one.
    fn insert(&mut self, value: T) -> usize {
        let Some(place) = self.vacant.pop() else {
            self.cells.push(Some(value));
            return self.cells.len() - 1;
        };
        self.cells[usize::from(place)] = Some(value);
        place.into()
    }
}

fn slot(chunk: usize, place: usize) -> u32 {
    u32::try_from(chunk * CHUNK + place).expect("slots are numbered with 32 bits")
}

fn split(slot: u32) -> (usize, usize) {
    (slot as usize / CHUNK, slot as usize % CHUNK)
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;

    fn index(&self, slot: u32) -> &T {
        self.get(slot).expect("a slot in use")
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, slot: u32) -> &mut T {
        let (chunk, place) = split(slot);
        self.chunks[chunk].cells[place].as_mut().expect("a slot in use")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vacant_slots_are_used_again() {
        let mut slab = Slab::default();
        let slots: Vec<u32> = (0..10_000).map(|value| slab.insert(value)).collect();
        assert_eq!(slots, (0..10_000).collect::<Vec<u32>>());
        for slot in [5_000, 7, 9_999] {
            assert_eq!(slab.remove(slot), slot);
        }
        assert_eq!((slab.len(), slab.get(7)), (9_997, None));
        assert_eq!([slab.insert(1), slab.insert(2), slab.insert(3)], [7, 5_000, 9_999]);
        assert_eq!((slab[5_000], slab.insert(4)), (2, 10_000));
        assert!(slab.iter().map(|(slot, _)| slot).eq(0..=10_000));
    }

    #[test]
    fn a_chunk_without_values_takes_no_memory() {
        let mut slab = Slab::default();
        (0..10_000).for_each(|value| assert_eq!(slab.insert(value), value));
        (0..9_999).for_each(|slot| assert_eq!(slab.remove(slot), slot));
        let cells = |slab: &Slab<u32>| slab.chunks.iter().map(|it| it.cells.len()).sum::<usize>();
        assert_eq!((slab.len(), cells(&slab)), (1, 10_000 % CHUNK));
        let mut again: Vec<u32> = (0..12_000).map(|value| slab.insert(value)).collect();
        again.sort_unstable();
        assert!(again.into_iter().eq((0..9_999).chain(10_000..12_001)));
        assert_eq!(slab[9_999], 9_999);
    }
}
