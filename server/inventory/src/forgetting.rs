//! How long an ended reservation is remembered, and the order in which they are forgotten.

use crate::record::{end_of, minute};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::limits::REMEMBERED_MS;
use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;

/// Forgotten reservations that one change drops from memory. More than one, so that memory shrinks.
pub const FORGET_A_CHANGE: usize = 2;

/// An ended reservation is remembered for a day and a minute, and until that minute is over: from its
/// end, so that the request can be repeated, and at least until its id could no longer be accepted as
/// new.
pub fn remembered_until(id: ReservationId, ended_at: Timestamp) -> Timestamp {
    if mutants::on(Mutant::ForgottenTooEarly) {
        return end_of(minute(ended_at));
    }
    let from = id.time().max(ended_at);
    end_of(minute(Timestamp::from_ms(from.as_ms().saturating_add(REMEMBERED_MS))))
}

/// The ended reservations by the last minute of their memory: four bytes each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forgetting {
    /// Minutes ascending, each with its slots in no order. None is empty.
    minutes: VecDeque<(u32, Vec<u32>)>,
    len: usize,
}

impl Forgetting {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn insert(&mut self, minute: u32, slot: u32) {
        self.len += 1;
        match self.minutes.back_mut() {
            Some((last, slots)) if *last == minute => slots.push(slot),
            _ => self.insert_elsewhere(minute, slot),
        }
    }

    #[cold]
    fn insert_elsewhere(&mut self, minute: u32, slot: u32) {
        match self.place(minute) {
            Ok(place) => self.minutes[place].1.push(slot),
            Err(place) => {
                if let Some((_, before)) = self.minutes.back_mut() {
                    // Ends come in about the order of time, so it has nearly all that it will have.
                    before.shrink_to_fit();
                }
                self.minutes.insert(place, (minute, vec![slot]));
            }
        }
    }

    /// Where a minute is, or would be.
    fn place(&self, minute: u32) -> Result<usize, usize> {
        self.minutes.binary_search_by_key(&minute, |&(minute, _)| minute)
    }

    /// Takes one out that is here; one of those that came last is found at once.
    pub(crate) fn remove(&mut self, minute: u32, slot: u32) {
        let of_minute = self.place(minute).expect("its minute is here");
        let slots = &mut self.minutes[of_minute].1;
        let place = slots.iter().rposition(|&there| there == slot);
        slots.swap_remove(place.expect("it is here"));
        if slots.is_empty() {
            self.minutes.remove(of_minute);
        }
        self.len -= 1;
    }

    /// Until when the next one is remembered.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.minutes.front().map(|&(minute, _)| end_of(minute))
    }

    /// Takes one out that is forgotten at `now`.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<u32> {
        let (_, slots) = self.minutes.front_mut().filter(|(minute, _)| end_of(*minute) < now)?;
        let slot = slots.pop();
        if slots.is_empty() {
            self.minutes.pop_front();
        }
        self.len -= 1;
        slot
    }

    /// Whether a slot is in a minute.
    pub(crate) fn has(&self, minute: u32, slot: u32) -> bool {
        self.place(minute).is_ok_and(|place| self.minutes[place].1.contains(&slot))
    }
}
