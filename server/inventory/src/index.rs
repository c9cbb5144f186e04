//! A hash table of slot numbers that grows a little at a time.

use hashbrown::HashTable;
use std::mem;

/// Entries of a shard on average. It has from half to twice as many, depending on how long ago it
/// was split.
const SHARD: usize = 820;

/// What fits into a shard of 2,048 buckets: twice the average, and some for chance.
const CAPACITY: usize = 1_792;

/// Finds slots by the hash of what is in them. It grows by linear hashing (Litwin, 1980): one
/// shard is split at a time, so that no insertion ever moves more than two thousand entries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    shards: Vec<HashTable<u32>>,
    len: usize,
}

impl Index {
    /// Prepares an empty index for up to so many slots, so that it need not be split for them.
    pub(crate) fn expect(&mut self, slots: usize) {
        debug_assert_eq!(self.len, 0, "shards are not split anew");
        self.shards.resize_with(slots.div_ceil(SHARD), HashTable::new);
    }

    /// The slot with this hash for which `is` holds.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let shard = self.shards.get(self.shard(hash))?;
        shard.find(hash, |&slot| is(slot)).copied()
    }

    /// Adds a slot that is not there yet. `rehash` tells the hash of any slot that is there.
    pub(crate) fn insert(&mut self, hash: u64, slot: u32, rehash: impl Fn(u32) -> u64) {
        if self.len >= self.shards.len() * SHARD {
            self.split(&rehash);
        }
        let shard = self.shard(hash);
        self.shards[shard].insert_unique(hash, slot, |&slot| rehash(slot));
        self.len += 1;
    }

    /// Removes a slot that is there.
    pub(crate) fn remove(&mut self, hash: u64, slot: u32) {
        let shard = self.shard(hash);
        let entry = self.shards[shard].find_entry(hash, |&there| there == slot);
        entry.expect("the slot is in the index").remove();
        self.len -= 1;
    }

    /// How many slots there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// With 2^k + m shards (m < 2^k), the first m and the last m tell their entries by k + 1 bits,
    /// the others by k. Bits of the middle: the table itself uses those at both ends.
    fn shard(&self, hash: u64) -> usize {
        let wide = self.shards.len().next_power_of_two();
        let bits = (hash >> 24 & 0xFFFF_FFFF) as usize;
        let shard = bits & (wide - 1);
        if shard < self.shards.len() { shard } else { shard - wide / 2 }
    }

    fn split(&mut self, rehash: &impl Fn(u32) -> u64) {
        let added = self.shards.len();
        if added == 0 {
            self.shards.push(HashTable::new());
            return;
        }
        self.shards.push(HashTable::with_capacity(CAPACITY));
        let split = &mut self.shards[added - (1 << added.ilog2())];
        let entries = mem::replace(split, HashTable::with_capacity(CAPACITY));
        // In a loop of its own, so that the processor fetches many of them at once.
        let hashed: Vec<(u64, u32)> = entries.iter().map(|&slot| (rehash(slot), slot)).collect();
        for (hash, slot) in hashed {
            let shard = self.shard(hash);
            self.shards[shard].insert_unique(hash, slot, |&slot| rehash(slot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(slot: u32) -> u64 {
        u64::from(slot)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29)
            .wrapping_mul(0xBF58_476D_1CE4_E5B9)
    }

    #[test]
    fn everything_is_found_while_it_grows() {
        let mut index = Index::default();
        assert_eq!(index.find(hash(0), |_| true), None);
        for slot in 0..50_000 {
            index.insert(hash(slot), slot, hash);
        }
        assert!(index.shards.len() > 40, "it has grown to {} shards", index.shards.len());
        for slot in 0..50_000 {
            assert_eq!(index.find(hash(slot), |there| there == slot), Some(slot));
        }
        let largest = index.shards.iter().map(HashTable::len).max();
        assert!(largest < Some(3 * SHARD), "{largest:?} entries in one shard");
        for slot in 0..50_000 {
            index.remove(hash(slot), slot);
            assert_eq!(index.find(hash(slot), |there| there == slot), None);
        }
        assert_eq!(index.len(), 0);
    }
}
