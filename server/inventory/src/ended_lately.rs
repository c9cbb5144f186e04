//! Reservations that were released by changes that can be taken back still: they have their places
//! until then.

use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;

/// The change that ends a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) version: u64,
    pub(crate) at: Timestamp,
}

/// Slots by the changes that ended their reservations, the oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct EndedLately {
    slots: VecDeque<(Ending, u32)>,
}

impl EndedLately {
    /// Adds a reservation that the newest change ends.
    pub(crate) fn push(&mut self, ending: Ending, slot: u32) {
        self.slots.push_back((ending, slot));
    }

    /// Takes out the one that was added last.
    pub(crate) fn take_back(&mut self, slot: u32) {
        let last = self.slots.pop_back().map(|(_, last)| last);
        debug_assert_eq!(last, Some(slot), "the newest change is taken back first");
    }

    /// Takes out the oldest one, if its change is so old.
    pub(crate) fn pop(&mut self, is_old: impl FnOnce(Ending) -> bool) -> Option<u32> {
        let &(ending, slot) = self.slots.front()?;
        is_old(ending).then(|| self.slots.pop_front())?;
        Some(slot)
    }
}
