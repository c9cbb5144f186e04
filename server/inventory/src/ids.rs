//! The reservations of an event by their ids, neighbours together.
//!
//! Ids are UUIDs of version 7 (RFC 9562), so those that were made at about the same time are
//! neighbours, and they are asked for at about the same time too. Each shard has a range of them in
//! a hash table of its own: a rush touches a few shards, which the processor has at hand however
//! many reservations there are. Clients choose ids as they like; then it is as quick as any other
//! index, and no slower.

use crate::hashing::Hashing;
use crate::record::Record;
use crate::slab::Slab;
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::time::Timestamp;
use hashbrown::HashTable;

/// The most that a shard has: what fits into a table of 2,048 buckets.
const CAPACITY: usize = 1_792;

/// Where the last shard is cut, which most new ids come into: hardly any will come before.
const LAST_CUT: usize = CAPACITY / 8 * 7;

/// A table that is emptier than this part of its room is made smaller.
const SPARSE: usize = 16;

/// Finds slots by id. No insertion moves more than two thousand entries.
///
/// Invariant: `firsts` ascends, and each shard has the ids from its own first to the next one's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    firsts: Vec<ReservationId>,
    shards: Vec<HashTable<u32>>,
    len: usize,
}

impl Ids {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The slot of the reservation with this id.
    pub(crate) fn find(
        &self,
        id: &ReservationId,
        records: &Slab<Record>,
        hashing: &Hashing,
    ) -> Option<u32> {
        let shard = self.shards.get(self.shard(id))?;
        let is = |&slot: &u32| records[slot].id == *id;
        shard.find(hashing.hash(id.as_bytes()), is).copied()
    }

    /// The ids that were made at `time` or later, in no order. Looks at no shard before these.
    pub(crate) fn made_since(&self, time: Timestamp, records: &Slab<Record>) -> Vec<ReservationId> {
        let first = self.firsts.partition_point(|first| first.time() < time).saturating_sub(1);
        let ids = self.shards[first..].iter().flatten().map(|&slot| records[slot].id);
        ids.filter(|id| id.time() >= time).collect()
    }

    /// Adds a slot, whose record has an id that is not here yet.
    pub(crate) fn insert(&mut self, slot: u32, records: &Slab<Record>, hashing: &Hashing) {
        let id = records[slot].id;
        if self.shards.is_empty() {
            self.firsts.push(id);
            self.shards.push(HashTable::new());
        }
        let mut shard = self.shard(&id);
        if shard == 0 {
            self.firsts[0] = self.firsts[0].min(id);
        }
        if self.shards[shard].len() >= CAPACITY {
            self.split(shard, records, hashing);
            shard = self.shard(&id);
        }
        let rehash = |&slot: &u32| hashing.hash(records[slot].id.as_bytes());
        self.shards[shard].insert_unique(hashing.hash(id.as_bytes()), slot, rehash);
        self.len += 1;
    }

    /// Removes a slot that is here; its record is no more, and had this id.
    pub(crate) fn remove(
        &mut self,
        slot: u32,
        id: &ReservationId,
        records: &Slab<Record>,
        hashing: &Hashing,
    ) {
        let place = self.shard(id);
        let shard = &mut self.shards[place];
        let entry = shard.find_entry(hashing.hash(id.as_bytes()), |&there| there == slot);
        entry.expect("the slot is in the index").remove();
        self.len -= 1;
        if shard.is_empty() {
            self.firsts.remove(place);
            self.shards.remove(place);
        } else if shard.len() < shard.capacity() / SPARSE {
            let rehash = |&slot: &u32| hashing.hash(records[slot].id.as_bytes());
            shard.shrink_to(2 * shard.len(), rehash);
        }
    }

    /// Which shard an id belongs to.
    fn shard(&self, id: &ReservationId) -> usize {
        match self.firsts.last() {
            Some(first) if first <= id => self.firsts.len() - 1,
            _ => self.firsts.partition_point(|first| first <= id).saturating_sub(1),
        }
    }

    fn split(&mut self, place: usize, records: &Slab<Record>, hashing: &Hashing) {
        let is_last = place + 1 == self.shards.len();
        let cut = if is_last { LAST_CUT } else { CAPACITY / 2 };
        let shard = &mut self.shards[place];
        let mut entries: Vec<_> = shard.iter().map(|&slot| (records[slot].id, slot)).collect();
        entries.select_nth_unstable(cut);
        let (low, high) = entries.split_at(cut);
        let table = |entries: &[(ReservationId, u32)]| {
            let mut table = HashTable::with_capacity(CAPACITY);
            for (id, slot) in entries {
                let rehash = |&slot: &u32| hashing.hash(records[slot].id.as_bytes());
                table.insert_unique(hashing.hash(id.as_bytes()), *slot, rehash);
            }
            table
        };
        *shard = table(low);
        self.firsts.insert(place + 1, high[0].0);
        self.shards.insert(place + 1, table(high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Begun, Epoch, NO_SLOT, PlaceKind};
    use boxoffice_protocol::reservation::Status;

    const MANY: u32 = 20_000;

    fn record(id: ReservationId) -> Record {
        let begun = Begun {
            id,
            fingerprint: 0,
            created_at: Timestamp::default(),
            expires_at: Timestamp::default(),
            version: 1,
            epoch: Epoch::new(0),
            status: Status::Confirmed,
        };
        Record::new(&begun, 0, NO_SLOT, (0, PlaceKind::One))
    }

    /// Inserts ids that were made at these times, finds them while they become more, and removes
    /// them again. Returns how many shards there were at most.
    fn check(made_at: impl Fn(u64) -> u64) -> usize {
        let (mut ids, mut records, hashing) = (Ids::default(), Slab::default(), Hashing::new(5));
        let id = |number: u32| {
            let random = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C).to_be_bytes();
            let random = random[6..].try_into().expect("ten bytes");
            ReservationId::new(Timestamp::from_ms(made_at(number.into())), random)
        };
        for number in 0..MANY {
            assert_eq!(ids.find(&id(number), &records, &hashing), None);
            let slot = records.insert(record(id(number)));
            ids.insert(slot, &records, &hashing);
            assert_eq!(ids.find(&id(number / 2), &records, &hashing), Some(number / 2));
        }
        assert!(ids.firsts.is_sorted(), "shards ascend");
        let shards = ids.shards.len();
        for number in 0..MANY {
            assert_eq!(ids.find(&id(number), &records, &hashing), Some(number));
            let gone = records.remove(number);
            ids.remove(number, &gone.id, &records, &hashing);
            assert_eq!(ids.find(&id(number), &records, &hashing), None);
        }
        assert_eq!((ids.len(), ids.shards.len()), (0, 0));
        shards
    }

    #[test]
    fn ids_are_found_in_whatever_order_they_were_made() {
        let full = MANY as usize / CAPACITY;
        let in_order = check(|number| 1_000 + number / 7);
        assert!(in_order <= full * 8 / 7 + 2, "{in_order} shards, each nearly full");
        for shards in [
            check(|number| 1_000_000 - number),
            check(|_| 1_000),
            check(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20),
        ] {
            assert!(shards <= 2 * full + 2, "{shards} shards, each at least half full");
        }
    }
}
