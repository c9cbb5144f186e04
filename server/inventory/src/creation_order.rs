//! The reservations of an event in the order in which they were made, which is the order of lists.

use crate::record::Record;
use crate::slab::Slab;

/// The most that a run has.
const RUN: usize = 1_024;

/// Slots by the version that their reservation's beginning made: four bytes each. A new one comes to
/// the end; one that is forgotten is taken out from anywhere.
///
/// Invariant: no run is empty, and versions ascend within runs and over them.
#[derive(Debug, Clone, Default)]
pub(crate) struct CreationOrder {
    runs: Vec<Run>,
}

#[derive(Debug, Clone)]
struct Run {
    /// No version of it is less.
    first: u64,
    slots: Vec<u32>,
}

impl CreationOrder {
    /// Adds the newest reservation.
    pub(crate) fn push(&mut self, version: u64, slot: u32) {
        match self.runs.last_mut() {
            Some(run) if run.slots.len() < RUN => run.slots.push(slot),
            last => {
                let mut slots = Vec::with_capacity(if last.is_some() { RUN } else { 1 });
                slots.push(slot);
                self.runs.push(Run { first: version, slots });
            }
        }
    }

    /// Removes a reservation, which is still among the records.
    pub(crate) fn remove(&mut self, slot: u32, records: &Slab<Record>) {
        let version = records[slot].version.get();
        let index = self.run(version);
        let slots = &mut self.runs[index].slots;
        let place = if slots.last() == Some(&slot) {
            slots.len() - 1
        } else {
            slots.partition_point(|&before| records[before].version.get() < version)
        };
        debug_assert_eq!(slots.get(place), Some(&slot), "it is where its version is");
        slots.remove(place);
        if slots.is_empty() {
            self.runs.remove(index);
        } else {
            self.join(index);
        }
    }

    /// The slots of the reservations that were made by `version` or later, the oldest first.
    pub(crate) fn since<'a>(
        &'a self,
        version: u64,
        records: &'a Slab<Record>,
    ) -> impl Iterator<Item = u32> + 'a {
        let run = self.run(version);
        let within = self.runs.get(run).map_or(0, |run| {
            run.slots.partition_point(|&slot| records[slot].version.get() < version)
        });
        self.runs[run..].iter().flat_map(|run| &run.slots).copied().skip(within)
    }

    /// The run in which a version is, or would be.
    fn run(&self, version: u64) -> usize {
        self.runs.partition_point(|run| run.first <= version).saturating_sub(1)
    }

    /// Joins a run with its neighbour if both together are half of one.
    fn join(&mut self, index: usize) {
        let room = |runs: &[Run], first: usize| {
            let both = runs.get(first..first + 2);
            both.is_some_and(|both| {
                both.iter().map(|run| run.slots.len()).sum::<usize>() <= RUN / 2
            })
        };
        let first = if room(&self.runs, index) { index } else { index.saturating_sub(1) };
        // The last one is filled, not joined.
        if first + 2 < self.runs.len() && room(&self.runs, first) {
            let mut second = self.runs.remove(first + 1);
            self.runs[first].slots.append(&mut second.slots);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Begun, Epoch, NO_SLOT, PlaceKind};
    use boxoffice_protocol::id::ReservationId;
    use boxoffice_protocol::reservation::Status;
    use boxoffice_protocol::time::Timestamp;

    #[test]
    fn whatever_is_forgotten_the_rest_is_in_order() {
        let (mut order, mut records) = (CreationOrder::default(), Slab::default());
        let mut there: Vec<(u64, u32)> = Vec::new();
        for round in 0..20_000_u64 {
            let version = 2 + 3 * round;
            let begun = Begun {
                id: ReservationId::new(Timestamp::default(), [7; 10]),
                fingerprint: 0,
                created_at: Timestamp::default(),
                expires_at: Timestamp::default(),
                version,
                epoch: Epoch::new(0),
                status: Status::Held,
            };
            let slot = records.insert(Record::new(&begun, 0, NO_SLOT, (0, PlaceKind::One)));
            order.push(version, slot);
            there.push((version, slot));
            if round % 5 != 0 && round > 4_000 {
                let place = usize::try_from(round * 7_919).expect("small") % there.len();
                let (_, gone) = there.remove(place);
                order.remove(gone, &records);
                records.remove(gone);
            }
        }
        for from in [0, 2, 3, 5_000, 29_999, 60_000, u64::MAX] {
            let expected: Vec<u32> = there
                .iter()
                .filter(|(version, _)| *version >= from)
                .map(|&(_, slot)| slot)
                .collect();
            assert_eq!(order.since(from, &records).collect::<Vec<_>>(), expected, "from {from}");
        }
        let full = there.len() / RUN;
        assert!(order.runs.len() <= 5 * full + 2, "{} runs", order.runs.len());
        for (_, slot) in there {
            order.remove(slot, &records);
        }
        assert_eq!(order.runs.len(), 0);
    }
}
