//! How long an ended reservation is remembered, and the order in which they are forgotten.

use crate::record::{end_of, minute};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::limits::MAX_ID_AGE_MS;
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeMap;

/// Forgotten reservations that one change drops from memory. More than one, so that memory shrinks.
pub const FORGET_A_CHANGE: usize = 2;

/// An ended reservation is remembered for a day, and until the minute is over: from its end, so that
/// the request can be repeated, and at least until its id could no longer be accepted as new.
pub fn remembered_until(id: ReservationId, ended_at: Timestamp) -> Timestamp {
    if mutants::on(Mutant::ForgottenTooEarly) {
        return end_of(minute(ended_at));
    }
    let from = id.time().max(ended_at);
    end_of(minute(Timestamp::from_ms(from.as_ms().saturating_add(MAX_ID_AGE_MS))))
}

/// The ended reservations by the last minute of their memory: four bytes each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forgetting {
    /// The slots of each minute, in no order. None is empty.
    minutes: BTreeMap<u32, Vec<u32>>,
    len: usize,
}

impl Forgetting {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn insert(&mut self, minute: u32, slot: u32) {
        self.len += 1;
        if let Some(mut last) = self.minutes.last_entry()
            && *last.key() == minute
        {
            last.get_mut().push(slot);
            return;
        }
        if let Some(mut before) = self.minutes.last_entry() {
            // Ends come in about the order of time, so this one has nearly all that it will have.
            before.get_mut().shrink_to_fit();
        }
        self.minutes.entry(minute).or_default().push(slot);
    }

    /// Takes one out that is here; one of those that came last is found at once.
    pub(crate) fn remove(&mut self, minute: u32, slot: u32) {
        let slots = self.minutes.get_mut(&minute).expect("its minute is here");
        let place = slots.iter().rposition(|&there| there == slot);
        slots.swap_remove(place.expect("it is here"));
        if slots.is_empty() {
            self.minutes.remove(&minute);
        }
        self.len -= 1;
    }

    /// Until when the next one is remembered.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.minutes.keys().next().map(|&minute| end_of(minute))
    }

    /// Takes one out that is forgotten at `now`.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<u32> {
        let mut first = self.minutes.first_entry().filter(|first| end_of(*first.key()) < now)?;
        let slot = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        self.len -= 1;
        slot
    }

    /// Whether a slot is in a minute.
    pub(crate) fn has(&self, minute: u32, slot: u32) -> bool {
        self.minutes.get(&minute).is_some_and(|slots| slots.contains(&slot))
    }
}
