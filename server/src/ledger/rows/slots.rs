//! Which slot of an event's memory each reservation has.
//!
//! List cursors name slots, so a restart must not move reservations to other ones. Slots are a pure
//! function of the changes: a new reservation takes the lowest vacant one, and each change vacates
//! those of up to [`FORGET_A_CHANGE`] reservations that are forgotten by then. This counts along
//! with the inventories; it remembers only the vacant slots and the ended reservations.

use boxoffice_inventory::FORGET_A_CHANGE;
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeSet;

/// An ended reservation: until when it is remembered, and its slot. They are forgotten in this
/// order, and an end is never remembered as short as one that is forgotten already: so the last
/// one tells of every ended reservation whether it is.
pub(super) type Ended = (Timestamp, u32);

/// The slots of one event.
#[derive(Debug, Default)]
pub(super) struct Slots {
    vacant: BTreeSet<u32>,
    /// One more than the highest that was ever used.
    end: u32,
    forgetting: BTreeSet<Ended>,
    /// The last one that was forgotten.
    forgotten: Ended,
    /// The steps of the open transaction, to be taken back.
    steps: Vec<SlotStep>,
}

#[derive(Debug)]
enum SlotStep {
    TookVacant(u32),
    TookNew,
    Ended(Ended),
    Forgot { this: Ended, before: Ended },
}

impl Slots {
    /// As they were saved, without any reservation.
    pub(super) const fn saved(end: u32, forgotten: Ended) -> Self {
        Self {
            vacant: BTreeSet::new(),
            end,
            forgetting: BTreeSet::new(),
            forgotten,
            steps: Vec::new(),
        }
    }

    /// One more than the highest slot that was ever used.
    pub(super) const fn end(&self) -> u32 {
        self.end
    }

    /// The last reservation that was forgotten.
    pub(super) const fn forgotten(&self) -> Ended {
        self.forgotten
    }

    /// Says that these slots, and no others, are in use, and by which ended reservations.
    pub(super) fn restore(&mut self, used: &SlotSet, ended: impl Iterator<Item = Ended>) {
        self.vacant = (0..self.end).filter(|&slot| !used.has(slot)).collect();
        self.forgetting = ended.collect();
    }

    /// A slot for a new reservation.
    pub(super) fn take(&mut self) -> u32 {
        if let Some(slot) = self.vacant.pop_first() {
            self.steps.push(SlotStep::TookVacant(slot));
            return slot;
        }
        self.steps.push(SlotStep::TookNew);
        self.end += 1;
        self.end - 1
    }

    pub(super) fn end_one(&mut self, ended: Ended) {
        self.steps.push(SlotStep::Ended(ended));
        self.forgetting.insert(ended);
    }

    /// A change was made at `now`.
    pub(super) fn forget(&mut self, now: Timestamp) {
        for _ in 0..FORGET_A_CHANGE {
            let Some(&this) = self.forgetting.first().filter(|(until, _)| *until < now) else {
                return;
            };
            self.forgetting.pop_first();
            self.vacant.insert(this.1);
            let before = std::mem::replace(&mut self.forgotten, this);
            self.steps.push(SlotStep::Forgot { this, before });
        }
    }

    /// Keeps every step since the last commit.
    pub(super) fn commit(&mut self) {
        self.steps.clear();
    }

    /// Takes back every step since the last [`commit`](Self::commit).
    pub(super) fn roll_back(&mut self) {
        while let Some(step) = self.steps.pop() {
            match step {
                SlotStep::TookVacant(slot) => {
                    self.vacant.insert(slot);
                }
                SlotStep::TookNew => self.end -= 1,
                SlotStep::Ended(ended) => {
                    self.forgetting.remove(&ended);
                }
                SlotStep::Forgot { this, before } => {
                    self.vacant.remove(&this.1);
                    self.forgetting.insert(this);
                    self.forgotten = before;
                }
            }
        }
    }
}

/// A set of slots, a bit each.
#[derive(Debug, Default)]
pub(super) struct SlotSet(Vec<u64>);

impl SlotSet {
    pub(super) fn insert(&mut self, slot: u32) {
        let word = slot as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (slot % 64);
    }

    fn has(&self, slot: u32) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn a_roll_back_leaves_no_trace() {
        let mut slots = Slots::default();
        assert_eq!([slots.take(), slots.take(), slots.take()], [0, 1, 2]);
        slots.end_one((at(10), 1));
        slots.commit();
        slots.end_one((at(10), 0));
        slots.forget(at(10));
        assert_eq!(slots.take(), 3, "what ends at 10 is remembered at 10");
        slots.forget(at(11));
        assert_eq!((slots.take(), slots.forgotten()), (0, (at(10), 1)));
        slots.roll_back();
        assert_eq!((slots.end(), slots.forgotten()), (3, Ended::default()));
        slots.forget(at(11));
        assert_eq!([slots.take(), slots.take()], [1, 3]);
    }
}
