//! The deadlines of an event's holds, the earliest first.

use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;
use std::iter::once;

/// The most deadlines that a run has.
const RUN: usize = 512;

/// When a hold is due, and its slot: one number, which is compared in a few instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Deadline(u128);

impl Deadline {
    fn new(time: Timestamp, slot: u32) -> Self {
        Self(u128::from(time.as_ms()) << 32 | u128::from(slot))
    }

    const fn time(self) -> Timestamp {
        Timestamp::from_ms((self.0 >> 32 & 0xFFFF_FFFF_FFFF_FFFF) as u64)
    }

    const fn slot(self) -> u32 {
        (self.0 & 0xFFFF_FFFF) as u32
    }
}

/// Deadlines in runs: a B-tree of two levels. Most holds live equally long, so a new one comes to the
/// end, and those that are due leave from the front: both cost the same however many there are.
///
/// Invariant: no run is empty, and deadlines ascend within runs and over them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deadlines {
    runs: Vec<DeadlineRun>,
    len: usize,
}

#[derive(Debug, Clone)]
struct DeadlineRun {
    /// No deadline of it is earlier.
    first: Deadline,
    entries: VecDeque<Deadline>,
}

impl Deadlines {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The earliest.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.runs.first()?.entries.front().map(|first| first.time())
    }

    /// The slots of the holds that are due at `now`, the earliest deadline first.
    pub(crate) fn due(&self, now: Timestamp) -> impl Iterator<Item = u32> {
        let all = self.runs.iter().flat_map(|run| &run.entries);
        all.take_while(move |of| of.time() <= now).map(|of| of.slot())
    }

    /// Whether a hold has this deadline here.
    pub(crate) fn has(&self, time: Timestamp, slot: u32) -> bool {
        self.place(Deadline::new(time, slot)).is_some()
    }

    /// Adds the deadline of a hold that has none.
    #[inline]
    pub(crate) fn insert(&mut self, time: Timestamp, slot: u32) {
        self.len += 1;
        let deadline = Deadline::new(time, slot);
        match self.runs.last_mut() {
            Some(last) if last.entries.back().is_some_and(|back| *back < deadline) => {
                if last.entries.len() < RUN {
                    last.entries.push_back(deadline);
                } else {
                    let mut entries = VecDeque::with_capacity(RUN);
                    entries.push_back(deadline);
                    self.runs.push(DeadlineRun { first: deadline, entries });
                }
            }
            Some(_) => self.insert_within(deadline),
            None => {
                self.runs.push(DeadlineRun { first: deadline, entries: once(deadline).collect() });
            }
        }
    }

    fn insert_within(&mut self, deadline: Deadline) {
        let index = self.run(deadline);
        let run = &mut self.runs[index];
        let place = run.entries.partition_point(|before| *before < deadline);
        run.entries.insert(place, deadline);
        run.first = run.first.min(deadline);
        if run.entries.len() > RUN {
            let entries = run.entries.split_off(RUN / 2);
            self.runs.insert(index + 1, DeadlineRun { first: entries[0], entries });
        }
    }

    /// Removes the deadline of a hold, if it is here.
    pub(crate) fn remove(&mut self, time: Timestamp, slot: u32) {
        let Some((index, place)) = self.place(Deadline::new(time, slot)) else { return };
        self.len -= 1;
        let entries = &mut self.runs[index].entries;
        entries.remove(place);
        match entries.len() {
            0 => drop(self.runs.remove(index)),
            left if left <= RUN / 4 => self.join(index),
            _ => {}
        }
    }

    /// The run of a deadline, and its place there.
    fn place(&self, deadline: Deadline) -> Option<(usize, usize)> {
        let index = self.run(deadline);
        let entries = &self.runs.get(index)?.entries;
        Some((index, entries.binary_search(&deadline).ok()?))
    }

    /// The run in which a deadline is, or would be.
    fn run(&self, deadline: Deadline) -> usize {
        self.runs.partition_point(|run| run.first <= deadline).saturating_sub(1)
    }

    /// Joins a run with a neighbour if both together are half of one.
    fn join(&mut self, index: usize) {
        let fits = |first: &usize| {
            let both = self.runs.get(*first..first + 2);
            both.is_some_and(|both| both[0].entries.len() + both[1].entries.len() <= RUN / 2)
        };
        if let Some(first) = index.checked_sub(1).into_iter().chain([index]).find(fits) {
            let mut second = self.runs.remove(first + 1);
            self.runs[first].entries.append(&mut second.entries);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dice::Dice;
    use std::collections::BTreeSet;

    fn time(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn they_are_in_order_whatever_comes_and_goes() {
        let (mut deadlines, mut expected) = (Deadlines::default(), BTreeSet::new());
        let mut dice = Dice::new(1);
        for round in 0..60_000_u64 {
            let slot = u32::try_from(dice.below(3_000)).expect("small");
            let ms = if dice.once_in(3) { dice.below(40) } else { round / 4 };
            if round < 20_000 || dice.once_in(3) {
                if expected.insert((time(ms), slot)) {
                    deadlines.insert(time(ms), slot);
                }
            } else if let Some(&gone) = expected.range((time(dice.below(20_000)), 0)..).next() {
                expected.remove(&gone);
                deadlines.remove(gone.0, gone.1);
                deadlines.remove(gone.0, gone.1);
                assert!(!deadlines.has(gone.0, gone.1));
            }
            assert_eq!(deadlines.first(), expected.first().map(|first| first.0));
            assert_eq!(deadlines.len(), expected.len());
        }
        assert!(expected.iter().all(|&(time, slot)| deadlines.has(time, slot)));
        for now in [0, 39, 5_000, u64::MAX] {
            let due = expected.range(..=(time(now), u32::MAX)).map(|&(_, slot)| slot);
            assert!(deadlines.due(time(now)).eq(due), "those that are due at {now}");
        }
        let all = deadlines.runs.iter().map(|run| run.entries.len());
        assert!(all.clone().all(|entries| (1..=RUN).contains(&entries)), "{:?}", all.max());
    }

    #[test]
    fn few_deadlines_that_are_left_of_many_take_little_memory() {
        let mut deadlines = Deadlines::default();
        (0..100_000).for_each(|slot| deadlines.insert(time(slot.into()), slot));
        let gone = (0..100_000).filter(|slot| slot % 500 != 0);
        gone.for_each(|slot| deadlines.remove(time(slot.into()), slot));
        assert_eq!((deadlines.len(), deadlines.runs.len()), (200, 1));
    }
}
