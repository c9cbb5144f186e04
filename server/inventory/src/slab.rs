//! Numbered slots that hold values, in chunks, so that growing copies nothing but the first chunk.

use std::collections::BTreeSet;
use std::ops::{Index, IndexMut};

const CHUNK: usize = 4_096;

/// Values by slot. The lowest vacant slot is used first, so that which slot a value gets depends
/// on nothing but what was inserted and removed before.
#[derive(Debug, Clone)]
pub(crate) struct Slab<T> {
    chunks: Vec<Vec<Option<T>>>,
    vacant: BTreeSet<u32>,
    len: usize,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), vacant: BTreeSet::new(), len: 0 }
    }
}

impl<T> Slab<T> {
    /// How many values there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// One more than the highest slot that was ever used.
    pub(crate) fn end(&self) -> u32 {
        let slots = self.len + self.vacant.len();
        u32::try_from(slots).expect("slots are numbered with 32 bits")
    }

    /// Puts `value` into the lowest vacant slot.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        let slot = match self.vacant.pop_first() {
            Some(slot) => {
                *self.cell(slot) = Some(value);
                slot
            }
            None => {
                let slot = self.end();
                self.push(value);
                slot
            }
        };
        self.len += 1;
        slot
    }

    fn push(&mut self, value: T) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(Some(value)),
            last => {
                let capacity = if last.is_some() { CHUNK } else { 1 };
                let mut chunk = Vec::with_capacity(capacity);
                chunk.push(Some(value));
                self.chunks.push(chunk);
            }
        }
    }

    /// Takes the value out of a slot that has one.
    pub(crate) fn remove(&mut self, slot: u32) -> T {
        let value = self.cell(slot).take().expect("a slot in use");
        self.vacant.insert(slot);
        self.len -= 1;
        value
    }

    /// The value in a slot, if there is one.
    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        let (chunk, place) = split(slot);
        self.chunks.get(chunk)?.get(place)?.as_ref()
    }

    /// The slots in use and their values, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..self.end()).filter_map(|slot| Some((slot, self.get(slot)?)))
    }

    fn cell(&mut self, slot: u32) -> &mut Option<T> {
        let (chunk, place) = split(slot);
        &mut self.chunks[chunk][place]
    }
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
        self.cell(slot).as_mut().expect("a slot in use")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_vacant_slot_is_used_first() {
        let mut slab = Slab::default();
        let slots: Vec<u32> = (0..10_000).map(|value| slab.insert(value)).collect();
        assert_eq!(slots, (0..10_000).collect::<Vec<u32>>());
        for slot in [5_000, 7, 9_999] {
            assert_eq!(slab.remove(slot), slot);
        }
        assert_eq!((slab.len(), slab.end(), slab.get(7)), (9_997, 10_000, None));
        assert_eq!([slab.insert(1), slab.insert(2), slab.insert(3)], [7, 5_000, 9_999]);
        assert_eq!((slab[5_000], slab.insert(4)), (2, 10_000));
    }
}
